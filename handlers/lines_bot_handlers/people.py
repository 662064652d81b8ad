"""/grant and /revoke."""

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import paginate
from lines_bot.people import Action, People, Person, Role
from lines_bot.references import EVERYONE, References
from lines_bot.telegram.callbacks import GrantRole, ShowPeople
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views import people as views
from lines_bot.telegram.views.labels import name_role, name_roles
from lines_bot.telegram.views.view import clip, fill
from lines_bot_handlers.confirmations import require_answerable, set_end

_PAGE_SIZE = 25
_ASKED_TWICE = {Role.LEAD, Role.ADMIN}
_MOST_DIGITS = 16  # Telegram's numbers fit into 52 bits


async def grant(request: Request, bot: Bot, people: People, references: References) -> None:
    """A person without a role is asked about."""
    words = request.words.split()
    if not words:
        return await offer_people(0, people, references, request)
    if len(words) == 1 and is_number(words[0]):
        return await _show_person(int(words[0]), bot, people, references, request)
    person_id, name = await _find_person(request, words[:-1], bot)
    role = _read_role(words[-1])
    if role in _ASKED_TWICE:
        question = views.render_grant_question(
            Person(person_id, name, role), request.person.id, set_end(request)
        )
        return await request.reply.answer(question)
    granted = await people.grant(person_id, name, role, by=request.person)
    return await request.reply.answer(views.render_granted(granted))


async def press_grant(request: Request, callback_data: GrantRole, bot: Bot, people: People) -> None:
    require_answerable(callback_data.by, callback_data.until, request)
    name = await name_person(callback_data.person, bot)
    granted = await people.grant(callback_data.person, name, Role(callback_data.role), by=request.person)
    await request.reply.answer(views.render_granted(granted))


async def turn_people(
    request: Request, callback_data: ShowPeople, people: People, references: References
) -> None:
    await offer_people(callback_data.page, people, references, request)


async def revoke(request: Request, bot: Bot, people: People, references: References) -> None:
    if not request.words and not find_answered(request):
        return await offer_people(0, people, references, request)
    person_id, _name = await _find_person(request, request.words.split(), bot)
    revoked = await people.revoke(person_id)
    if revoked is None:
        raise UserError(_("This person has no role. Nothing was changed."))
    refs = await references.refs_of_texts(views.list_person_words(revoked), EVERYONE)
    return await request.reply.answer(views.render_revoked(revoked, refs))


async def offer_people(number: int, people: People, references: References, request: Request) -> None:
    """Everyone with a role by command, to choose from."""
    page = paginate(await people.list(), number, _PAGE_SIZE)
    refs = await references.refs_of_texts([str(each.id) for each in page.items], EVERYONE)
    await request.reply.answer(views.render_people(page, refs))


async def name_person(person_id: int, bot: Bot) -> str:
    """The name that Telegram gives today; the number of whoever never wrote to the bot."""
    try:
        return clip((await bot.get_chat(person_id)).full_name)
    except TelegramBadRequest:
        return str(person_id)


def find_answered(request: Request) -> tuple[int, str] | None:
    """The person whose own words this message answers: whoever passes on those of another is not meant."""
    answered = request.reply_to
    if answered is None or answered.from_user is None:
        return None
    is_passed_on = answered.forward_origin or answered.via_bot or answered.is_automatic_forward
    if answered.from_user.is_bot or answered.sender_chat or is_passed_on:
        return None
    return answered.from_user.id, clip(answered.from_user.full_name)


def is_number(word: str) -> bool:
    """Whether this can be a person's number."""
    return word.isascii() and word.isdecimal() and len(word) <= _MOST_DIGITS


async def _show_person(
    person_id: int, bot: Bot, people: People, references: References, request: Request
) -> None:
    person = await people.find(person_id, await name_person(person_id, bot))
    refs = await references.refs_of_texts(views.list_person_words(person), EVERYONE)
    await request.reply.answer(views.render_person(person, refs))


async def _find_person(request: Request, words: list[str], bot: Bot) -> tuple[int, str]:
    """The person named by id, or whose message this one answers. Names are no proof: they are not taken."""
    if not words and (answered := find_answered(request)):
        return answered
    if len(words) == 1 and is_number(words[0]):
        return int(words[0]), await name_person(int(words[0]), bot)
    raise UserError(
        _(
            "Reply to a message that the person wrote, or write their number: "
            "/grant 123456 operator, /revoke 123456. Nothing was changed."
        )
    )


def _read_role(word: str) -> Role:
    for role in Role:
        if word.casefold() in (role, name_role(role).casefold()):
            return role
    raise UserError(
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
    router.message.register(grant, command("grant"), flags=flags)
    router.callback_query.register(press_grant, GrantRole.filter(), flags=flags)
    router.callback_query.register(turn_people, ShowPeople.filter(), flags=flags)
    router.message.register(revoke, command("revoke"), flags=flags)
    return router
