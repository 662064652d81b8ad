"""/privacy and its button: who in a group sees what clients wrote."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.people import Action
from lines_bot.telegram.callbacks import SetPrivacy
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.privacy import show_nothing_to_hide, show_privacy


async def ask_privacy(message: Message, places: ChatRegistry, request: Request) -> None:
    if request.chat.is_private:
        await request.screen.show(show_nothing_to_hide())
    else:
        await request.screen.show(show_privacy(await places.is_discreet(request.chat.chat)))


async def press_privacy(
    query: CallbackQuery, callback_data: SetPrivacy, places: ChatRegistry, request: Request
) -> None:
    await places.make_discreet(request.chat.chat, callback_data.discreet, request.person.name)
    await request.screen.show(show_privacy(callback_data.discreet))


def make_router() -> Router:
    router = Router(name="privacy")
    flags = {"action": Action.RULE}
    router.message.register(ask_privacy, Command("privacy"), flags=flags)
    router.callback_query.register(press_privacy, SetPrivacy.filter(), flags=flags)
    return router
