"""The time: of day, for what is stored and shown, and monotonic, for what is measured inside a process."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MORNING = 9
_TRIES = 3
# Linux alone; elsewhere a suspended machine stops the monotonic clock.
_BOOTTIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class Clock:
    """The clock of this machine, in the zone of the settings."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def now(self) -> datetime:
        """The time of day, aware and in UTC. It can be set back or forth at any moment."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment; never set back or forth, and a suspended machine counts where it can."""
        return (
            time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
        )

    def offset(self) -> float:
        """Seconds between the two: what changes of it is by how much the time of day was set."""
        tries = (self._measure_offset() for _ in range(_TRIES))
        return min(tries, key=lambda measured: measured[0])[1]

    def _measure_offset(self) -> tuple[float, float]:
        """How exact it is, and the offset: a busy machine may stop the process between the two clocks."""
        before, now, after = self.monotonic(), self.now(), self.monotonic()
        return after - before, now.timestamp() - (before + after) / 2

    def midnight(self) -> datetime:
        """When today began in the zone."""
        return self.now().astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def next_morning(self) -> datetime:
        """The next nine o'clock in the zone."""
        local = self.now().astimezone(self.zone)
        morning = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
        return morning if morning > local else morning + timedelta(days=1)
