"""The updates that wait for the bot, and the long poll that fetches them."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aiogram.methods import GetUpdates
from aiogram.types import Update

from lines_bot.sandbox.telegram.refusals import Refusal, terminated_by_other_poll

LONGEST_POLL = 50
NOT_SENT_UNLESS_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class UpdateQueue:
    """Keeps every update until a poll with a higher offset confirms it, as Telegram does."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._waiting: deque[Update] = deque()
        self._next_id = 1
        self._allowed: frozenset[str] = frozenset()
        self._arrived = asyncio.Event()
        self.polled = asyncio.Event()
        """Set while a long poll hangs and waits for an update."""
        self._poll: asyncio.Future[Refusal] | None = None
        self._on_change = on_change

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Update]:
        return iter(self._waiting)

    @property
    def allowed(self) -> list[str] | None:
        return sorted(self._allowed) or None

    def push(self, kind: str, content: Any) -> None:
        if not (kind in self._allowed if self._allowed else kind not in NOT_SENT_UNLESS_ASKED):
            return
        self._append(Update.model_validate({"update_id": self._next_id, kind: content}))

    def push_unread(self, body: Mapping[str, Any]) -> None:
        """An update of whatever shape, for a bot that need not know every kind; it gets a number alone."""
        self._append(Update.model_construct(**{**body, "update_id": self._next_id}))

    def _append(self, update: Update) -> None:
        self._waiting.append(update)
        self._next_id += 1
        self._arrived.set()
        self._on_change()

    def clear(self) -> None:
        self._waiting.clear()
        self._on_change()

    async def take(self, call: GetUpdates) -> list[Update]:
        """Confirms what lies below `offset`, then waits up to `timeout` seconds for an update."""
        if call.allowed_updates is not None:
            self._allowed = frozenset(call.allowed_updates)
        self._confirm(call.offset or 0)
        self.refuse_poll(terminated_by_other_poll())
        if not self._waiting and call.timeout:
            await self._wait(min(call.timeout, LONGEST_POLL))
        return list(self._waiting)[: min(max(call.limit or 100, 1), 100)]

    def refuse_poll(self, refusal: Refusal) -> None:
        """Ends the long poll that hangs now, if there is one."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(refusal)

    async def _wait(self, seconds: float) -> None:
        self._arrived.clear()
        poll = self._poll = asyncio.get_running_loop().create_future()
        arrived = asyncio.ensure_future(self._arrived.wait())
        self.polled.set()
        try:
            await asyncio.wait({poll, arrived}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if poll.done():
                raise poll.result()
        finally:
            arrived.cancel()
            poll.cancel()
            if self._poll is poll:
                self.polled.clear()

    def _confirm(self, offset: int) -> None:
        before = len(self._waiting)
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while self._waiting and self._waiting[0].update_id < offset:
            self._waiting.popleft()
        if len(self._waiting) != before:
            self._on_change()
