"""What is open, since when, and what is muted: the memory of the alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.engine import Change, Condition
from bot.alerts.observations import SUBJECT, Subject
from bot.store.database import Database
from bot.store.tables import ConditionRow, FactRow, IncidentRow, MuteRow

_LAST_GOOD = "last good reading"


@dataclass(frozen=True)
class Incident:
    """Something that went wrong. `well_since`: it looks well again and is being watched."""

    id: int
    key: str
    subject: Subject
    since: datetime
    opened_at: datetime
    well_since: datetime | None = None
    closed_at: datetime | None = None
    ending: Change | None = None


@dataclass(frozen=True)
class Mute:
    key: str
    until: datetime
    person_name: str


@dataclass(frozen=True)
class Update:
    """What one reading changes about one key."""

    condition: Condition | None
    change: Change | None
    subject: Subject | None
    since: datetime | None


class UnknownIncident(Exception):
    """No incident has this number."""


class Incidents:
    """Conditions and incidents are committed together, in one transaction a reading."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> tuple[dict[str, Condition], datetime | None]:
        """The conditions held, and when Lines was last read."""
        async with self._database.begin() as session:
            rows = await session.scalars(select(ConditionRow))
            fact = await session.get(FactRow, _LAST_GOOD)
            held = {row.key: Condition.model_validate(row.state) for row in rows}
            return held, fact.at if fact else None

    async def record(self, updates: Mapping[str, Update], now: datetime, *, good: bool) -> None:
        """Take in what a reading changed."""
        async with self._database.begin() as session:
            for key, update in updates.items():
                await _keep_condition(session, key, update.condition)
                await _keep_incident(session, key, update, now)
            if good:
                await session.merge(FactRow(name=_LAST_GOOD, at=now))

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

    async def mute(self, key: str, until: datetime, person_name: str) -> None:
        """Say nothing new about a key until then; what its card shows goes on being true."""
        async with self._database.begin() as session:
            await session.merge(MuteRow(key=key, until=until, person_name=person_name))

    async def unmute(self, key: str) -> None:
        async with self._database.begin() as session:
            await session.execute(delete(MuteRow).where(MuteRow.key == key))

    async def list_mutes(self, now: datetime) -> Mapping[str, Mute]:
        """The mutes in force, by key."""
        async with self._database.begin() as session:
            rows = await session.scalars(select(MuteRow).where(MuteRow.until > now))
            return {row.key: Mute(row.key, row.until, row.person_name) for row in rows}


def read_incident(row: IncidentRow) -> Incident:
    """The incident of a stored row."""
    return Incident(
        id=row.id,
        key=row.key,
        subject=SUBJECT.validate_python(row.subject),
        since=row.since,
        opened_at=row.opened_at,
        well_since=row.well_since,
        closed_at=row.closed_at,
        ending=Change(row.ending) if row.ending else None,
    )


async def _keep_condition(session: AsyncSession, key: str, condition: Condition | None) -> None:
    if condition is None:
        await session.execute(delete(ConditionRow).where(ConditionRow.key == key))
    else:
        await session.merge(ConditionRow(key=key, state=condition.model_dump(mode="json")))


async def _keep_incident(session: AsyncSession, key: str, update: Update, now: datetime) -> None:
    row = await session.scalar(
        select(IncidentRow).where(IncidentRow.key == key, IncidentRow.closed_at.is_(None))
    )
    if row is None:
        if update.change is Change.OPENED and update.subject is not None:
            session.add(
                IncidentRow(
                    key=key,
                    family=update.subject.family,
                    subject=update.subject.model_dump(mode="json"),
                    since=update.since or now,
                    opened_at=now,
                )
            )
        return
    if update.subject is not None:
        row.subject = update.subject.model_dump(mode="json")
    if update.change is Change.IMPROVED:
        row.well_since = now
    elif update.change is Change.RELAPSED:
        row.well_since = None
    elif update.change in (Change.CLOSED, Change.REMOVED):
        row.closed_at, row.ending = now, update.change
        row.well_since = row.well_since or now
