"""How much one person may ask for: beyond it they are told once, and then not heard for a while."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto


@dataclass(frozen=True)
class Allowance:
    """So many requests of one person in so long a time; the pause after them is as long."""

    requests: int = 20
    window: timedelta = timedelta(seconds=30)


class Verdict(Enum):
    HEARD = auto()
    TOLD = auto()
    IGNORED = auto()


@dataclass
class _Asked:
    """When a person asked lately, and until when they are not heard."""

    times: deque[datetime] = field(default_factory=deque)
    deaf_until: datetime | None = None


class Patience:
    """Judges each request by what the same person asked before; forgets whoever is calm."""

    def __init__(self, allowance: Allowance, now: Callable[[], datetime]) -> None:
        self.allowance = allowance
        self._now = now
        self._asked: dict[int, _Asked] = {}

    def judge(self, person: int) -> Verdict:
        """What becomes of a request of this person that comes now."""
        now = self._now()
        self._forget(now)
        asked = self._asked.setdefault(person, _Asked())
        if asked.deaf_until is not None:
            return Verdict.IGNORED
        if len(asked.times) == self.allowance.requests:
            asked.deaf_until = now + self.allowance.window
            return Verdict.TOLD
        asked.times.append(now)
        return Verdict.HEARD

    def _forget(self, now: datetime) -> None:
        for person, asked in list(self._asked.items()):
            while asked.times and now - asked.times[0] >= self.allowance.window:
                asked.times.popleft()
            is_deaf = asked.deaf_until is not None and now < asked.deaf_until
            if not is_deaf and (asked.deaf_until is not None or not asked.times):
                del self._asked[person]
