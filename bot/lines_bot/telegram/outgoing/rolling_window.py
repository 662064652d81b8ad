"""How much may go out in any span of time, with a part of it kept for what is urgent."""

import math
from collections import deque

_KEPT = 0.2


class RollingWindow:
    """At most `count` in any `seconds`; a fifth of them is free for what is urgent, however much else comes.

    Times are seconds of a monotonic clock.
    """

    def __init__(self, count: float, seconds: float) -> None:
        self._count = max(1, int(count))
        self._unhurried = max(1, self._count - math.ceil(self._count * _KEPT))
        self._seconds = seconds
        self._sent: deque[float] = deque()

    def seconds_to_wait(self, now: float, *, is_urgent: bool) -> float:
        """How long until one more may go; 0 if it may go now."""
        self._forget(now)
        room = self._count if is_urgent else self._unhurried
        return max(0.0, self._sent[-room] + self._seconds - now) if len(self._sent) >= room else 0.0

    def add(self, now: float) -> None:
        """One went out."""
        self._sent.append(now)

    def is_empty(self, now: float) -> bool:
        self._forget(now)
        return not self._sent

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] <= now - self._seconds:
            self._sent.popleft()
