"""/start, /help, and what is neither a command nor a button that is known."""

from aiogram import F, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot.people import Action, may
from bot.telegram.request import Request
from bot.telegram.views.errors import Misunderstood
from bot.telegram.views.people import show_help


async def help_person(message: Message, request: Request) -> None:
    allowed = {action for action in Action if may(request.person, action, request.place)}
    await request.screen.show(show_help(request.person, request.place, allowed))


async def wonder(message: Message, request: Request) -> None:
    """In a group others may be meant; in private it can only be the bot."""
    if request.place.is_private:
        raise Misunderstood(_("I do not know that. Send /help to see what I can do for you."))


async def refuse_button(query: CallbackQuery) -> None:
    raise Misunderstood(
        _("This button is of an older version and does nothing any more. Send the command again.")
    )


def make_router() -> Router:
    """Included last: it takes what nobody else took."""
    router = Router(name="help")
    flags = {"action": Action.HELP}
    router.message.register(help_person, CommandStart(), flags=flags)
    router.message.register(help_person, Command("help"), flags=flags)
    router.message.register(wonder, F.text, flags=flags)
    router.callback_query.register(refuse_button, flags=flags)
    return router
