"""The alert engine's heart: `step` is pure, so it can be replayed, fuzzed and explained.

    WELL → PENDING → (HEALING, if the policy heals first) → BAD → RECOVERING → WELL

A reading that failed freezes the timers: nothing opens and nothing closes because data is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lines_bot.alerts.flapping import Flapping, calm, count_bad, count_near_miss, is_forgotten, settle
from lines_bot.alerts.policy import Hold

_GONE_READINGS = 2
_TRAIL = 5


class Level(StrEnum):
    """What one reading says of a key. `BETWEEN`: neither bad nor well. `URGENT`: bad, without any hold."""

    WELL = "well"
    BETWEEN = "between"
    BAD = "bad"
    URGENT = "urgent"
    GONE = "gone"
    UNREAD = "unread"


class Phase(StrEnum):
    WELL = "well"
    PENDING = "pending"
    HEALING = "healing"
    BAD = "bad"
    RECOVERING = "recovering"


class Change(StrEnum):
    HEAL = "heal"
    HEALED = "healed"
    OPENED = "opened"
    IMPROVED = "improved"
    RELAPSED = "relapsed"
    CLOSED = "closed"
    REMOVED = "removed"


ENDINGS = frozenset({Change.CLOSED, Change.REMOVED})


@dataclass(frozen=True)
class Observation:
    """A level, and since when it is bad where the source can tell."""

    level: Level
    since: datetime | None = None


@dataclass(frozen=True)
class HistoryEntry:
    """One step of a key's story, for whoever asks why."""

    at: datetime
    change: str


@dataclass(frozen=True)
class Condition:
    """What is held about a key that is not simply well.

    `since`: when the present trouble began. `lasted` counts only the time between readings that succeeded;
    `read_at` is None after one that failed. `readings` are counted while it is pending.
    """

    phase: Phase
    since: datetime
    read_at: datetime | None
    changed_at: datetime
    flapping: Flapping
    lasted: timedelta = timedelta(0)
    readings: int = 1
    gone: int = 0
    trail: tuple[HistoryEntry, ...] = ()


Step = tuple[Condition | None, Change | None]
Moved = tuple[Condition, Change | None]
Heal = timedelta | None

_TROUBLE = (Level.BAD, Level.URGENT)


def step(
    condition: Condition | None,
    observation: Observation,
    now: datetime,
    hold: Hold,
    heal_for: Heal = None,
) -> Step:
    """One reading of one key: the condition after it, and what is to be told.

    `heal_for`: how long a reconnect may take before anyone is called; None: nobody tries one.
    """
    level = observation.level
    if condition is None:
        if level not in _TROUBLE:
            return None, None
        condition = Condition(Phase.WELL, observation.since or now, now, now, calm(now), readings=0)
    if level is Level.UNREAD:
        return replace(condition, read_at=None), None
    if level is Level.GONE:
        return _miss(condition, now)
    condition = _let_pass(condition, now)
    after, change = _MOVES[condition.phase](condition, observation, now, hold, heal_for)
    if change is not None:
        after = replace(after, trail=(*after.trail, HistoryEntry(now, change))[-_TRAIL:])
    if after.phase is Phase.WELL and is_forgotten(after.flapping, now):
        return None, change
    return after, change


def find_due(condition: Condition | None, hold: Hold, heal_for: Heal = None) -> datetime | None:
    """When a next reading like the last would decide something; None: time alone decides nothing."""
    if condition is None or condition.read_at is None:
        return None
    waits = {Phase.PENDING: hold.bad_for, Phase.HEALING: heal_for, Phase.RECOVERING: hold.well_for}
    wait = waits.get(condition.phase)
    return None if wait is None else condition.read_at + max(wait - condition.lasted, timedelta(0))


def only_time_passed(before: Condition | None, after: Condition | None) -> bool:
    """Whether the next reading makes the same of both: between them lie good readings without a change."""
    if before is None or after is None or before.read_at is None or after.read_at is None:
        return before is after
    passed = after.read_at - before.read_at
    return after == replace(before, read_at=after.read_at, lasted=before.lasted + passed)


