"""How much one person, or one group together, may ask for: beyond it they are told once, then not heard."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto

from lines_bot.clock import Clock


@dataclass(frozen=True)
class FloodLimits:
    """So many requests of one person, and of all in one group, in so long a time; the pause is as long."""

    requests: int = 20
    group_requests: int = 60
    window: timedelta = timedelta(seconds=30)


class Verdict(Enum):
    ALLOWED = auto()
    WARNED = auto()
    DROPPED = auto()


@dataclass
class _Asked:
    """When somebody asked lately, and until when they are not heard."""

    times: deque[float] = field(default_factory=deque)
    deaf_until: float | None = None


Asker = tuple[str, int]


class FloodControl:
    """Judges each request by what the same people asked before; forgets whoever is calm."""

    def __init__(self, limits: FloodLimits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._window = limits.window.total_seconds()
        self._asked: dict[Asker, _Asked] = {}
        self._sweep_at = clock.monotonic() + self._window

    def judge(self, person: int) -> Verdict:
        """What becomes of a request of this person that comes now."""
        return self._judge(("person", person), self.limits.requests)

    def judge_alert_tap(self, person: int) -> Verdict:
        """As `judge`, for what ends trouble: nothing else that anybody asks uses it up."""
        return self._judge(("alerts", person), self.limits.requests)

    def judge_group(self, chat: int, are_strangers: bool) -> Verdict:
        """What becomes of a request from this group; strangers in it cannot use up what the team may ask."""
        return self._judge(("strangers" if are_strangers else "team", chat), self.limits.group_requests)

    def _judge(self, asker: Asker, requests: int) -> Verdict:
        now = self._clock.monotonic()
        if now >= self._sweep_at:
            self._sweep_at = now + self._window
            for each in list(self._asked):
                self._forget(each, now)
        self._forget(asker, now)
        asked = self._asked.setdefault(asker, _Asked())
        if asked.deaf_until is not None:
            return Verdict.DROPPED
        if len(asked.times) == requests:
            asked.deaf_until = now + self._window
            return Verdict.WARNED
        asked.times.append(now)
        return Verdict.ALLOWED

    def _forget(self, asker: Asker, now: float) -> None:
        """What is too long ago to count."""
        asked = self._asked.get(asker)
        if asked is None:
            return
        while asked.times and now - asked.times[0] >= self._window:
            asked.times.popleft()
        is_deaf = asked.deaf_until is not None and now < asked.deaf_until
        if not is_deaf and (asked.deaf_until is not None or not asked.times):
            del self._asked[asker]
