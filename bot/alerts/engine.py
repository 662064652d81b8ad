"""The alert engine's heart: `step` is pure, so it can be replayed, fuzzed and explained.

    no condition → PENDING → BAD → RECOVERING → no condition

A reading that failed freezes the timers: nothing opens and nothing closes because data is missing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.alerts.policy import Hold

_GONE_READINGS = 2


class Level(StrEnum):
    """What one reading says of a key. `BETWEEN`: no longer bad, not yet well."""

    WELL = "well"
    BETWEEN = "between"
    BAD = "bad"
    URGENT = "urgent"
    GONE = "gone"
    UNREAD = "unread"


class Phase(StrEnum):
    PENDING = "pending"
    BAD = "bad"
    RECOVERING = "recovering"


class Change(StrEnum):
    OPENED = "opened"
    IMPROVED = "improved"
    RELAPSED = "relapsed"
    CLOSED = "closed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Observation:
    """A level, and since when it is bad where the source can tell."""

    level: Level
    since: datetime | None = None


class Condition(BaseModel):
    """What is held about a key that is not simply well.

    `lasted` counts only the time between readings that succeeded; `read_at` is None after one that failed.
    """

    model_config = ConfigDict(frozen=True)

    phase: Phase
    since: datetime
    lasted: timedelta = timedelta(0)
    readings: int = 1
    gone: int = 0
    read_at: datetime | None


def step(
    condition: Condition | None, observation: Observation, now: datetime, hold: Hold
) -> tuple[Condition | None, Change | None]:
    """One reading of one key: the condition after it, and what is to be told."""
    if condition is None:
        if observation.level not in (Level.BAD, Level.URGENT):
            return None, None
        condition = Condition(phase=Phase.PENDING, since=observation.since or now, readings=0, read_at=now)
    if observation.level is Level.UNREAD:
        return condition.model_copy(update={"read_at": None}), None
    if observation.level is Level.GONE:
        return _miss(condition, now)
    return _MOVES[condition.phase](_let_pass(condition, now), observation.level, hold)


def _let_pass(condition: Condition, now: datetime) -> Condition:
    passed = now - condition.read_at if condition.read_at else timedelta(0)
    return condition.model_copy(
        update={
            "lasted": condition.lasted + passed,
            "readings": condition.readings + 1,
            "gone": 0,
            "read_at": now,
        }
    )


def _miss(condition: Condition, now: datetime) -> tuple[Condition | None, Change | None]:
    if condition.phase is Phase.PENDING:
        return None, None
    missed = condition.model_copy(update={"gone": condition.gone + 1, "read_at": now})
    return (None, Change.REMOVED) if missed.gone >= _GONE_READINGS else (missed, None)


def _move_pending(condition: Condition, level: Level, hold: Hold) -> tuple[Condition | None, Change | None]:
    if level in (Level.WELL, Level.BETWEEN):
        return None, None
    lasted = condition.readings >= hold.bad_readings and condition.lasted >= hold.bad_for
    if lasted or level is Level.URGENT:
        return _enter(condition, Phase.BAD), Change.OPENED
    return condition, None


def _move_bad(condition: Condition, level: Level, hold: Hold) -> tuple[Condition | None, Change | None]:
    if level is not Level.WELL:
        return condition, None
    if not hold.well_for:
        return None, Change.CLOSED
    return _enter(condition, Phase.RECOVERING), Change.IMPROVED


def _move_recovering(
    condition: Condition, level: Level, hold: Hold
) -> tuple[Condition | None, Change | None]:
    if level is not Level.WELL:
        return _enter(condition, Phase.BAD), Change.RELAPSED
    return (None, Change.CLOSED) if condition.lasted >= hold.well_for else (condition, None)


def _enter(condition: Condition, phase: Phase) -> Condition:
    return condition.model_copy(update={"phase": phase, "lasted": timedelta(0), "readings": 1})


_MOVES = {Phase.PENDING: _move_pending, Phase.BAD: _move_bad, Phase.RECOVERING: _move_recovering}
