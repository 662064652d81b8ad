"""The outgoing rate limiter: every request to Telegram passes here, chat by chat, as fast as allowed."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramServerError
from aiogram.methods import (
    AnswerCallbackQuery,
    EditEphemeralMessageText,
    EditMessageReplyMarkup,
    EditMessageText,
    GetUpdates,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from lines_bot.clock import Clock
from lines_bot.telegram.outgoing.errors import ChatResting, read_rest
from lines_bot.telegram.outgoing.newest_edits import NewestEdits
from lines_bot.telegram.outgoing.resting_chats import RestingChats
from lines_bot.telegram.outgoing.rolling_window import RollingWindow
from lines_bot.telegram.views.people import render_answers_wait

_log = logging.getLogger(__name__)
Send = Callable[[TelegramMethod[Any]], Awaitable[Any]]
ListenToRests = Callable[[Mapping[int | str, datetime]], Awaitable[None]]

_ATTEMPTS = 5
_REPEATS = 4
_PAUSE = 0.5
_LONGEST_WAIT = 300  # seconds that one request waits for a flooded chat
_BURST = 5  # seconds in which a quarter of a group's minute may go
_MINUTE = 60.0
# Done twice, these are as good as done once; a message sent twice would be two.
_REPEATABLE = (EditMessageText, EditEphemeralMessageText, AnswerCallbackQuery)
_MESSAGES = (SendMessage, SendDocument, SendPhoto)
# Telegram counts what changes a group as it counts what is new there.
_WRITES = (*_MESSAGES, EditMessageText, EditEphemeralMessageText, EditMessageReplyMarkup)


_urgent: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgent() -> Iterator[None]:
    """What is sent inside does not queue behind answers to commands, and may use what is kept for it."""
    token = _urgent.set(True)
    try:
        yield
    finally:
        _urgent.reset(token)


@dataclass(frozen=True)
class RateLimits:
    """How much may go out: new messages in any second overall, and writes in any minute to one group."""

    a_second: float = 30
    a_group_minute: float = 20


@dataclass
class _Chat:
    """What waits before one chat, and what went there lately."""

    id: int | str
    windows: Sequence[RollingWindow]
    answers: asyncio.Lock = field(default_factory=asyncio.Lock)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    requests: int = 0
    told_until: float = -math.inf  # that answers have to wait

    def is_idle(self, now: float) -> bool:
        return not self.requests and all(window.is_empty(now) for window in self.windows)


class OutgoingRateLimiter(BaseRequestMiddleware):
    """Keeps order within a chat, but for what is `urgent`: that waits for no more than one answer.

    Answers beyond a group's share wait, and the group is told so once. Obeys `retry_after` for that chat
    alone, and sends only the newest edit. Raises ChatResting for a chat that Telegram wants left alone for
    more than five minutes, or that refuses again and again, and asks nothing of it before that is over.

    A request whose answer was lost is repeated only where that cannot show.

    `latency` is the seconds the last answered request took; `resting` are the chats that rest.
    """

    def __init__(
        self, limits: RateLimits, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._overall = RollingWindow(limits.a_second, 1)
        self._chats: dict[int | str, _Chat] = {}
        self._look_for_idle_at = clock.monotonic() + _MINUTE
        self._edits = NewestEdits()
        self._rest_listeners: list[ListenToRests] = []
        self.resting = RestingChats(clock)
        self.latency: float | None = None

    def listen_to_rests(self, listener: ListenToRests) -> None:
        """Have it called with all chats that rest, and until when, whenever one begins to."""
        self._rest_listeners.append(listener)

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Any:
        if method.__api_method__ == GetUpdates.__api_method__:
            return await make_request(bot, method)
        send: Send = partial(make_request, bot)
        chat_id = getattr(method, "chat_id", None)
        if chat_id is None:
            return await self._repeat(send, method)
        self._edits.add(method)
        try:
            with self._enter(chat_id) as chat:
                return await self._queue(send, method, chat)
        finally:
            self._edits.remove(method)

    @contextmanager
    def _enter(self, chat_id: int | str) -> Iterator[_Chat]:
        """The chat, kept while it is used; idle ones are forgotten now and then."""
        now = self._clock.monotonic()
        if now >= self._look_for_idle_at:
            self._look_for_idle_at = now + _MINUTE
            self._chats = {known: chat for known, chat in self._chats.items() if not chat.is_idle(now)}
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = _Chat(chat_id, self._make_windows(chat_id))
        chat.requests += 1
        try:
            yield chat
        finally:
            chat.requests -= 1

    def _make_windows(self, chat_id: int | str) -> Sequence[RollingWindow]:
        if not isinstance(chat_id, int) or chat_id > 0:
            return ()
        a_minute = self._limits.a_group_minute
        return RollingWindow(a_minute, _MINUTE), RollingWindow(a_minute / 4, _BURST)

    async def _queue(self, send: Send, method: TelegramMethod[Any], chat: _Chat) -> Any:
        async with AsyncExitStack() as queue:
            if not _urgent.get():
                # One answer at a time stands before the door, and so at most one before an alert.
                await queue.enter_async_context(chat.answers)
            while True:
                async with chat.turn:
                    if self._edits.is_needless(method):
                        return True
                    if until := self.resting.find(chat.id):
                        raise ChatResting(method, until)
                    wait = self._seconds_to_wait(method, chat)
                    if not wait:
                        return await self._send_counted(send, method, chat)
                # Whatever is urgent has its turn meanwhile.
                await self._wait(send, method, chat, wait)

    def _seconds_to_wait(self, method: TelegramMethod[Any], chat: _Chat) -> float:
        windows = [*chat.windows] if isinstance(method, _WRITES) else []
        if isinstance(method, _MESSAGES):
            windows.append(self._overall)
        now, is_urgent = self._clock.monotonic(), _urgent.get()
        return max((window.seconds_to_wait(now, is_urgent=is_urgent) for window in windows), default=0)

    async def _wait(self, send: Send, method: TelegramMethod[Any], chat: _Chat, seconds: float) -> None:
        """The first answer of many that has to wait for long is announced."""
        now = self._clock.monotonic()
        if seconds > _BURST and not _urgent.get():
            is_told = now < chat.told_until
            chat.told_until = now + seconds + _MINUTE
            if not is_told:
                await self._announce_waiting(send, method, chat)
        await self._sleep(seconds)

    async def _announce_waiting(self, send: Send, method: TelegramMethod[Any], chat: _Chat) -> None:
        notice = SendMessage(
            chat_id=chat.id,
            message_thread_id=getattr(method, "message_thread_id", None),
            disable_notification=True,
            **render_answers_wait().as_message(),
        )
        try:
            with urgent():
                await self._queue(send, notice, chat)
        except TelegramAPIError as error:
            _log.warning("chat %s was not told that answers wait: %s", chat.id, error)

    async def _send_counted(self, send: Send, method: TelegramMethod[Any], chat: _Chat) -> Any:
        if isinstance(method, _MESSAGES):
            self._overall.add(self._clock.monotonic())
        try:
            return await self._obey(send, method, chat)
        finally:
            if isinstance(method, _WRITES):
                # Telegram counted it at some moment before its answer came.
                for window in chat.windows:
                    window.add(self._clock.monotonic())

    async def _obey(self, send: Send, method: TelegramMethod[Any], chat: _Chat) -> Any:
        """Wait as long as Telegram asks, within reason, and send what is the newest then."""
        attempts, patience = _ATTEMPTS, float(_LONGEST_WAIT)
        while True:
            try:
                result = await self._repeat(send, method)
            except TelegramAPIError as refusal:
                rest = read_rest(refusal)
                if rest is None:
                    raise
                attempts -= 1
                patience -= rest
                if not attempts or patience < 0:
                    until = self.resting.begin(chat.id, rest)
                    for listen in self._rest_listeners:
                        await listen(self.resting.list())
                    raise ChatResting(method, until) from refusal
                await self._sleep(rest)
                method = self._edits.replace(method)
            else:
                self._edits.remove(method)
                return result

    async def _repeat(self, send: Send, method: TelegramMethod[Any]) -> Any:
        """Send, again where the answer was lost and that cannot show."""
        repeats = AsyncRetrying(
            stop=stop_after_attempt(_REPEATS if isinstance(method, _REPEATABLE) else 1),
            wait=wait_fixed(_PAUSE),
            retry=retry_if_exception_type((TelegramNetworkError, TelegramServerError)),
            sleep=self._sleep,
            reraise=True,
        )
        return await repeats(self._measure, send, method)

    async def _measure(self, send: Send, method: TelegramMethod[Any]) -> Any:
        begun = self._clock.monotonic()
        result = await send(method)
        self.latency = self._clock.monotonic() - begun
        return result
