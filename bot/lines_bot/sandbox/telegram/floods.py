"""How fast a bot may write before Telegram says 429. No exact numbers are published; these are sane ones."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from lines_bot.sandbox.telegram.refusals import too_many_requests


@dataclass(frozen=True)
class Rate:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True)
class FloodLimits:
    """One message a second to a chat with a small burst, 20 a minute to a group, 30 a second overall."""

    chat: Rate = Rate(5, 5.0)
    group: Rate = Rate(20, 60.0)
    overall: Rate = Rate(30, 1.0)


class Floods:
    """Counts what was written and refuses what comes too fast; a refused message is not counted."""

    def __init__(self, limits: FloodLimits | None) -> None:
        self._limits = limits
        self._written: defaultdict[tuple[int, Rate], deque[float]] = defaultdict(deque)

    def admit(self, chat_id: int, now: float) -> None:
        if self._limits is None:
            return
        keys = [(0, self._limits.overall), (chat_id, self._limits.chat)]
        if chat_id < 0:
            keys.append((chat_id, self._limits.group))
        wait = max(self._seconds_to_wait(key, now) for key in keys)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for key in keys:
            self._written[key].append(now)

    def _seconds_to_wait(self, key: tuple[int, Rate], now: float) -> float:
        rate, times = key[1], self._written[key]
        while times and times[0] <= now - rate.seconds:
            times.popleft()
        return times[0] + rate.seconds - now if len(times) >= rate.count else 0.0
