"""Time that passes only when everybody sleeps."""

import asyncio
import heapq
from itertools import count

from tests.clock import ManualClock


class VirtualTime(ManualClock):
    """A clock, and the sleep that moves it."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._numbers = count()

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._numbers), woken))
        await woken.wait()

    async def run(self, *tasks: asyncio.Task[object]) -> None:
        """Until all tasks are done."""
        while not all(task.done() for task in tasks):
            await self.settle()
            if self._sleepers and not all(task.done() for task in tasks):
                at, _, woken = heapq.heappop(self._sleepers)
                self.move(max(0.0, at - self.seconds))
                woken.set()
        await asyncio.gather(*tasks)

    async def settle(self) -> None:
        """Do everything that can be done without time passing."""
        for _ in range(50):
            await asyncio.sleep(0)
