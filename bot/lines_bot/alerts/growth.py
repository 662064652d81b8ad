"""Whether a queue grows faster than it usually moves: a cumulative sum over arrivals and departures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, sqrt

_MEMORY = timedelta(minutes=30)
_DRIFT = 0.2
_FIRES = 10.0
_SIGHT = timedelta(hours=6)


@dataclass(frozen=True)
class Growth:
    """`sum`: evidence for growth; `pace`: moves a reading, averaged; `trend`: sessions gained a second."""

    sum: float
    pace: float
    trend: float
    at: datetime


def update_growth(growth: Growth | None, arrivals: int, departures: int, now: datetime) -> Growth:
    """One reading more."""
    if growth is None:
        return Growth(0.0, float(arrivals + departures), 0.0, now)
    passed = max((now - growth.at).total_seconds(), 1e-9)
    weight = 1 - exp(-passed / _MEMORY.total_seconds())
    pace = growth.pace + weight * (arrivals + departures - growth.pace)
    trend = growth.trend + 6 * weight / (1 + 5 * weight) * ((arrivals - departures) / passed - growth.trend)
    usual = sqrt(max(pace, 1.0))
    return Growth(max(0.0, growth.sum + (arrivals - departures) / usual - _DRIFT), pace, trend, now)


def is_early(growth: Growth, waiting: int, limit: int) -> bool:
    """Whether to warn, silently, before the limit is reached."""
    return growth.sum >= _FIRES and waiting >= limit / 2


def forecast(growth: Growth, waiting: int, limit: int) -> timedelta | None:
    """When the limit is reached at the present rate; None if it is not in sight."""
    missing = limit - waiting
    if missing <= 0 or growth.trend * _SIGHT.total_seconds() < missing:
        return None
    return timedelta(seconds=missing / growth.trend)
