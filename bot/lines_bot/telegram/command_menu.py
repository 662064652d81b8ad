"""The command menu that Telegram shows, per kind of chat."""

import logging

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
)
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action
from lines_bot.settings import Settings
from lines_bot.telegram.views.commands import COMMANDS

_log = logging.getLogger(__name__)


async def publish_commands(bot: Bot, settings: Settings) -> None:
    """Nothing for strangers, the work for the configured chats, everything for administrators in private.

    Raises only when the token is refused.
    """
    everything = [BotCommand(command=each.name, description=_(each.purpose)) for each in COMMANDS]
    work = [
        BotCommand(command=each.name, description=_(each.purpose))
        for each in COMMANDS
        if each.action is not Action.GRANT
    ]
    start = [BotCommand(command="help", description=_("What you can do here"))]
    scopes: list[tuple[BotCommandScopeUnion, list[BotCommand]]] = [
        (BotCommandScopeDefault(), start),
        (BotCommandScopeAllPrivateChats(), work),
        *((BotCommandScopeChat(chat_id=chat), work) for chat in sorted(settings.chats)),
        *((BotCommandScopeChat(chat_id=admin), everything) for admin in sorted(settings.admins)),
    ]
    for scope, commands in scopes:
        try:
            await bot.set_my_commands(commands, scope=scope)
        except TelegramUnauthorizedError:
            raise
        except TelegramAPIError as error:
            # A menu is a convenience: an administrator who never wrote to the bot must not stop the start.
            _log.warning("no command menu for %s: %s", scope.type, error)
