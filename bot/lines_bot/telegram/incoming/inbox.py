"""What Telegram handed over and is not done yet, kept over a crash."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from lines_bot.store.database import Database
from lines_bot.store.tables import InboxRow, TimestampRow

MOST_ATTEMPTS = 3
_LAST_FETCH = "last fetch of updates"
_A_FETCH = 100
_KEPT = timedelta(days=30)
_NOTE_EVERY = timedelta(seconds=10)


@dataclass(frozen=True)
class Letter:
    """An update as Telegram wrote it, and how long it had waited when it was first seen."""

    id: int
    body: dict[str, Any]
    waited: timedelta = timedelta(0)
    attempts: int = field(default=0, compare=False)


class Inbox:
    """One transaction for each answer of Telegram. Every method raises DatabaseTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted_at: datetime | None = None

    async def add(self, letters: Sequence[Letter], now: datetime) -> Sequence[Letter]:
        """Write down what is new, and that Telegram was listened to; what is near the newest is not new."""
        async with self._database.begin() as session:
            # Ids begin anew somewhere else after a quiet week, so only near ones were seen before.
            newest = await session.scalar(select(func.max(InboxRow.id))) or 0
            fresh = [each for each in letters if not newest - _A_FETCH < each.id <= newest]
            if older := [each.id for each in fresh if each.id <= newest]:
                await session.execute(delete(InboxRow).where(InboxRow.id.in_(older)))
            if fresh:
                rows = [
                    {
                        "id": each.id,
                        "body": json.dumps(each.body),
                        "waited": round(each.waited.total_seconds()),
                        "seen_at": now,
                        "attempts": 0,
                        "done": False,
                    }
                    for each in fresh
                ]
                await session.execute(insert(InboxRow), rows)
            if self._noted_at is None or abs(now - self._noted_at) >= _NOTE_EVERY:
                await session.merge(TimestampRow(name=_LAST_FETCH, at=now))
                self._noted_at = now
        return fresh

    async def finish(self, ids: Collection[int]) -> None:
        """These are done; the newest of all stays, so that it is known when it is handed over again."""
        async with self._database.begin() as session:
            await session.execute(update(InboxRow).where(InboxRow.id.in_(ids)).values(done=True))
            newest = select(func.max(InboxRow.id)).scalar_subquery()
            await session.execute(delete(InboxRow).where(InboxRow.done, InboxRow.id < newest))

    async def list_left(self) -> Sequence[Letter]:
        """What an earlier process did not finish, oldest first, but for what was put aside."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(InboxRow)
                .where(InboxRow.done.is_(False), InboxRow.attempts < MOST_ATTEMPTS)
                .order_by(InboxRow.id)
            )
            return [
                Letter(row.id, json.loads(row.body), timedelta(seconds=row.waited), row.attempts)
                for row in rows
            ]

    async def attempt(self, letter: Letter) -> bool:
        """Count one more attempt of what a crash left; False if it was the last and it is put aside."""
        async with self._database.begin() as session:
            attempts = letter.attempts + 1
            await session.execute(update(InboxRow).where(InboxRow.id == letter.id).values(attempts=attempts))
            return attempts < MOST_ATTEMPTS

    async def find_last_fetch(self) -> datetime | None:
        """When Telegram was last known to have been listened to."""
        async with self._database.begin() as session:
            row = await session.get(TimestampRow, _LAST_FETCH)
            return row.at if row else None

    async def prune(self, now: datetime) -> None:
        """Forget what was put aside long ago."""
        async with self._database.begin() as session:
            await session.execute(
                delete(InboxRow).where(InboxRow.seen_at < now - _KEPT, InboxRow.attempts >= MOST_ATTEMPTS)
            )
