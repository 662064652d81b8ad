"""The numbers that decide when something is an alert."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class Hold:
    """How long trouble must last to count, and how long it must be over."""

    bad_for: timedelta
    bad_readings: int
    well_for: timedelta


@dataclass(frozen=True)
class Policy:
    """Defaults from the field: short enough to be first, long enough not to cry wolf."""

    channel: Hold = field(default=Hold(timedelta(seconds=20), 2, timedelta(seconds=60)))
    queue: Hold = field(default=Hold(timedelta(seconds=60), 2, timedelta(seconds=120)))
    source: Hold = field(default=Hold(timedelta(seconds=20), 2, timedelta(0)))
    queue_limit: int = 10
    queue_wait: timedelta = timedelta(seconds=300)
    clear_share: float = 0.6
