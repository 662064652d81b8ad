"""How restless a key is: a score that halves every 15 minutes, and the recent returns to trouble."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_HALF_LIFE = timedelta(minutes=15)
_CYCLE, _NEAR_MISS = 1000.0, 500.0
BEGIN_SCORE, _END_SCORE = 3000.0, 750.0
_SOON = 3
_WINDOW = timedelta(hours=1)
_QUIET = timedelta(minutes=5)
_LONGEST = timedelta(minutes=60)
_FORGOTTEN = 50.0


@dataclass(frozen=True)
class Flapping:
    """`bads`: when the key turned bad in the last hour; `since`: when it began to flap, if it does."""

    score: float
    scored_at: datetime
    bads: tuple[datetime, ...] = ()
    since: datetime | None = None

    def count_times(self, now: datetime) -> int:
        """How often the key turned bad in the last hour."""
        return sum(now - at < _WINDOW for at in self.bads)


def calm(now: datetime) -> Flapping:
    """The record of a key that never moved."""
    return Flapping(0.0, now)


def count_bad(record: Flapping, now: datetime) -> Flapping:
    """The key turned bad; the first time in an hour is no cycle yet."""
    left = _fade(record, now)
    cycle = _CYCLE if left.bads else 0.0
    return _begin(replace(left, score=left.score + cycle, bads=(*left.bads, now)), now)


def count_near_miss(record: Flapping, now: datetime) -> Flapping:
    """The key was bad for less than its hold: half a cycle."""
    left = _fade(record, now)
    return _begin(replace(left, score=left.score + _NEAR_MISS), now)


def settle(record: Flapping, now: datetime, quiet_since: datetime) -> Flapping:
    """The record after a while without a change: the same, unless flapping is over."""
    if record.since is None:
        return record
    is_over = _fade(record, now).score < _END_SCORE and now - quiet_since >= _QUIET
    return replace(record, since=None) if is_over or now - record.since >= _LONGEST else record


def is_forgotten(record: Flapping, now: datetime) -> bool:
    """Nothing worth keeping is left."""
    left = _fade(record, now)
    return left.since is None and not left.bads and left.score < _FORGOTTEN


def _fade(record: Flapping, now: datetime) -> Flapping:
    halves = (now - record.scored_at) / _HALF_LIFE
    recent = tuple(at for at in record.bads if now - at < _WINDOW)
    return replace(record, score=record.score * 0.5**halves, scored_at=now, bads=recent)


def _begin(record: Flapping, now: datetime) -> Flapping:
    """Begin to flap at the score for it, or at the third time within the hour."""
    begins = record.score >= BEGIN_SCORE or len(record.bads) >= _SOON
    return replace(record, since=record.since or now) if begins else record
