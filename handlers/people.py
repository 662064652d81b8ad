"""/grant and /revoke."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot.pages import paginate
from bot.people import Action, People, Role
from bot.telegram.callbacks import ShowPeople
from bot.telegram.misunderstandings import Misunderstood
from bot.telegram.request import Request
from bot.telegram.views.people import show_granted, show_people, show_revoked
from bot.telegram.views.view import clip, fill
from bot.telegram.views.words import name_role, name_roles

_PAGE_SIZE = 25
_MOST_DIGITS = 16  # Telegram's numbers fit into 52 bits


async def grant(message: Message, people: People, request: Request) -> None:
    words = request.words.split()
    if not words:
        return await request.screen.show(show_people(paginate(await people.list(), 0, _PAGE_SIZE)))
    person_id, name = _find_person(message, words[:-1])
    granted = await people.grant(person_id, name, _read_role(words[-1]), by=request.person)
    return await request.screen.show(show_granted(granted))


async def turn_people(
    query: CallbackQuery, callback_data: ShowPeople, people: People, request: Request
) -> None:
    page = paginate(await people.list(), callback_data.page, _PAGE_SIZE)
    await request.screen.show(show_people(page))


async def revoke(message: Message, people: People, request: Request) -> None:
    person_id, _name = _find_person(message, request.words.split())
    revoked = await people.revoke(person_id)
    if revoked is None:
        raise Misunderstood(_("This person has no role. Nothing was changed."))
    await request.screen.show(show_revoked(revoked))


def find_answered(message: Message) -> tuple[int, str] | None:
    """The person whose message this one answers."""
    answered = message.reply_to_message
    if answered is None or answered.from_user is None:
        return None
    if answered.from_user.is_bot or answered.sender_chat:
        return None
    return answered.from_user.id, clip(answered.from_user.full_name)


def is_number(word: str) -> bool:
    """Whether this can be a person's number."""
    return word.isascii() and word.isdecimal() and len(word) <= _MOST_DIGITS


def _find_person(message: Message, words: list[str]) -> tuple[int, str]:
    """The person named by id, or whose message this one answers. Names are no proof: they are not taken."""
    if not words and (answered := find_answered(message)):
        return answered
    if len(words) == 1 and is_number(words[0]):
        return int(words[0]), words[0]
    raise Misunderstood(
        _("Reply to a message of that person, or write their number: /grant 123456 operator, /revoke 123456.")
    )


def _read_role(word: str) -> Role:
    for role in Role:
        if word.casefold() in (role, name_role(role).casefold()):
            return role
    raise Misunderstood(
        fill(
            _("“{word}” is not a role. The roles: {roles}. Nothing was changed."),
            word=clip(word),
            roles=name_roles(),
        ),
        "grant",
    )


def make_router() -> Router:
    router = Router(name="people")
    flags = {"action": Action.GRANT}
    router.message.register(grant, Command("grant"), flags=flags)
    router.callback_query.register(turn_people, ShowPeople.filter(), flags=flags)
    router.message.register(revoke, Command("revoke"), flags=flags)
    return router
