"""The bot was put into a group that the settings do not name: its administrators hear of it."""

import logging
from collections.abc import Collection

from aiogram import Bot, Router
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import JOIN_TRANSITION, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated

from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.views.people import render_foreign_group

_log = logging.getLogger(__name__)


async def tell_administrators(
    event: ChatMemberUpdated, bot: Bot, chats: ChatRegistry, admins: Collection[int]
) -> None:
    if event.chat.type == ChatType.PRIVATE or await chats.is_open(event.chat.id):
        return
    view = render_foreign_group(
        event.chat.title or "", event.chat.id, event.from_user.full_name, event.from_user.id
    )
    for admin in sorted(admins):
        try:
            await bot.send_message(admin, **view.as_message())
        except TelegramAPIError as error:
            # One who never wrote to the bot cannot be written to; the others still are.
            _log.warning("administrator %s was not told of group %s: %s", admin, event.chat.id, error)


def make_router() -> Router:
    router = Router(name="arrivals")
    router.my_chat_member.register(tell_administrators, ChatMemberUpdatedFilter(JOIN_TRANSITION))
    return router
