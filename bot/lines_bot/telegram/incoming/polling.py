"""The incoming side: an update is confirmed only after its handler ended, so a crash redelivers it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramConflictError, TelegramUnauthorizedError
from aiogram.types import Update
from aiogram.utils.backoff import Backoff, BackoffConfig

_log = logging.getLogger(__name__)

_LONG_POLL = 30
_BUSY_PAUSE = 0.5
_PATIENCE = BackoffConfig(min_delay=1.0, max_delay=30.0, factor=1.5, jitter=0.1)
ALLOWED = ["message", "callback_query", "my_chat_member"]


class UpdateLoop:
    """Long-polls Telegram and handles updates side by side."""

    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._sleep = sleep
        self._running: dict[int, asyncio.Task[None]] = {}
        self._next = 0

    async def run(self) -> None:
        """Fetch and handle until cancelled. Raises only when the token is refused."""
        backoff = Backoff(_PATIENCE)
        while True:
            try:
                updates = await self._fetch()
            except TelegramUnauthorizedError:
                raise
            except TelegramAPIError as error:
                reason = (
                    "another process polls with this token"
                    if isinstance(error, TelegramConflictError)
                    else error
                )
                _log.warning("Telegram gives no updates: %s", reason)
                await self._sleep(next(backoff))
                continue
            backoff.reset()
            fresh = [update for update in updates if update.update_id >= self._next]
            for update in fresh:
                self._begin(update)
            if self._running and not fresh:
                await self._wait_for_room()

    async def finish(self, seconds: float) -> None:
        """Wait for the handlers that run and confirm what is done; the rest will be redelivered."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        if not self._next:
            return
        try:
            await self._bot.get_updates(offset=self._offset, limit=1, timeout=0, allowed_updates=ALLOWED)
        except TelegramAPIError as error:
            _log.warning("the last updates stay unconfirmed and will be redelivered: %s", error)

    @property
    def _offset(self) -> int:
        return min(self._running, default=self._next)

    async def _fetch(self) -> Sequence[Update]:
        return await self._bot.get_updates(
            offset=self._offset or None,
            timeout=0 if self._running else _LONG_POLL,
            allowed_updates=ALLOWED,
            request_timeout=_LONG_POLL + 15,
        )

    async def _wait_for_room(self) -> None:
        """What still runs is handed out again by every fetch: let half of it end before the next."""
        half = len(self._running) // 2
        with suppress(TimeoutError):
            async with asyncio.timeout(_BUSY_PAUSE):
                while len(self._running) > half:
                    await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)

    def _begin(self, update: Update) -> None:
        self._next = update.update_id + 1
        task = asyncio.create_task(self._handle(update))
        self._running[update.update_id] = task
        task.add_done_callback(lambda _done: self._running.pop(update.update_id))

    async def _handle(self, update: Update) -> None:
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except Exception:
            _log.exception("update %s could not be handled", update.update_id)
