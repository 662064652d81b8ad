"""What is known of an outage or a pause, so that nobody waits to find it out again."""

import math
from collections.abc import Callable
from copy import copy

from lines_bot.lines.errors import QuotaExceeded, TimedOut, Unavailable

FAILURES = 3
KNOWN_FOR = 60.0  # seconds
LONG_PAUSE = 1.0  # seconds that whoever can do without an answer does not wait


class Circuit:
    """A circuit breaker. Closed, all calls go; open, they are refused with what was last seen to be wrong.

    It opens at the third failure in a row, at once when a read hung while nothing else was answered, and for
    a pause longer than `patience` seconds. An outage is known for a minute, or for the pause that Lines asked
    for: then the circuit is half open, and one call goes to find out. Any answer closes it. `clock` is
    monotonic.
    """

    def __init__(self, host: str, clock: Callable[[], float], patience: float) -> None:
        self._host = host
        self._clock = clock
        self._patience = patience
        self._trouble: Unavailable | None = None
        self._known_until = self._paused_until = -math.inf
        self._answered_at = self._failed_at = -math.inf
        self._failures = 0

    @property
    def is_open(self) -> bool:
        return self._trouble is not None

    @property
    def pause(self) -> float:
        """Seconds, or less than none, until the pause that Lines asked for is over."""
        return self._paused_until - self._clock()

    @property
    def trouble(self) -> Unavailable | None:
        """What keeps Lines from answering now, as far as that is known."""
        return self._find_pause(LONG_PAUSE) or self._find_outage()

    def claim(self, *, probes: bool) -> Unavailable | None:
        """Why a call may not go. One that `probes` may; half open, the first who asks is one."""
        if pause := self._find_pause(self._patience):
            return pause
        if not probes and (trouble := self._find_outage()):
            return trouble
        if self.is_open:
            self._known_until = self._clock() + KNOWN_FOR
        return None

    def close(self) -> None:
        """Lines answered."""
        self._answered_at = self._clock()
        self._failures, self._trouble, self._known_until = 0, None, -math.inf

    def fail(self, error: Unavailable, sent_at: float, *, changes: bool) -> bool:
        """A request sent then was not answered; `changes`: it changed something. True if this opens it."""
        now = self._clock()
        pause = (error.retry_after or 0) if isinstance(error, QuotaExceeded) else 0
        if pause:
            self._paused_until = now + pause
        if sent_at < max(self._answered_at, self._failed_at):
            # What failed before, or beside, others that are counted tells nothing new.
            return False
        self._failed_at = now
        self._failures += 1
        # A change may take the platform long; a read that hangs does not.
        hung = isinstance(error, TimedOut) and not changes
        if not (self.is_open or hung or pause > self._patience or self._failures >= FAILURES):
            return False
        opens = not self.is_open
        self._trouble, self._known_until = copy(error), now + (pause or KNOWN_FOR)
        self._trouble.retry_after = None
        return opens

    def _find_outage(self) -> Unavailable | None:
        return copy(self._trouble) if self._clock() < self._known_until else None

    def _find_pause(self, longest: float) -> Unavailable | None:
        """What to tell while Lines asked for a pause that lasts longer than that many seconds."""
        if (pause := self.pause) <= longest:
            return None
        return QuotaExceeded(
            f"The request quota of Lines at {self._host} is used up: it is asked again in {pause:.0f} s.",
            retry_after=pause,
        )
