"""The record of everything that was tried on Lines: intent first, outcome after."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from lines_bot.clock import Clock
from lines_bot.people import ChatContext, Person
from lines_bot.store.database import Database
from lines_bot.store.memory import Memory
from lines_bot.store.tables import LedgerRow


class Verb(StrEnum):
    """What can be done to an object of Lines, or to an alert; READS only look at what clients wrote.

    Of EXTENSION the object is the command of an extension.
    """

    RECONNECT = "reconnect"
    DISCONNECT = "disconnect"
    ASSIGN = "assign"
    ASSIGN_TO_GROUP = "assign_to_group"
    ASSIGN_TO_BOT = "assign_to_bot"
    CLOSE = "close"
    MARK_AS_SPAM = "mark_as_spam"
    UNMARK_AS_SPAM = "unmark_as_spam"
    SAY = "say"
    CREATE = "create"
    LINK = "link"
    UNLINK = "unlink"
    READ = "read"
    EXPORT = "export"
    TAKE = "take"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    EXTENSION = "extension"


READS = (Verb.READ, Verb.EXPORT)
# Of these the object is the key of an alert.
ALERT_VERBS = (Verb.TAKE, Verb.RELEASE, Verb.HAND_OVER)
Before = Mapping[str, Any]


class Outcome(StrEnum):
    """How an intent ended. `UNKNOWN`: the answer was lost and the object could not tell either."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; without an outcome it is still under way.

    `before` is what was true of the object beforehand, as far as an undo or a look-up needs it; `user` the
    person's platform user; `answer_message_id` the message, in `chat`, that shows what comes of it.
    """

    id: int
    verb: Verb
    object: str
    argument: str | None
    person_name: str
    intended_at: datetime
    outcome: Outcome | None
    finished_at: datetime | None
    detail: str | None
    before: Before = field(default_factory=dict)
    user: str | None = None
    chat: int | None = None
    answer_message_id: int | None = None


class Ledger:
    """Every entry is committed before what it announces is done."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.clock = clock
        self._disconnected = Memory(database, self._read_disconnected)

    async def intend(
        self,
        verb: Verb,
        object_id: str,
        argument: str | None,
        by: Person,
        context: ChatContext,
        before: Before | None = None,
    ) -> Entry:
        """Write down what is about to be done."""
        row = self._make_row(verb, object_id, argument, by, context)
        row.before = dict(before or {})
        return await self._add(row)

    async def record(
        self, verb: Verb, object_id: str, by: Person, context: ChatContext, argument: str | None = None
    ) -> Entry:
        """Write down what changes nothing in Lines: a look at what clients wrote, or who is on an alert."""
        row = self._make_row(verb, object_id, argument, by, context)
        row.outcome, row.finished_at = Outcome.DONE, row.intended_at
        return await self._add(row)

    async def finish(self, entry: Entry, outcome: Outcome, detail: str | None = None) -> Entry:
        """Write down what came of it."""
        async with self._database.begin() as session:
            row = await session.get_one(LedgerRow, entry.id)
            row.outcome, row.finished_at, row.detail = outcome, self.clock.now(), detail
        self._disconnected.forget()
        return read_entry(row)

    async def list_disconnected(self) -> frozenset[str]:
        """Channels that a person disconnected, unless something was done to them since."""
        return await self._disconnected.get()

    async def _read_disconnected(self) -> frozenset[str]:
        later = aliased(LedgerRow)
        async with self._database.begin() as session:
            found = await session.scalars(
                select(LedgerRow.object).where(
                    LedgerRow.outcome == Outcome.DONE,
                    LedgerRow.verb == Verb.DISCONNECT,
                    ~exists().where(later.object == LedgerRow.object, later.id > LedgerRow.id),
                )
            )
            return frozenset(found)

    async def list_moves(self, keys: Collection[str], since: datetime) -> Sequence[Entry]:
        """Who took alerts of these keys, released them or handed them over since then, oldest first."""
        query = (
            select(LedgerRow)
            .where(LedgerRow.object.in_(keys), LedgerRow.verb.in_(ALERT_VERBS))
            .where(LedgerRow.intended_at >= since)
            .order_by(LedgerRow.id)
        )
        async with self._database.begin() as session:
            return [read_entry(row) for row in await session.scalars(query)]

    async def list_people(self) -> Mapping[int, str]:
        """Everyone who did something, with their last name: the most recent first."""
        newest = select(func.max(LedgerRow.id)).group_by(LedgerRow.person)
        query = (
            select(LedgerRow.person, LedgerRow.person_name)
            .where(LedgerRow.id.in_(newest))
            .order_by(LedgerRow.id.desc())
        )
        async with self._database.begin() as session:
            return {row.person: row.person_name for row in await session.execute(query)}

    async def get(self, entry_id: int) -> Entry | None:
        async with self._database.begin() as session:
            row = await session.get(LedgerRow, entry_id)
            return read_entry(row) if row else None

    async def find_last(self, object_id: str, since: datetime | None = None) -> Entry | None:
        """The newest entry about a change of an object."""
        query = select(LedgerRow).where(LedgerRow.object == object_id, LedgerRow.verb.not_in(READS))
        if since is not None:
            query = query.where(LedgerRow.intended_at >= since)
        return await self._find_newest(query)

    async def list_last(self, objects: Collection[str]) -> Mapping[str, Entry]:
        """The newest entry about a change of each of these objects that has one."""
        newest = select(func.max(LedgerRow.id)).where(
            LedgerRow.object.in_(objects), LedgerRow.verb.not_in(READS)
        )
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(LedgerRow).where(LedgerRow.id.in_(newest.group_by(LedgerRow.object)))
            )
            return {row.object: read_entry(row) for row in rows}

    async def find_by_request(
        self, verb: Verb, object_id: str, argument: str | None, context: ChatContext
    ) -> Entry | None:
        """What the very same message asked for before, when Telegram hands it out again."""
        if context.request_message_id is None:
            return None
        return await self._find_newest(
            select(LedgerRow).where(
                LedgerRow.object == object_id,
                LedgerRow.verb == verb,
                LedgerRow.argument == argument,
                LedgerRow.chat == context.chat,
                LedgerRow.request_message_id == context.request_message_id,
            )
        )

    async def list_unfinished(self) -> Sequence[Entry]:
        """What was begun and never ended, oldest first."""
        query = select(LedgerRow).where(LedgerRow.outcome.is_(None)).order_by(LedgerRow.id)
        async with self._database.begin() as session:
            return [read_entry(row) for row in await session.scalars(query)]

    async def _find_newest(self, query: Select[LedgerRow]) -> Entry | None:
        async with self._database.begin() as session:
            row = await session.scalar(query.order_by(LedgerRow.id.desc()).limit(1))
            return read_entry(row) if row else None

    def _make_row(
        self, verb: Verb, object_id: str, argument: str | None, by: Person, context: ChatContext
    ) -> LedgerRow:
        return LedgerRow(
            verb=verb,
            object=object_id,
            argument=argument,
            before={},
            person=by.id,
            person_name=by.name,
            user=by.user,
            chat=context.chat,
            request_message_id=context.request_message_id,
            answer_message_id=context.answer_message_id,
            intended_at=self.clock.now(),
        )

    async def _add(self, row: LedgerRow) -> Entry:
        async with self._database.begin() as session:
            session.add(row)
            await session.flush()
        self._disconnected.forget()
        return read_entry(row)


def read_entry(row: LedgerRow) -> Entry:
    """A stored line as what it says."""
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
        before=row.before,
        user=row.user,
        chat=row.chat,
        answer_message_id=row.answer_message_id,
    )
