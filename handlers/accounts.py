"""/me and /link_me: which platform user a Telegram person is."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _

from bot.desks.company import Desk
from bot.pages import PAGE_SIZE
from bot.people import Action, People
from bot.telegram.misunderstandings import Misnamed, Misunderstood
from bot.telegram.request import Request
from bot.telegram.views import accounts as views
from bot.telegram.views.view import clip, fill
from handlers.people import find_answered, is_number

_NOBODY = {"-", "—", "nobody", "никто"}


async def tell_me(message: Message, desk: Desk, request: Request) -> None:
    user = request.person.user
    operator = await desk.get_operator(user) if user else None
    await request.screen.show(views.show_me(request.person, operator))


async def link_me(message: Message, people: People, desk: Desk, request: Request) -> None:
    """The first word is a number, or the person is the author of the answered message."""
    first, _space, rest = request.words.partition(" ")
    answered = find_answered(message)
    if is_number(first):
        person_id, name, wanted = int(first), first, rest.strip()
    elif answered is not None:
        (person_id, name), wanted = answered, request.words
    else:
        person_id, name, wanted = 0, "", ""
    if not wanted:
        raise Misunderstood(
            _(
                "Write who is who: /link_me 123456 Kate Brown, or reply to a message of that person with "
                "/link_me Kate Brown. A dash instead of the name ends it."
            )
        )
    if wanted in _NOBODY:
        if not await people.unlink(person_id):
            raise Misunderstood(_("This person is linked with nobody. Nothing was changed."))
        return await request.screen.show(views.show_unlinked(name, person_id))
    operators = await desk.find_operators(wanted)
    if not operators:
        raise Misnamed(
            fill(_("No operator is called “{query}”. Nothing was changed."), query=clip(wanted)),
            wanted,
            [each.name for each in await desk.find_operators(wanted, loosely=True)],
        )
    if len(operators) > 1:
        names = [operator.name for operator in operators[:PAGE_SIZE]]
        return await request.screen.show(views.show_link_choice(wanted, names))
    await people.link(person_id, operators[0].id, by=request.person)
    return await request.screen.show(views.show_linked(name, person_id, operators[0]))


def make_router() -> Router:
    router = Router(name="accounts")
    router.message.register(tell_me, Command("me"), flags={"action": Action.HELP})
    router.message.register(link_me, Command("link_me"), flags={"action": Action.GRANT})
    return router
