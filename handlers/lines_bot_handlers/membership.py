"""The bot was put into a group that the settings do not name: its administrators hear of it."""

from functools import partial

from aiogram import Router
from aiogram.enums import ChatType
from aiogram.filters import JOIN_TRANSITION, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated

from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.views.people import render_foreign_group, render_more_foreign_groups


async def tell_administrators(
    event: ChatMemberUpdated, chats: ChatRegistry, administrators: Administrators
) -> None:
    if event.chat.type == ChatType.PRIVATE or await chats.is_open(event.chat.id):
        return
    by = event.from_user
    render = partial(render_foreign_group, event.chat.title or "", event.chat.id, by.full_name, by.id)
    await administrators.tell_of_stranger(f"group {event.chat.id}", render, render_more_foreign_groups)


def make_router() -> Router:
    router = Router(name="membership")
    router.my_chat_member.register(tell_administrators, ChatMemberUpdatedFilter(JOIN_TRANSITION))
    return router
