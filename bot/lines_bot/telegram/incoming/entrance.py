"""Which updates are ours, where others have handlers in the same dispatcher."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from aiogram import BaseMiddleware, Bot, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, User

from lines_bot.telegram.callbacks import RunCommand
from lines_bot.telegram.company_callbacks import CancelAll
from lines_bot.telegram.incoming.intake import Attempt
from lines_bot.telegram.incoming.request import Handler
from lines_bot.telegram.language import Language, Languages


class Recognizer:
    """Knows our commands, our buttons and the answers to our questions by what stands on them."""

    def __init__(self, language: Language, handlers: Router) -> None:
        assert language.commands is not None, "the commands are what is recognized"
        self._commands = language.commands
        self._handlers = handlers

    async def read(self, event: TelegramObject, bot: Bot) -> TelegramObject | None:
        """The event as handlers expect it, without the prefix; None if it is not ours."""
        if isinstance(event, CallbackQuery):
            return self._read_tap(event)
        if isinstance(event, Message):
            return await self._read_message(event, bot)
        return None

    def _read_tap(self, query: CallbackQuery) -> CallbackQuery | None:
        data, prefix = query.data or "", self._commands.prefix
        payload = data.removeprefix(prefix)
        is_ours = data.startswith(prefix) and payload.partition(":")[0] in self._list_payloads()
        return query.model_copy(update={"data": payload}) if is_ours else None

    async def _read_message(self, message: Message, bot: Bot) -> Message | None:
        text = message.text or message.caption or ""
        if not text.startswith("/"):
            return message if find_question(message, bot, self._commands.prefix) else None
        written = Command.extract_command(text)
        names = [self._commands.write(each.name) for each in self._commands.chosen]
        if f"/{written.command.casefold()}" not in names:
            return None
        if written.mention and written.mention.lower() != ((await bot.me()).username or "").lower():
            return None
        field = "text" if message.text else "caption"
        return message.model_copy(update={field: f"/{text[1 + len(self._commands.prefix) :]}"})

    def _list_payloads(self) -> Collection[str]:
        filters = (
            each.callback
            for router in self._handlers.chain_tail
            for handler in router.callback_query.handlers
            for each in handler.filters or ()
        )
        known = {each.callback_data.__prefix__ for each in filters if isinstance(each, CallbackQueryFilter)}
        return {RunCommand.__prefix__, *known}


class EntranceMiddleware(BaseMiddleware):
    """Lets what is not ours go on untouched, and gives the rest what our handlers ask for; asked first.

    Without a `recognizer` everything is ours. What is `under_way` can be waited for.
    """

    def __init__(
        self, bot: Bot, languages: Languages, recognizer: Recognizer | None, services: Mapping[str, object]
    ) -> None:
        self._bot = bot
        self._languages = languages
        self._recognizer = recognizer
        self._services = services
        self._under_way: set[asyncio.Task[Any]] = set()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if data["bot"].id != self._bot.id:
            return UNHANDLED
        ours = await self._recognizer.read(event, self._bot) if self._recognizer else event
        if ours is None:
            return UNHANDLED
        attempt = data.get("lines_attempt") or Attempt()
        given = {**data, **self._services, "bot": self._bot, "attempt": attempt}
        task = asyncio.current_task()
        assert task is not None, "middlewares run in tasks"
        self._under_way.add(task)
        try:
            with self._find_language(ours).speak():
                return await handler(ours.model_copy().as_(self._bot), given)
        finally:
            self._under_way.discard(task)

    def _find_language(self, event: TelegramObject) -> Language:
        message = event.message if isinstance(event, CallbackQuery) else event
        chat: Chat | None = getattr(message, "chat", None)
        user: User | None = getattr(event, "from_user", None)
        if chat is None:
            return self._languages.default
        is_private = chat.type == ChatType.PRIVATE
        return self._languages.find(chat.id, user.language_code if user and is_private else None)

    async def finish(self, seconds: float) -> None:
        """Wait for what runs, but for whoever waits here."""
        running = self._under_way - {asyncio.current_task()}
        if running:
            await asyncio.wait(running, timeout=seconds)


def find_question(message: Message, bot: Bot, prefix: str) -> CancelAll | None:
    """The bot's own question for a number that this answers."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != bot.id or not asked.reply_markup:
        return None
    buttons = (button for row in asked.reply_markup.inline_keyboard for button in row)
    data = next((button.callback_data or "" for button in buttons), "")
    if not data.startswith(f"{prefix}{CancelAll.__prefix__}:"):
        return None
    return CancelAll.unpack(data.removeprefix(prefix))
