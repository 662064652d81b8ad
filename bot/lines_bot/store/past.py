"""What is stored as having happened, when the time of day was set back since."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import InstrumentedAttribute

from lines_bot.store.database import Database
from lines_bot.store.tables import (
    AHEAD,
    AccountRow,
    BoardRow,
    CardRow,
    InboxRow,
    IncidentRow,
    LedgerRow,
    PersonRow,
    RuleChangeRow,
    RuleRow,
    SampleRow,
    SentAlertRow,
    TextRow,
    TimestampRow,
)

HAPPENED: Sequence[InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]] = (
    PersonRow.granted_at,
    AccountRow.linked_at,
    TextRow.at,
    LedgerRow.intended_at,
    LedgerRow.finished_at,
    IncidentRow.since,
    IncidentRow.opened_at,
    IncidentRow.escalated_at,
    IncidentRow.well_since,
    IncidentRow.closed_at,
    CardRow.opened_at,
    CardRow.delivered_at,
    CardRow.edited_at,
    SentAlertRow.at,
    RuleRow.at,
    RuleChangeRow.at,
    BoardRow.edited_at,
    InboxRow.seen_at,
)


async def bring_to_now(database: Database, now: datetime) -> None:
    """Date to now what is stored as having happened later; samples of later are not of any time, and go.

    What lies ahead by its meaning, like the end of a mute, stays. Raises DatabaseTrouble.
    """
    async with database.begin() as session:
        for column in HAPPENED:
            await session.execute(update(column.class_).where(column > now).values({column.key: now}))
        facts = update(TimestampRow).where(TimestampRow.at > now, ~TimestampRow.name.startswith(AHEAD))
        await session.execute(facts.values(at=now))
        await session.execute(delete(SampleRow).where(SampleRow.at > now))
    database.forget()
