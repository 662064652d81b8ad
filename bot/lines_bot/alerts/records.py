"""What is stored of conditions, growths and incidents, and what a reading makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from lines_bot.alerts.engine import ENDINGS, Change, Condition, Phase, catch_up, only_time_passed
from lines_bot.alerts.families import read_subject
from lines_bot.alerts.growth import Growth, update_growth
from lines_bot.alerts.subjects import Subject
from lines_bot.store.database import cut
from lines_bot.store.tables import ConditionRow, GrowthRow, IncidentRow, TimestampRow

_LAST_GOOD = "last good reading"
_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_GROWTH: TypeAdapter[Growth] = TypeAdapter(Growth)


@dataclass(frozen=True)
class Incident:
    """Something that went wrong. `well_since`: it looks well again and is being watched.

    `owner` took it until `owned_until`; `flapping`: its recent returns to trouble, 0 if it does not flap.
    """

    id: int
    key: str
    subject: Subject
    since: datetime
    opened_at: datetime
    flapping: int = 0
    owner: str | None = None
    owned_until: datetime | None = None
    escalated_at: datetime | None = None
    well_since: datetime | None = None
    closed_at: datetime | None = None
    ending: Change | None = None

    def is_owned(self, now: datetime) -> bool:
        """Whether somebody holds it now."""
        return self.owned_until is not None and self.owned_until > now


@dataclass(frozen=True)
class ConditionUpdate:
    """What one reading changes about one key."""

    condition: Condition | None
    change: Change | None
    subject: Subject | None
    since: datetime | None


@dataclass(frozen=True)
class EngineState:
    """What the last reading left behind."""

    conditions: Mapping[str, Condition] = field(default_factory=dict)
    growths: Mapping[str, Growth] = field(default_factory=dict)
    last_good: datetime | None = None


def read_incident(row: IncidentRow) -> Incident:
    """The incident of a stored row."""
    return Incident(
        id=row.id,
        key=row.key,
        subject=read_subject(row.subject),
        since=row.since,
        opened_at=row.opened_at,
        flapping=row.flapping,
        owner=row.owner_name,
        owned_until=row.owned_until,
        escalated_at=row.escalated_at,
        well_since=row.well_since,
        closed_at=row.closed_at,
        ending=Change(row.ending) if row.ending else None,
    )


async def read_state(session: AsyncSession) -> EngineState:
    """What the last reading left behind."""
    conditions = await session.execute(select(ConditionRow.key, ConditionRow.state))
    growths = await session.execute(select(GrowthRow.line, GrowthRow.state))
    fact = await session.get(TimestampRow, _LAST_GOOD)
    last_good = fact.at if fact else None
    return EngineState(
        {key: catch_up(_CONDITION.validate_python(state), last_good) for key, state in conditions},
        {line: _GROWTH.validate_python(state) for line, state in growths},
        last_good,
    )


async def keep_conditions(
    session: AsyncSession, before: Mapping[str, Condition], updates: Mapping[str, ConditionUpdate]
) -> None:
    changed = {
        key: each.condition
        for key, each in updates.items()
        if not only_time_passed(before.get(key), each.condition)
    }
    for chunk in cut(changed.keys() & before.keys()):
        await session.execute(delete(ConditionRow).where(ConditionRow.key.in_(chunk)))
    kept = [
        {"key": key, "state": _CONDITION.dump_python(each, mode="json")}
        for key, each in changed.items()
        if each is not None
    ]
    if kept:
        await session.execute(insert(ConditionRow), kept)


async def keep_last_good(session: AsyncSession, now: datetime) -> None:
    kept = await session.execute(update(TimestampRow).where(TimestampRow.name == _LAST_GOOD).values(at=now))
    if not cast(CursorResult[object], kept).rowcount:
        session.add(TimestampRow(name=_LAST_GOOD, at=now))


async def keep_growths(
    session: AsyncSession, before: Mapping[str, Growth], growths: Mapping[str, Growth]
) -> None:
    changed = {line: each for line, each in growths.items() if _is_news(before.get(line), each)}
    for chunk in cut((changed.keys() & before.keys()) | (before.keys() - growths.keys())):
        await session.execute(delete(GrowthRow).where(GrowthRow.line.in_(chunk)))
    kept = [{"line": line, "state": _GROWTH.dump_python(each, mode="json")} for line, each in changed.items()]
    if kept:
        await session.execute(insert(GrowthRow), kept)


def _is_news(before: Growth | None, after: Growth) -> bool:
    """Whether more happened to a queue than that it rests for longer: that can be told from the time."""
    is_at_rest = before is not None and before.sum == after.sum == 0
    return not is_at_rest or update_growth(before, 0, 0, after.at) != after


async def keep_incidents(
    session: AsyncSession, before: Mapping[int, Incident], after: Mapping[int, Incident]
) -> None:
    changed = [
        {
            "id": each.id,
            "subject": each.subject.dump(),
            "flapping": each.flapping,
            "owner_name": each.owner,
            "owned_until": each.owned_until,
            "escalated_at": each.escalated_at,
            "well_since": each.well_since,
            "closed_at": each.closed_at,
            "ending": each.ending,
        }
        for each in after.values()
        if each != before[each.id]
    ]
    if changed:
        await session.execute(update(IncidentRow), changed)


async def open_incidents(
    session: AsyncSession, updates: Mapping[str, ConditionUpdate], now: datetime
) -> Sequence[Incident]:
    """Store what opened; those that are open now, with their numbers."""
    told = {
        key: Incident(
            id=0,
            key=key,
            subject=each.subject,
            since=each.since or now,
            opened_at=now,
            flapping=_count_flapping(each.condition, now),
            well_since=now if each.change is Change.HEALED or _is_recovering(each) else None,
            closed_at=now if each.change is Change.HEALED else None,
            ending=each.change if each.change is Change.HEALED else None,
        )
        for key, each in updates.items()
        if each.change in (Change.OPENED, Change.HEALED) and each.subject is not None
    }
    if told:
        await session.execute(insert(IncidentRow), [_make_values(each) for each in told.values()])
    opened = []
    for chunk in cut(key for key, each in told.items() if each.closed_at is None):
        numbers = await session.execute(
            select(IncidentRow.id, IncidentRow.key).where(
                IncidentRow.key.in_(chunk), IncidentRow.closed_at.is_(None)
            )
        )
        opened += [replace(told[key], id=number) for number, key in numbers]
    return sorted(opened, key=lambda each: each.id)


def _make_values(incident: Incident) -> dict[str, object]:
    return {
        "key": incident.key,
        "family": incident.subject.family,
        "subject": incident.subject.dump(),
        "since": incident.since,
        "opened_at": incident.opened_at,
        "flapping": incident.flapping,
        "well_since": incident.well_since,
        "closed_at": incident.closed_at,
        "ending": incident.ending,
    }


def _is_recovering(told: ConditionUpdate) -> bool:
    return told.condition is not None and told.condition.phase is Phase.RECOVERING


def advance_incident(incident: Incident, told: ConditionUpdate, now: datetime) -> Incident:
    """The incident after a reading; the very same where that says nothing new."""
    subject, flapping = incident.subject, _count_flapping(told.condition, now)
    if told.subject is not None:
        subject = told.subject.follow(told.subject.narrow(subject))
    if told.change is None and incident.flapping and flapping:
        # That the first of several times is an hour ago is no change.
        flapping = incident.flapping
    after = replace(incident, subject=subject, flapping=flapping)
    if told.change is Change.IMPROVED:
        return replace(after, well_since=now)
    if told.change is Change.RELAPSED:
        return replace(after, well_since=None)
    if told.change in ENDINGS:
        well_since = incident.well_since or now
        return replace(after, well_since=well_since, closed_at=now, ending=told.change, flapping=0)
    return after


def _count_flapping(condition: Condition | None, now: datetime) -> int:
    return condition.flapping.count_times(now) if condition and condition.flapping.since else 0
