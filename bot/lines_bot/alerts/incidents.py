"""What is open, since when, and who holds it: the state of the alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from lines_bot.alerts.engine import ENDINGS, Change, Condition, Phase
from lines_bot.alerts.families import read_subject
from lines_bot.alerts.growth import Growth
from lines_bot.alerts.subjects import Subject
from lines_bot.store.database import Database, cut
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


class UnknownIncident(Exception):
    """No incident has this number."""


class Incidents:
    """Conditions and incidents are committed together, in one transaction a reading."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> EngineState:
        """What is held from the reading before."""
        async with self._database.begin() as session:
            conditions = await session.execute(select(ConditionRow.key, ConditionRow.state))
            growths = await session.execute(select(GrowthRow.line, GrowthRow.state))
            fact = await session.get(TimestampRow, _LAST_GOOD)
            return EngineState(
                {key: _CONDITION.validate_python(state) for key, state in conditions},
                {line: _GROWTH.validate_python(state) for line, state in growths},
                fact.at if fact else None,
            )

    async def record(
        self, updates: Mapping[str, ConditionUpdate], growths: Mapping[str, Growth] | None, now: datetime
    ) -> None:
        """Take in what a reading changed; `growths` is None when Lines could not be read."""
        async with self._database.begin() as session:
            await _keep_conditions(session, updates)
            for key, row in (await _find_open(session, updates)).items():
                _advance(row, updates[key], now)
            await _open(session, updates, now)
            if growths is not None:
                await session.merge(TimestampRow(name=_LAST_GOOD, at=now))
                await _keep_growths(session, growths)

    async def list_open(self) -> Sequence[Incident]:
        """Open incidents, oldest first."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(IncidentRow).where(IncidentRow.closed_at.is_(None)).order_by(IncidentRow.id)
            )
            return [read_incident(row) for row in rows]

    async def get(self, incident_id: int) -> Incident:
        """One incident, open or closed. Raises UnknownIncident."""
        async with self._database.begin() as session:
            row = await session.get(IncidentRow, incident_id)
            if row is None:
                raise UnknownIncident
            return read_incident(row)

    async def find_latest(self, keys: Iterable[str]) -> Incident | None:
        """The newest incident of any of these keys."""
        async with self._database.begin() as session:
            row = await session.scalar(
                select(IncidentRow)
                .where(IncidentRow.key.in_(list(keys)))
                .order_by(IncidentRow.id.desc())
                .limit(1)
            )
            return read_incident(row) if row else None

    async def count_since(self, key: str, since: datetime) -> int:
        """How many incidents a key had since then that someone was called for, the open one included."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(IncidentRow.id)
                .where(IncidentRow.key == key, IncidentRow.opened_at >= since)
                .where(IncidentRow.ending.is_distinct_from(Change.HEALED))
            )
            return len(rows.all())

    async def take(self, incidents: Iterable[int], owner: str, until: datetime) -> None:
        """Somebody holds these now."""
        await self._change(incidents, owner_name=owner, owned_until=until)

    async def release(self, incidents: Iterable[int]) -> None:
        """Nobody holds these any more."""
        await self._change(incidents, owner_name=None, owned_until=None)

    async def escalate(self, incidents: Iterable[int], now: datetime) -> None:
        """Call the next target for these."""
        await self._change(incidents, escalated_at=now)

    async def _change(self, incidents: Iterable[int], **values: object) -> None:
        async with self._database.begin() as session:
            for chunk in cut(incidents):
                await session.execute(update(IncidentRow).where(IncidentRow.id.in_(chunk)).values(**values))


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


async def _keep_conditions(session: AsyncSession, updates: Mapping[str, ConditionUpdate]) -> None:
    for chunk in cut(updates):
        await session.execute(delete(ConditionRow).where(ConditionRow.key.in_(chunk)))
    kept = [
        {"key": key, "state": _CONDITION.dump_python(each.condition, mode="json")}
        for key, each in updates.items()
        if each.condition is not None
    ]
    if kept:
        await session.execute(insert(ConditionRow), kept)


async def _keep_growths(session: AsyncSession, growths: Mapping[str, Growth]) -> None:
    await session.execute(delete(GrowthRow))
    kept = [{"line": line, "state": _GROWTH.dump_python(each, mode="json")} for line, each in growths.items()]
    if kept:
        await session.execute(insert(GrowthRow), kept)


async def _find_open(session: AsyncSession, keys: Iterable[str]) -> Mapping[str, IncidentRow]:
    found: dict[str, IncidentRow] = {}
    for chunk in cut(keys):
        rows = await session.scalars(
            select(IncidentRow).where(IncidentRow.key.in_(chunk), IncidentRow.closed_at.is_(None))
        )
        found.update((row.key, row) for row in rows)
    return found


async def _open(session: AsyncSession, updates: Mapping[str, ConditionUpdate], now: datetime) -> None:
    opened = [
        {
            "key": key,
            "family": each.subject.family,
            "subject": each.subject.dump(),
            "since": each.since or now,
            "opened_at": now,
            "flapping": _count_flapping(each.condition),
            "well_since": now if each.change is Change.HEALED or _is_recovering(each) else None,
            "closed_at": now if each.change is Change.HEALED else None,
            "ending": each.change if each.change is Change.HEALED else None,
        }
        for key, each in updates.items()
        if each.change in (Change.OPENED, Change.HEALED) and each.subject is not None
    ]
    if opened:
        await session.execute(insert(IncidentRow), opened)


def _is_recovering(told: ConditionUpdate) -> bool:
    return told.condition is not None and told.condition.phase is Phase.RECOVERING


def _advance(row: IncidentRow, told: ConditionUpdate, now: datetime) -> None:
    if told.subject is not None:
        row.subject = told.subject.follow(told.subject.narrow(read_subject(row.subject))).dump()
    flapping = _count_flapping(told.condition)
    if told.change is not None or not row.flapping or not flapping:
        # That the first of several times is an hour ago is no change.
        row.flapping = flapping
    if told.change is Change.IMPROVED:
        row.well_since = now
    elif told.change is Change.RELAPSED:
        row.well_since = None
    elif told.change in ENDINGS:
        row.closed_at, row.ending, row.flapping = now, told.change, 0
        row.well_since = row.well_since or now


def _count_flapping(condition: Condition | None) -> int:
    return condition.flapping.times if condition and condition.flapping.since else 0
