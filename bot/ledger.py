"""The record of everything that was tried on Lines: intent first, outcome after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from bot.people import Person, Place
from bot.store.database import Database
from bot.store.tables import LedgerRow


class Verb(StrEnum):
    """What can be done to an object of Lines."""

    RECONNECT = "reconnect"
    DISCONNECT = "disconnect"
    ASSIGN = "assign"
    MARK_AS_SPAM = "mark_as_spam"
    UNMARK_AS_SPAM = "unmark_as_spam"


class Outcome(StrEnum):
    """How an intent ended. `UNKNOWN`: the answer was lost and the object could not tell either."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; without an outcome it is still under way."""

    id: int
    verb: Verb
    object: str
    argument: str | None
    person_name: str
    intended_at: datetime
    outcome: Outcome | None
    finished_at: datetime | None
    detail: str | None


class Ledger:
    """Every entry is committed before what it announces is done."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def intend(
        self, verb: Verb, object_id: str, argument: str | None, by: Person, place: Place
    ) -> Entry:
        """Write down what is about to be done."""
        row = LedgerRow(
            verb=verb,
            object=object_id,
            argument=argument,
            person=by.id,
            person_name=by.name,
            chat=place.chat,
            intended_at=self._now(),
        )
        async with self._database.begin() as session:
            session.add(row)
            await session.flush()
            return _read(row)

    async def finish(self, entry: Entry, outcome: Outcome, detail: str | None = None) -> Entry:
        """Write down what came of it."""
        async with self._database.begin() as session:
            row = await session.get_one(LedgerRow, entry.id)
            row.outcome, row.finished_at, row.detail = outcome, self._now(), detail
            return _read(row)

    async def list_disconnected(self) -> frozenset[str]:
        """Channels that a person disconnected, unless something was done to them since."""
        newest = select(func.max(LedgerRow.id)).group_by(LedgerRow.object)
        async with self._database.begin() as session:
            found = await session.scalars(
                select(LedgerRow.object).where(
                    LedgerRow.id.in_(newest),
                    LedgerRow.verb == Verb.DISCONNECT,
                    LedgerRow.outcome == Outcome.DONE,
                )
            )
            return frozenset(found)

    async def find_last(self, object_id: str, since: datetime | None = None) -> Entry | None:
        """The newest entry about an object."""
        query = select(LedgerRow).where(LedgerRow.object == object_id).order_by(LedgerRow.id.desc()).limit(1)
        if since is not None:
            query = query.where(LedgerRow.intended_at >= since)
        async with self._database.begin() as session:
            row = await session.scalar(query)
            return _read(row) if row else None


def _read(row: LedgerRow) -> Entry:
    return Entry(
        id=row.id,
        verb=Verb(row.verb),
        object=row.object,
        argument=row.argument,
        person_name=row.person_name,
        intended_at=row.intended_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        finished_at=row.finished_at,
        detail=row.detail,
    )
