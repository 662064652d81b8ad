"""Buttons that send what a person wrote once more, with the word that was meant."""

from collections.abc import Iterable

from aiogram.types import InlineKeyboardButton

from lines_bot.references import References
from lines_bot.telegram.callbacks import RunCommand
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.commands import find_commands
from lines_bot.telegram.views.view import NAME_LENGTH, button


async def offer_repeats(
    request: Request, meant: Iterable[tuple[str, str]], references: References
) -> list[InlineKeyboardButton]:
    """A button for each command with its words, good for who wrote them.

    None where it would lose something: what the message answers, or words too long to be remembered.
    """
    if request.reply_to:
        return []
    fitting = [(name.casefold(), words) for name, words in meant if len(words) <= NAME_LENGTH]
    refs = await references.refs_of_texts([words for _name, words in fitting], request.person.id)
    return [
        button(
            f"{find_commands().write(name)} {words}".rstrip(),
            RunCommand(command=name, words=refs.get(words, ""), by=request.person.id),
        )
        for name, words in fitting
    ]
