"""The one door through which Lines is changed: once, by those who may, and always on record."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from lines_bot.lines import (
    Channel,
    GroupNotInLine,
    LinesClient,
    LinesError,
    NotReconnectable,
    OperatorOffline,
    OutcomeUnknown,
    QuotaExceeded,
    Session,
    SessionState,
    SpamNotAllowed,
    WrongState,
)
from lines_bot.operations.ledger import Entry, Ledger, Outcome, Verb
from lines_bot.operations.operations import Operations, Result, StaleObject, Unconfirmed, fingerprint
from lines_bot.people import ChatContext, NotAllowed, Person, Role
from lines_bot.sandbox import lines_server
from lines_bot.sandbox.company import company
from lines_bot.sandbox.faults import Fault
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.lines_server import LinesServer
from lines_bot.sandbox.world import World
from lines_bot.store.database import Database
from lines_bot.store.tables import LedgerRow
from tests.clock import ManualClock
from tests.roles import RANKS, covers, keep_role

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HERE = ChatContext(-1001, is_private=False, is_open=True)
LEAD = Person(101, "Anna Lead", Role.LEAD)
BROKEN = "Shop Instagram"
TOKEN = "a-token-of-lines"


@dataclass
class Office:
    """A company behind HTTP, and the operations on it."""

    server: LinesServer
    client: LinesClient
    operations: Operations
    database: Database

    def find(self, collection: str, name: str) -> str:
        items = self.server.world.items(collection)
        return str(next(item["__id"] for item in items if item["__name"] == name))

    def find_session(self, state: SessionState) -> Item:
        return next(item for item in self.server.world.items("sessions") if item["_state"] == state)

    def find_waiting(self) -> str:
        """A waiting session that every rule lets be assigned and be spam."""
        shop = self.find("channels", "Shop Telegram")
        items = self.server.world.items("sessions")
        return str(
            next(i["__id"] for i in items if i["_state"] == SessionState.WAITING and i["_channel"] == shop)
        )

    def count(self, method: str) -> int:
        return sum(request.methods.count(method) for request in self.server.requests)

    async def read_ledger(self) -> list[tuple[str, str, str | None]]:
        async with self.database.begin() as session:
            rows = await session.scalars(select(LedgerRow).order_by(LedgerRow.id))
            return [(row.verb, row.person_name, row.outcome) for row in rows]


@pytest.fixture(scope="module")
def document() -> Mapping[str, object]:
    """The company as every test finds it."""
    return company(1, NOW).dump()


@pytest.fixture
async def office(tmp_path: Path, document: Mapping[str, object]) -> AsyncIterator[Office]:
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await database.migrate()
    async with (
        await lines_server.serve(World(document, 1), TOKEN, now=lambda: NOW) as server,
        LinesClient(server.url, SecretStr(TOKEN), rate=1_000_000, deadline=1, timeout=0.5) as client,
    ):
        yield Office(
            server, client, Operations(client, Ledger(database, ManualClock(NOW)), keep_role), database
        )
    await database.close()


@pytest.fixture
def broken(office: Office) -> str:
    return office.find("channels", BROKEN)


Act = Callable[[Office, Person, ChatContext], Awaitable[Result[Channel] | Result[Session]]]


async def reconnect(office: Office, by: Person, place: ChatContext) -> Result[Channel]:
    return await office.operations.reconnect(office.find("channels", BROKEN), by, place)


async def assign(office: Office, by: Person, place: ChatContext) -> Result[Session]:
    return await office.operations.assign(
        office.find_waiting(), office.find("users", "Kate Brown"), by, place
    )


async def mark_as_spam(office: Office, by: Person, place: ChatContext) -> Result[Session]:
    return await office.operations.mark_as_spam(office.find_waiting(), by, place)


async def unmark_as_spam(office: Office, by: Person, place: ChatContext) -> Result[Session]:
    session = office.find_session(SessionState.MARKED_AS_SPAM)["__id"]
    return await office.operations.unmark_as_spam(session, by, place)


ACTS: list[tuple[Act, Role, str]] = [
    (reconnect, Role.LEAD, "channels.reconnect"),
    (assign, Role.OPERATOR, "sessions.assignToOperator"),
    (mark_as_spam, Role.OPERATOR, "sessions.markAsSpam"),
    (unmark_as_spam, Role.OPERATOR, "sessions.unmarkAsSpam"),
]


@pytest.mark.parametrize("role", RANKS)
@pytest.mark.parametrize(("act", "least", "method"), ACTS)
async def test_only_a_role_that_may_changes_anything(
    office: Office, role: Role | None, act: Act, least: Role, method: str
) -> None:
    person = Person(7, "Somebody", role)
    if covers(role, least):
        result = await act(office, person, HERE)
        assert result.entry is not None
        assert (result.entry.person_name, result.entry.outcome) == ("Somebody", Outcome.DONE)
        assert office.count(method) == 1
    else:
        with pytest.raises(NotAllowed) as refused:
            await act(office, person, HERE)
        assert refused.value.enough is least
        assert office.server.requests == []
        assert await office.read_ledger() == []


@pytest.mark.parametrize(("act", "role", "method"), ACTS)
async def test_a_role_that_was_taken_away_since_the_request_changes_nothing(
    office: Office, act: Act, role: Role, method: str
) -> None:
    async def take_away(person: Person) -> Person:
        return replace(person, role=None)

    office.operations = Operations(office.client, Ledger(office.database, ManualClock(NOW)), take_away)
    with pytest.raises(NotAllowed):
        await act(office, Person(7, "Anna", role), HERE)
    assert office.count(method) == 0
    assert await office.read_ledger() == []


@pytest.mark.parametrize(("act", "_least", "method"), ACTS)
async def test_nobody_acts_from_a_chat_that_is_not_open(
    office: Office, act: Act, _least: Role, method: str
) -> None:
    with pytest.raises(NotAllowed):
        await act(office, Person(1, "Ada", Role.ADMIN), ChatContext(-5, is_private=False, is_open=False))
    assert office.server.requests == []


async def test_the_intent_is_on_record_before_lines_is_asked(office: Office, broken: str) -> None:
    told: list[tuple[Entry, int]] = []

    async def listen(entry: Entry) -> None:
        told.append((entry, office.count("channels.reconnect")))

    office.operations.listen(listen)
    await office.operations.reconnect(broken, LEAD, HERE)
    assert [(entry.outcome, calls) for entry, calls in told] == [(None, 0), (Outcome.DONE, 1)]
    assert told[0][0].id == told[1][0].id


async def test_fifty_people_with_twenty_taps_each_change_a_channel_once(office: Office, broken: str) -> None:
    crowd = [Person(number, f"Person {number}", Role.LEAD) for number in range(50)]
    taps = (office.operations.reconnect(broken, person, HERE) for person in crowd for _ in range(20))
    results = await asyncio.gather(*taps)
    assert office.count("channels.reconnect") == 1
    assert [result.repeated for result in results].count(False) == 1
    first = next(result for result in results if not result.repeated)
    assert first.entry is not None
    assert {result.entry.person_name for result in results if result.entry} == {first.entry.person_name}
    assert len(await office.read_ledger()) == 1


async def test_two_operators_for_one_session_are_not_both_given_it(office: Office) -> None:
    waiting = office.find_waiting()
    seen = fingerprint(await office.client.sessions.get(waiting))
    results = await asyncio.gather(
        *(
            office.operations.assign(waiting, office.find("users", name), LEAD, HERE, seen)
            for name in ("Kate Brown", "Марат Сафин")
        ),
        return_exceptions=True,
    )
    assert office.count("sessions.assignToOperator") == 1
    late = [result for result in results if isinstance(result, StaleObject)]
    assert len(late) == 1
    assert late[0].entry is not None
    assert late[0].entry.person_name == "Anna Lead"


async def test_different_objects_do_not_wait_for_each_other(office: Office, broken: str) -> None:
    office.server.faults.inject(Fault.SLOW, times=1, method="channels.reconnect")
    slow = asyncio.create_task(office.operations.reconnect(broken, LEAD, HERE))
    await office.server.wait_for_requests(2)
    await mark_as_spam(office, LEAD, HERE)
    assert not slow.done()
    office.server.faults.release()
    assert (await slow).item.state == "active"


async def test_a_rule_known_beforehand_is_not_tried_and_not_recorded(office: Office) -> None:
    for name in ("Support portal", "Опт ВКонтакте"):
        with pytest.raises(NotReconnectable):
            await office.operations.reconnect(office.find("channels", name), LEAD, HERE)
    session = office.find_session(SessionState.WAITING)
    session["_channel"] = office.find("channels", "Support portal")
    with pytest.raises(SpamNotAllowed):
        await office.operations.mark_as_spam(session["__id"], LEAD, HERE)
    session["_state"] = SessionState.CLOSED
    with pytest.raises(WrongState):
        await office.operations.assign(session["__id"], office.find("users", "Kate Brown"), LEAD, HERE)
    with pytest.raises(OperatorOffline):
        await office.operations.assign(
            office.find_waiting(), office.find("users", "Peter Schmidt"), LEAD, HERE
        )
    assert await office.read_ledger() == []
    assert not [name for each in office.server.requests for name in each.methods if "search" not in name]


async def test_a_refusal_of_lines_is_recorded_as_such_with_its_words(office: Office) -> None:
    waiting, sales = office.find_waiting(), office.find("userGroups", "Sales")
    with pytest.raises(GroupNotInLine) as refused:
        await office.operations.assign_to_group(waiting, sales, LEAD, HERE)
    entry = await Ledger(office.database, ManualClock(NOW)).find_last(waiting)
    assert entry is not None
    told = (Verb.ASSIGN_TO_GROUP, Outcome.REFUSED, str(refused.value))
    assert (entry.verb, entry.outcome, entry.detail) == told


async def test_a_call_that_was_not_carried_out_is_recorded_as_failed(office: Office, broken: str) -> None:
    office.server.faults.inject(Fault.QUOTA, times=1, method="channels.reconnect")
    with pytest.raises(QuotaExceeded):
        await office.operations.reconnect(broken, LEAD, HERE)
    assert await office.read_ledger() == [("reconnect", "Anna Lead", "failed")]


async def test_a_failure_may_be_tried_again(office: Office, broken: str) -> None:
    office.server.faults.retry_after = 0
    office.server.faults.inject(Fault.QUOTA, times=1, method="channels.reconnect")
    with pytest.raises(QuotaExceeded):
        await office.operations.reconnect(broken, LEAD, HERE)
    result = await office.operations.reconnect(broken, LEAD, HERE)
    assert not result.repeated
    outcomes = [outcome for *_rest, outcome in await office.read_ledger()]
    assert outcomes == ["failed", "done"]


@pytest.mark.parametrize(("act", "_least", "method"), ACTS)
async def test_a_lost_answer_is_looked_up_and_not_repeated(
    office: Office, act: Act, _least: Role, method: str
) -> None:
    office.server.faults.inject(Fault.DROP, times=1, method=method)
    result = await act(office, LEAD, HERE)
    assert result.answer_lost
    assert result.entry is not None
    assert result.entry.outcome is Outcome.DONE
    assert office.count(method) == 1


async def test_a_lost_answer_without_the_change_is_told_and_recorded_as_failed(
    office: Office, broken: str
) -> None:
    office.server.faults.inject(Fault.DOWN, times=1, method="channels.reconnect")
    with pytest.raises(Unconfirmed) as unconfirmed:
        await office.operations.reconnect(broken, LEAD, HERE)
    assert unconfirmed.value.item.state == "error"
    assert await office.read_ledger() == [("reconnect", "Anna Lead", "failed")]


async def test_a_lost_answer_that_cannot_be_looked_up_stays_unknown(office: Office, broken: str) -> None:
    async def break_lines(entry: Entry) -> None:
        if entry.outcome is None:
            office.server.faults.inject(Fault.DROP, times=1, method="channels.reconnect")
            office.server.faults.inject(Fault.DENY)

    office.operations.listen(break_lines)
    with pytest.raises(OutcomeUnknown):
        await office.operations.reconnect(broken, LEAD, HERE)
    assert await office.read_ledger() == [("reconnect", "Anna Lead", "unknown")]
    office.server.faults.clear()
    result = await office.operations.reconnect(broken, LEAD, HERE)
    assert result.item.state == "active"
    assert result.repeated
    assert office.count("channels.reconnect") == 1


async def test_what_a_process_did_before_it_was_killed_is_not_repeated(office: Office, broken: str) -> None:
    ledger = Ledger(office.database, ManualClock(NOW))
    intent = await ledger.intend(Verb.RECONNECT, broken, None, LEAD, HERE)
    await (await office.client.channels.get(broken)).reconnect()
    result = await office.operations.reconnect(broken, LEAD, HERE)
    assert result.repeated
    assert result.entry is not None
    assert (result.entry.id, result.entry.outcome) == (intent.id, Outcome.DONE)
    assert office.count("channels.reconnect") == 1


async def test_lines_that_cannot_be_read_first_is_not_asked_to_change(office: Office, broken: str) -> None:
    office.server.faults.inject(Fault.DENY)
    with pytest.raises(LinesError):
        await office.operations.reconnect(broken, LEAD, HERE)
    assert await office.read_ledger() == []
    assert office.count("channels.reconnect") == 0


async def test_a_done_change_counts_although_it_cannot_be_read_again(office: Office, broken: str) -> None:
    async def break_lines(entry: Entry) -> None:
        if entry.outcome is Outcome.DONE:
            office.server.faults.inject(Fault.DENY)

    office.operations.listen(break_lines)
    result = await office.operations.reconnect(broken, LEAD, HERE)
    assert result.item.state == "active"
    assert not result.repeated


async def test_a_repeated_tap_is_told_who_was_first_although_others_did_and_undid_it(office: Office) -> None:
    session = office.find_session(SessionState.MARKED_AS_SPAM)["__id"]
    await office.operations.unmark_as_spam(session, LEAD, HERE)
    await office.operations.mark_as_spam(session, LEAD, HERE)
    await office.operations.unmark_as_spam(session, Person(9, "Kim", Role.LEAD), HERE)
    again = await office.operations.unmark_as_spam(session, LEAD, HERE)
    assert again.repeated
    assert again.entry is not None
    assert again.entry.person_name == "Kim"


async def test_a_channel_that_is_active_without_the_bots_doing_cannot_be_reconnected(office: Office) -> None:
    with pytest.raises(WrongState):
        await office.operations.reconnect(office.find("channels", "Shop Telegram"), LEAD, HERE)
    assert await office.read_ledger() == []
