"""A clock that moves when it is told to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lines_bot.clock import Clock

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


class ManualClock(Clock):
    """Both of its times move together, unless the time of day alone is set."""

    def __init__(self, at: datetime = START, zone: ZoneInfo = ZONE) -> None:
        super().__init__(zone)
        self.at = at
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds

    def set(self, by: timedelta) -> None:
        """Set the time of day; no time passes."""
        self.at += by
