"""How long the past is remembered: what was done and what went wrong, and the messages that showed it."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import aliased

from lines_bot.clock import Clock
from lines_bot.operations.ledger import Verb
from lines_bot.store.database import Database
from lines_bot.store.tables import CardIncidentRow, CardRow, IncidentRow, LedgerRow

_PIECE = 200


class Retention:
    """Forgets ledger, incidents and cards after a time; between two small pieces others have their turn."""

    def __init__(self, database: Database, kept: timedelta, clock: Clock) -> None:
        self._database = database
        self._kept = kept
        self._clock = clock

    async def prune(self) -> None:
        """Forget what ended longer ago. What still counts stays: that a channel was disconnected by hand."""
        before, later = self._clock.now() - self._kept, aliased(LedgerRow)
        is_followed = exists().where(later.object == LedgerRow.object, later.id > LedgerRow.id)
        await self._prune(
            LedgerRow,
            LedgerRow.intended_at < before,
            LedgerRow.outcome.is_not(None),
            (LedgerRow.verb != Verb.DISCONNECT) | is_followed,
        )
        await self._prune(IncidentRow, IncidentRow.closed_at < before, IncidentRow.settled.is_(True))
        shows = exists().where(CardIncidentRow.card == CardRow.id)
        await self._prune(CardRow, CardRow.opened_at < before, ~shows)

    async def _prune(
        self, table: type[LedgerRow | IncidentRow | CardRow], *conditions: ColumnElement[bool]
    ) -> None:
        # The newest stays, so that no number is given out twice.
        is_newest = table.id == select(func.max(table.id)).scalar_subquery()
        found = select(table.id).where(*conditions, ~is_newest).limit(_PIECE)
        count = _PIECE
        while count == _PIECE:
            async with self._database.begin() as session:
                numbers = (await session.scalars(found)).all()
                if table is IncidentRow:
                    await session.execute(
                        delete(CardIncidentRow).where(CardIncidentRow.incident.in_(numbers))
                    )
                await session.execute(delete(table).where(table.id.in_(numbers)))
            count = len(numbers)
