"""The command menu that Telegram shows, per kind of chat."""

import hashlib
import json
import logging
from collections.abc import Sequence

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
from sqlalchemy import delete

from lines_bot.clock import Clock
from lines_bot.people import Action, Role
from lines_bot.settings import Settings
from lines_bot.store.database import Database
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.store.tables import TimestampRow
from lines_bot.telegram.command_set import Described
from lines_bot.telegram.language import Language, Languages
from lines_bot.telegram.views.commands import find_commands

_log = logging.getLogger(__name__)
_PUBLISHED = "command menu "
_Menu = Sequence[tuple[BotCommandScopeUnion, str | None, list[BotCommand]]]


class CommandMenu:
    """Nothing for strangers, the work for the configured chats, everything for administrators in private.

    In each language; whose Telegram speaks none of them reads that of the settings.
    """

    def __init__(
        self, bot: Bot, settings: Settings, database: Database, languages: Languages, clock: Clock
    ) -> None:
        self._bot = bot
        self._settings = settings
        self._database = database
        self._languages = languages
        self._clock = clock

    async def publish(self) -> None:
        """Publish it unless the one that Telegram took last is the same. Raises nothing that is foreseen."""
        menu = [*self._compose(self._languages.default, None)]
        for language in self._languages.list():
            menu += self._compose(language, language.default_locale)
        name = _PUBLISHED + self._digest(menu)
        try:
            async with self._database.begin() as session:
                if await session.get(TimestampRow, name) is not None:
                    return
            if not await self._send(menu):
                return
            async with self._database.begin() as session:
                await session.execute(delete(TimestampRow).where(TimestampRow.name.startswith(_PUBLISHED)))
                session.add(TimestampRow(name=name, at=self._clock.now()))
        except DatabaseTrouble as trouble:
            _log.warning("the command menu is not remembered: %s", trouble)

    def _compose(self, language: Language, code: str | None) -> _Menu:
        with language.speak():
            return [(scope, code, commands) for scope, commands in self._list_scopes()]

    def _list_scopes(self) -> Sequence[tuple[BotCommandScopeUnion, list[BotCommand]]]:
        chosen = find_commands().chosen
        everything = _describe(chosen)
        work = _describe([each for each in chosen if each.action not in (Action.GRANT, Role.ADMIN)])
        start = [BotCommand(command="help", description=_("What you can do here"))]
        return [
            (BotCommandScopeDefault(), start),
            (BotCommandScopeAllPrivateChats(), work),
            *((BotCommandScopeChat(chat_id=chat), work) for chat in sorted(self._settings.chats)),
            *((BotCommandScopeChat(chat_id=admin), everything) for admin in sorted(self._settings.admins)),
        ]

    def _digest(self, menu: _Menu) -> str:
        told = [
            [scope.model_dump(mode="json"), code, [each.model_dump(mode="json") for each in commands]]
            for scope, code, commands in menu
        ]
        return hashlib.blake2b(json.dumps([self._bot.id, told]).encode(), digest_size=16).hexdigest()

    async def _send(self, menu: _Menu) -> bool:
        """Whether Telegram took all of it; an administrator who never wrote to the bot has no menu yet."""
        taken = True
        for scope, code, commands in menu:
            try:
                await self._bot.set_my_commands(commands, scope=scope, language_code=code)
            except TelegramUnauthorizedError:
                # Whoever listens says so, and ends.
                return False
            except TelegramAPIError as error:
                taken = False
                _log.warning("no command menu for %s: %s", scope.type, error)
        return taken


def describe_commands(language: Language) -> list[BotCommand]:
    """What people can type, for a menu of whoever has ours beside their own."""
    with language.speak():
        return _describe(find_commands().chosen)


def _describe(commands: Sequence[Described]) -> list[BotCommand]:
    write = find_commands().write
    return [
        BotCommand(command=write(each.name).removeprefix("/"), description=_(each.purpose))
        for each in commands
    ]
