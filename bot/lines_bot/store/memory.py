"""What is stored and asked for all the time, kept in memory."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from lines_bot.store.database import Database

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Reads when first asked, and again once it was told to forget: after the commit of every change."""

    def __init__(self, database: Database, read: Callable[[], Awaitable[Value]]) -> None:
        self._read = read
        database.listen(self.forget)
        self._held: list[Value] = []
        self._changes = 0

    async def get(self) -> Value:
        """What is stored."""
        if self._held:
            return self._held[0]
        changes, value = self._changes, await self._read()
        # What was committed while it was read may not be in it.
        if changes == self._changes:
            self._held = [value]
        return value

    def forget(self) -> None:
        """It has changed."""
        self._held = []
        self._changes += 1
