"""One reading for all who ask at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_IDS = 900  # the contract takes 1,000 values


class SharedRead(Generic[T]):
    """A read that those who ask while it is under way share; one who leaves hurts no other."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._running: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        if self._running is None:
            self._running = asyncio.ensure_future(self._run())
            self._running.add_done_callback(_take_error)
        return await asyncio.shield(self._running)

    async def _run(self) -> T:
        try:
            return await self._read()
        finally:
            self._running = None


class GatheredRead(Generic[T]):
    """Items by their ids: those wanted in one turn of the loop are read together, at most 900 at once."""

    def __init__(self, read: Callable[[list[str]], Awaitable[Mapping[str, T]]]) -> None:
        self._read = read
        self._wanted: set[str] = set()
        self._next: asyncio.Task[Mapping[str, T]] | None = None

    async def __call__(self, ids: Iterable[str]) -> Mapping[str, T]:
        """What was found of all that is read together."""
        wanted = set(ids)
        if not wanted:
            return {}
        if self._next is None:
            self._next = asyncio.create_task(self._run())
            self._next.add_done_callback(_take_error)
        self._wanted |= wanted
        return await asyncio.shield(self._next)

    async def _run(self) -> Mapping[str, T]:
        wanted, self._wanted, self._next = sorted(self._wanted), set(), None
        pieces = [wanted[start : start + MOST_IDS] for start in range(0, len(wanted), MOST_IDS)]
        found: dict[str, T] = {}
        for part in await asyncio.gather(*map(self._read, pieces)):
            found.update(part)
        return found


def _take_error(task: asyncio.Task[T]) -> None:
    """Everybody who wanted to know it may have left."""
    if not task.cancelled():
        task.exception()
