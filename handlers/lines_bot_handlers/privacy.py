"""/privacy and its button: who in a group sees what clients wrote."""

from aiogram import Router

from lines_bot.people import Action
from lines_bot.telegram.callbacks import SetPrivacy
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.privacy import render_nothing_to_hide, render_privacy


async def ask_privacy(request: Request, chats: ChatRegistry) -> None:
    if request.chat.is_private:
        await request.reply.answer(render_nothing_to_hide())
    else:
        await request.reply.answer(render_privacy(await chats.is_discreet(request.chat.chat)))


async def press_privacy(request: Request, callback_data: SetPrivacy, chats: ChatRegistry) -> None:
    await chats.make_discreet(request.chat.chat, callback_data.discreet, request.person.name)
    await request.reply.answer(render_privacy(callback_data.discreet))


def make_router() -> Router:
    router = Router(name="privacy")
    flags = {"action": Action.RULE}
    router.message.register(ask_privacy, command("privacy"), flags=flags)
    router.callback_query.register(press_privacy, SetPrivacy.filter(), flags=flags)
    return router
