"""Which channel or line an alert command is about: by name, the answered card, or a choice from a list."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _

from bot.alerts.observations import channel_key, queue_key
from bot.desk import Desk
from bot.pages import PAGE_SIZE, paginate
from bot.people import Action
from bot.references import Kind, References
from bot.rows import ShownKey
from bot.telegram.callbacks import KeyPurpose, PickKey
from bot.telegram.misunderstandings import Misnamed
from bot.telegram.request import Request
from bot.telegram.views.keys import show_key_choice, show_keys
from bot.telegram.views.view import clip, fill


async def choose_key(
    purpose: KeyPurpose, query: str, words: str, desk: Desk, references: References, request: Request
) -> tuple[str, str] | None:
    """The alert key meant and its name; None when the person was asked to choose.

    `words` are what the command says beside the name. Raises Misunderstood.
    """
    if query:
        names = await desk.find_keys(query)
    else:
        channels = request.list_answered(Kind.CHANNEL)
        lines = request.list_answered(Kind.LINE)
        names = await desk.name_keys([*map(channel_key, channels), *map(queue_key, lines)])
    if len(names) == 1:
        return next(iter(names.items()))
    stored = await references.shorten(Kind.TEXT, [words] if words else [])
    if names:
        shown = await _show(list(names.items())[:PAGE_SIZE], references)
        await request.screen.show(show_key_choice(purpose, shown, query, stored.get(words, "")))
        return None
    if query:
        raise Misnamed(
            fill(_("No channel and no line is called “{query}”."), query=clip(query)),
            query,
            (await desk.find_keys(query, loosely=True)).values(),
        )
    pick = PickKey(purpose=purpose, words=stored.get(words, ""))
    await _offer_keys(pick, desk, references, request)
    return None


async def pick_key(
    query: CallbackQuery, callback_data: PickKey, desk: Desk, references: References, request: Request
) -> None:
    await _offer_keys(callback_data, desk, references, request)


async def _offer_keys(pick: PickKey, desk: Desk, references: References, request: Request) -> None:
    page = paginate(list((await desk.list_keys()).items()), pick.page)
    shown = await _show(page.items, references)
    await request.screen.show(show_keys(pick, page.carry(shown)))


async def _show(named: Sequence[tuple[str, str]], references: References) -> Sequence[ShownKey]:
    refs = await references.shorten(Kind.KEY, [key for key, _name in named])
    return [ShownKey(refs[key], name, key.startswith("queue:")) for key, name in named]


def make_router() -> Router:
    router = Router(name="keys")
    router.callback_query.register(pick_key, PickKey.filter(), flags={"action": Action.SEE})
    return router
