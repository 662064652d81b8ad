"""/privacy and its button: who in a group sees what clients wrote."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot.people import Action
from bot.telegram.callbacks import SetPrivacy
from bot.telegram.places import Places
from bot.telegram.request import Request
from bot.telegram.views.errors import Misunderstood
from bot.telegram.views.privacy import show_privacy


async def ask_privacy(message: Message, places: Places, request: Request) -> None:
    _require_group(request)
    await request.screen.show(show_privacy(await places.is_discreet(request.chat.chat)))


async def press_privacy(
    query: CallbackQuery, callback_data: SetPrivacy, places: Places, request: Request
) -> None:
    _require_group(request)
    await places.make_discreet(request.chat.chat, callback_data.discreet, request.person.name)
    await request.screen.show(show_privacy(callback_data.discreet))


def _require_group(request: Request) -> None:
    """Raises Misunderstood where nobody else reads."""
    if request.chat.is_private:
        raise Misunderstood(_("Nobody else reads here. Send /privacy in a group. Nothing was changed."))


def make_router() -> Router:
    router = Router(name="privacy")
    flags = {"action": Action.RULE}
    router.message.register(ask_privacy, Command("privacy"), flags=flags)
    router.callback_query.register(press_privacy, SetPrivacy.filter(), flags=flags)
    return router