def catch_up(condition: Condition, last_good: datetime | None) -> Condition:
    """A stored condition as the last good reading left it: where only time passed it was not written."""
    if last_good is None or condition.read_at is None or condition.read_at >= last_good:
        return condition
    passed = last_good - condition.read_at
    return replace(condition, read_at=last_good, lasted=condition.lasted + passed)


def _let_pass(condition: Condition, now: datetime) -> Condition:
    passed = now - condition.read_at if condition.read_at else timedelta(0)
    flapping = settle(condition.flapping, now, condition.changed_at)
    return replace(
        condition,
        lasted=condition.lasted + passed,
        readings=condition.readings + (condition.phase is Phase.PENDING),
        gone=0,
        read_at=now,
        flapping=flapping,
    )


def _miss(condition: Condition, now: datetime) -> Step:
    if condition.phase in (Phase.WELL, Phase.PENDING, Phase.HEALING):
        return None, None
    missed = replace(condition, gone=condition.gone + 1, read_at=now)
    return (None, Change.REMOVED) if missed.gone >= _GONE_READINGS else (missed, None)


def _move_well(condition: Condition, seen: Observation, now: datetime, hold: Hold, heal: Heal) -> Moved:
    if seen.level not in _TROUBLE:
        return condition, None
    pending = replace(_enter(condition, Phase.PENDING, now), since=seen.since or now)
    return _move_pending(pending, seen, now, hold, heal)


def _move_pending(condition: Condition, seen: Observation, now: datetime, hold: Hold, heal: Heal) -> Moved:
    if seen.level not in _TROUBLE:
        return _escape(condition, now, None)
    lasted = condition.readings >= hold.bad_readings and condition.lasted >= hold.bad_for
    if not lasted and seen.level is not Level.URGENT:
        return condition, None
    if heal is not None:
        return _enter(condition, Phase.HEALING, now), Change.HEAL
    return _turn_bad(condition, now), Change.OPENED


def _move_healing(condition: Condition, seen: Observation, now: datetime, hold: Hold, heal: Heal) -> Moved:
    if seen.level not in _TROUBLE:
        return _escape(condition, now, Change.HEALED)
    if heal is not None and condition.lasted < heal:
        return condition, None
    return _turn_bad(condition, now), Change.OPENED


def _escape(condition: Condition, now: datetime, change: Change | None) -> Moved:
    """It is well again before anyone was called."""
    missed = replace(condition, flapping=count_near_miss(condition.flapping, now))
    if missed.flapping.since and not condition.flapping.since:
        # It never stays bad for long, and never well either: that is worth an alert of its own.
        return _enter(missed, Phase.RECOVERING, now), Change.OPENED
    return _enter(missed, Phase.WELL, now), change


def _move_bad(condition: Condition, seen: Observation, now: datetime, hold: Hold, heal: Heal) -> Moved:
    if seen.level is not Level.WELL:
        return condition, None
    if not hold.well_for:
        return _enter(condition, Phase.WELL, now), Change.CLOSED
    return _enter(condition, Phase.RECOVERING, now), Change.IMPROVED


def _move_recovering(condition: Condition, seen: Observation, now: datetime, hold: Hold, heal: Heal) -> Moved:
    if seen.level is not Level.WELL:
        return _turn_bad(condition, now), Change.RELAPSED
    if condition.lasted < hold.well_for or condition.flapping.since is not None:
        return condition, None
    return _enter(condition, Phase.WELL, now), Change.CLOSED


def _turn_bad(condition: Condition, now: datetime) -> Condition:
    return _enter(replace(condition, flapping=count_bad(condition.flapping, now)), Phase.BAD, now)


def _enter(condition: Condition, phase: Phase, now: datetime) -> Condition:
    return replace(condition, phase=phase, changed_at=now, lasted=timedelta(0), readings=1)


_MOVES: dict[Phase, Callable[[Condition, Observation, datetime, Hold, Heal], Moved]] = {
    Phase.WELL: _move_well,
    Phase.PENDING: _move_pending,
    Phase.HEALING: _move_healing,
    Phase.BAD: _move_bad,
    Phase.RECOVERING: _move_recovering,
}
