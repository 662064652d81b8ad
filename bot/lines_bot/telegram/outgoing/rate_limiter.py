"""The outgoing rate limiter: every request to Telegram passes here, chat by chat, as fast as allowed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import (
    AnswerCallbackQuery,
    EditEphemeralMessageText,
    EditMessageText,
    GetUpdates,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiolimiter import AsyncLimiter

_PATIENCE = 4
_PAUSE = 0.5
# Done twice, these are as good as done once; a message sent twice would be two.
_REPEATABLE = (EditMessageText, EditEphemeralMessageText, AnswerCallbackQuery)


_urgent: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgent() -> Iterator[None]:
    """What is sent inside does not queue behind answers to commands."""
    token = _urgent.set(True)
    try:
        yield
    finally:
        _urgent.reset(token)


@dataclass(frozen=True)
class RateLimits:
    """How many new messages may go out: overall a second, and to one group a minute."""

    a_second: float = 30
    a_group_minute: float = 20


class OutgoingRateLimiter(BaseRequestMiddleware):
    """Keeps order within a chat, but for what is `urgent`: that waits for no more than one answer.

    Obeys `retry_after` for that chat alone, and sends only the newest edit.

    A request whose answer was lost is repeated only where that cannot show.

    `latency` is the seconds the last answered request took.
    """

    def __init__(self, pace: RateLimits, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._pace = pace
        self._sleep = sleep
        self._overall = AsyncLimiter(pace.a_second, 1)
        self._groups: dict[int | str, AsyncLimiter] = {}
        self._answers: dict[int | str, asyncio.Lock] = {}
        self._turns: dict[int | str, asyncio.Lock] = {}
        self._newest: dict[tuple[int | str, int], TelegramMethod[Any]] = {}
        self.latency: float | None = None

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Any:
        if method.__api_method__ == GetUpdates.__api_method__:
            return await make_request(bot, method)
        chat = getattr(method, "chat_id", None)
        if chat is None:
            return await self._send(make_request, bot, method)
        edited = _name_edited(method)
        if edited:
            self._newest[edited] = method
        async with AsyncExitStack() as turn:
            if not _urgent.get():
                # One answer at a time stands before the door, and so at most one before an alert.
                await turn.enter_async_context(self._answers.setdefault(chat, asyncio.Lock()))
            await turn.enter_async_context(self._turns.setdefault(chat, asyncio.Lock()))
            if edited and self._newest.get(edited) is not method:
                return True
            try:
                return await self._send_when_allowed(make_request, bot, method, chat)
            finally:
                self._forget(method)

    async def _send_when_allowed(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
        chat: int | str,
    ) -> Any:
        if isinstance(method, SendMessage | SendDocument | SendPhoto):
            await self._overall.acquire()
            if isinstance(chat, int) and chat < 0:
                limiter = self._groups.setdefault(chat, AsyncLimiter(self._pace.a_group_minute, 60))
                await limiter.acquire()
        attempts = _PATIENCE
        while True:
            try:
                result = await self._send(make_request, bot, method)
            except TelegramRetryAfter as refusal:
                # Whoever gives up rests too: the next request to this chat would come too early.
                await self._sleep(refusal.retry_after)
                if not attempts:
                    raise
                attempts -= 1
                edited = _name_edited(method)
                method = self._newest.get(edited, method) if edited else method
            else:
                self._forget(method)
                return result

    def _forget(self, method: TelegramMethod[Any]) -> None:
        """This edit is not waited with any more."""
        edited = _name_edited(method)
        if edited and self._newest.get(edited) is method:
            del self._newest[edited]

    async def _send(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Any:
        attempts = _PATIENCE if isinstance(method, _REPEATABLE) else 1
        while True:
            begun = time.monotonic()
            try:
                result = await make_request(bot, method)
            except (TelegramNetworkError, TelegramServerError):
                attempts -= 1
                if not attempts:
                    raise
                await self._sleep(_PAUSE)
            else:
                self.latency = time.monotonic() - begun
                return result


def _name_edited(method: TelegramMethod[Any]) -> tuple[int | str, int] | None:
    if isinstance(method, EditMessageText) and method.chat_id is not None and method.message_id is not None:
        return method.chat_id, method.message_id
    return None
