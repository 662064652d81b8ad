"""Commands that waited while the bot was away: many of one chat are told of once, not answered one by one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from aiogram.filters import Command
from aiogram.types import Update

from lines_bot.references import References
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.language import speak_to
from lines_bot.telegram.views.absence import render_absence
from lines_bot.telegram.views.view import NAME_LENGTH

_MOST_ANSWERED = 3


class Absence:
    """Gathers them by chat; who may not ask at all was turned away before."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._requests: defaultdict[int, list[Request]] = defaultdict(list)

    def note(self, request: Request) -> None:
        """One more that is not run."""
        self._requests[request.chat.chat].append(request)

    async def tell(self, chat: int) -> None:
        """Say so in the chat, with a button for each person that runs the last thing they asked."""
        if not (requests := self._requests.pop(chat, [])):
            return
        last = {each.person.id: each for each in requests}.values()
        written = {each.person.id: Command.extract_command(each.text) for each in last}
        refs = {
            person: await self._references.ref_of_text(command.args or "", person)
            for person, command in written.items()
            if len(command.args or "") <= NAME_LENGTH
        }
        offers = [
            (each.person, written[each.person.id], refs[each.person.id])
            for each in last
            if each.person.id in refs and each.reply_to is None
        ]
        with speak_to(chat):
            view = render_absence(max(each.waited for each in requests), len(requests), offers)
        await requests[-1].reply.answer(view)


def find_backlogs(
    updates: Iterable[Update], username: str, commands: Collection[str]
) -> Mapping[int, set[int]]:
    """The ids of late updates, by chat, where more of our commands waited than are answered one by one."""
    waiting: defaultdict[int, set[int]] = defaultdict(set)
    for update in updates:
        message = update.message
        text = (message.text or message.caption or "") if message else ""
        if message is None or not text.startswith("/"):
            continue
        written = Command.extract_command(text)
        if (
            written.command.casefold() in commands
            and (written.mention or username).lower() == username.lower()
        ):
            waiting[message.chat.id].add(update.update_id)
    return {chat: ids for chat, ids in waiting.items() if len(ids) > _MOST_ANSWERED}
