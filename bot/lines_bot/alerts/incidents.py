"""What is open, since when, and who holds it: the state of the alerts."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from lines_bot.alerts.engine import Change
from lines_bot.alerts.growth import Growth
from lines_bot.alerts.records import (
    ConditionUpdate,
    EngineState,
    Incident,
    advance_incident,
    keep_conditions,
    keep_growths,
    keep_incidents,
    keep_last_good,
    open_incidents,
    read_incident,
    read_state,
)
from lines_bot.store.database import Database
from lines_bot.store.tables import IncidentRow

__all__ = ["ConditionUpdate", "EngineState", "Incident", "Incidents", "UnknownIncident", "read_incident"]


class UnknownIncident(Exception):
    """No incident has this number."""


class Incidents:
    """Conditions and incidents are committed together, in one transaction a reading.

    What is held and what is open is kept in memory too: nobody else writes it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._alone = asyncio.Lock()
        self._state: EngineState | None = None
        self._open: dict[int, Incident] = {}
        self._listeners: list[Callable[[], None]] = []
        database.listen(self._forget)

    def listen(self, listener: Callable[[], None]) -> None:
        """Be told when something was opened or changed."""
        self._listeners.append(listener)

    async def load(self) -> EngineState:
        """What is held from the reading before."""
        if self._state is None:
            async with self._alone:
                self._state = self._state or await self._read()
        return self._state

    async def record(
        self, updates: Mapping[str, ConditionUpdate], growths: Mapping[str, Growth] | None, now: datetime
    ) -> None:
        """Take in what a reading changed; `growths` is None when Lines could not be read."""
        before = await self.load()
        async with self._alone:
            opened = {
                each.id: advance_incident(each, updates[each.key], now) if each.key in updates else each
                for each in self._open.values()
            }
            # What may or may not have been kept is read again.
            self._state = None
            async with self._database.begin() as session:
                await keep_conditions(session, before.conditions, updates)
                await keep_incidents(session, self._open, opened)
                for each in await open_incidents(session, updates, now):
                    opened[each.id] = each
                if growths is not None:
                    await keep_last_good(session, now)
                    await keep_growths(session, before.growths, growths)
            self._open = {each.id: each for each in opened.values() if each.closed_at is None}
            conditions = {**before.conditions, **{key: each.condition for key, each in updates.items()}}
            self._state = EngineState(
                {key: each for key, each in conditions.items() if each is not None},
                before.growths if growths is None else growths,
                before.last_good if growths is None else now,
            )
        if updates:
            for listener in self._listeners:
                listener()

    async def list_open(self) -> Sequence[Incident]:
        """Open incidents, oldest first."""
        await self.load()
        return list(self._open.values())

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

    async def count_since(self, keys: Collection[str], since: datetime) -> Mapping[str, int]:
        """How many incidents each key had since then that someone was called for, the open one included."""
        async with self._database.begin() as session:
            rows = await session.execute(
                select(IncidentRow.key, func.count().label("number"))
                .where(IncidentRow.key.in_(keys), IncidentRow.opened_at >= since)
                .where(IncidentRow.ending.is_distinct_from(Change.HEALED))
                .group_by(IncidentRow.key)
            )
            return dict.fromkeys(keys, 0) | {row.key: row.number for row in rows}

    async def take(self, incidents: Iterable[int], owner: str, until: datetime) -> None:
        """Somebody holds these now."""
        await self._change(incidents, lambda each: replace(each, owner=owner, owned_until=until))

    async def release(self, incidents: Iterable[int]) -> None:
        """Nobody holds these any more."""
        await self._change(incidents, lambda each: replace(each, owner=None, owned_until=None))

    async def escalate(self, incidents: Iterable[int], now: datetime) -> None:
        """Call the next target for these."""
        await self._change(incidents, lambda each: replace(each, escalated_at=now))

    async def _read(self) -> EngineState:
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(IncidentRow).where(IncidentRow.closed_at.is_(None)).order_by(IncidentRow.id)
            )
            self._open = {row.id: read_incident(row) for row in rows}
            return await read_state(session)

    def _forget(self) -> None:
        self._state = None

    async def _change(self, incidents: Iterable[int], change: Callable[[Incident], Incident]) -> None:
        """Store the change of those that are open, and hold what is stored."""
        await self.load()
        async with self._alone:
            changed = {each: change(self._open[each]) for each in self._open.keys() & set(incidents)}
            async with self._database.begin() as session:
                await keep_incidents(session, self._open, changed)
            self._open |= changed
