"""What a look costs, counted and not timed: requests, transactions, statements, rows; whatever the past."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event, func, insert, select, text

from lines_bot.alerts.policy import EVERYTHING
from lines_bot.lines import ChannelState, LinesClient
from lines_bot.operations.ledger import Ledger, Outcome, Verb
from lines_bot.people import ChatContext, Person, Role
from lines_bot.retention import Retention
from lines_bot.sandbox.lines_server import LinesServer, serve
from lines_bot.sandbox.times import format_time
from lines_bot.sandbox.world import World
from lines_bot.snapshot import LinesCache
from lines_bot.statistics.samples import Samples
from lines_bot.store.past import bring_to_now
from lines_bot.store.tables import CardIncidentRow, CardRow, IncidentRow, LedgerRow
from tests.clock import START, ManualClock
from tests.watch import TEAM, Watch, make_template, open_watch

TOKEN = "token-of-the-looks"
FOUNDED = START - timedelta(hours=1)
LEAD = Person(101, "Anna Lead", Role.LEAD)
HERE = ChatContext(-1, is_private=False, is_open=True)
OLD = timedelta(days=400)


def make_world(channels: int, waiting: int) -> World:
    """A company that is well, of which nothing changed for an hour."""
    at = format_time(FOUNDED)
    common = {"__createdAt": at, "__updatedAt": at}
    return World(
        {
            "now": at,
            "lines": [{"__id": f"l{number}", "__name": f"Line {number}", **common} for number in range(4)],
            "channels": [
                {"__id": f"c{number}", "_state": "active", "_line": f"l{number % 4}", **common}
                for number in range(channels)
            ],
            "sessions": [
                {"__id": f"s{number}", "_state": "Waiting", "_line": f"l{number % 4}", **common}
                for number in range(waiting)
            ],
        }
    )


@dataclass
class Reader:
    """A cache before a company that a test changes."""

    server: LinesServer
    cache: LinesCache
    clock: ManualClock

    async def read(self) -> Sequence[str]:
        """Who waits; the requests of the reading are counted anew."""
        self.clock.move(15)
        self.server.requests.clear()
        return [each.id for each in (await self.cache.read(timedelta(0))).waiting]

    def change(self, collection: str, own_id: str, *, is_dated: bool = True, **values: object) -> None:
        item = self.server.world.collections[collection][own_id]
        self.server.world.now = self.clock.now()
        if is_dated:
            self.server.world.change(item, None, values)
        else:
            item.update(values)


@asynccontextmanager
async def open_reader(channels: int = 12, waiting: int = 30) -> AsyncIterator[Reader]:
    clock = ManualClock()
    async with (
        await serve(make_world(channels, waiting), TOKEN, now=clock.now) as server,
        LinesClient(server.url, SecretStr(TOKEN), rate=6000) as lines,
    ):
        yield Reader(server, LinesCache(lines, clock), clock)


async def test_a_second_reading_is_one_request_and_keeps_what_did_not_change() -> None:
    async with open_reader() as reader:
        await reader.read()
        before = reader.cache.latest
        await reader.read()
        after = reader.cache.latest
        assert before is not None
        assert after is not None
        assert len(reader.server.requests) == 1
        assert after.waiting is before.waiting
        assert after.channels is before.channels
        assert after.taken_at == before.taken_at + timedelta(seconds=15)


async def test_what_changed_is_seen_at_the_next_reading_and_costs_one_request() -> None:
    async with open_reader() as reader:
        await reader.read()
        reader.change("sessions", "s3", _state="AssignedToOperator")
        reader.change("sessions", "s4", __deletedAt=format_time(reader.clock.now()))
        reader.change("channels", "c2", _state="error")
        reader.change("channels", "c3", __deletedAt=format_time(reader.clock.now()))
        reader.change("lines", "l1", __name="Shop")
        waiting = await reader.read()
        latest = reader.cache.latest
        assert latest is not None
        assert len(reader.server.requests) == 1
        assert {"s3", "s4"}.isdisjoint(waiting)
        assert [each.id for each in latest.troubled] == ["c2"]
        assert "c3" not in latest.channels
        assert latest.lines["l1"].name == "Shop"
        reader.change("sessions", "s3", _state="Waiting", _acceptedAt=format_time(reader.clock.now()))
        assert (await reader.read())[-1] == "s3", "the oldest come first"
        assert reader.cache.measure_missed_age() is None


@pytest.mark.parametrize(
    ("collection", "own_id", "values"),
    [
        ("sessions", "s3", {"_state": "AssignedToOperator"}),
        ("channels", "c2", {"_state": "error"}),
        ("channels", "c2", {"__deletedAt": format_time(FOUNDED)}),
    ],
)
async def test_a_change_that_lines_did_not_date_is_seen_because_the_counts_differ(
    collection: str, own_id: str, values: dict[str, Any]
) -> None:
    async with open_reader() as reader:
        await reader.read()
        reader.change(collection, own_id, is_dated=False, **values)
        waiting = await reader.read()
        latest = reader.cache.latest
        assert latest is not None
        assert ("s3" in waiting) is (collection != "sessions")
        assert (len(latest.troubled), len(latest.channels)) != (0, 12) or collection == "sessions"
        assert reader.cache.measure_missed_age() == timedelta(0)


async def test_a_change_without_a_date_or_a_count_is_seen_by_reading_everything_now_and_then() -> None:
    async with open_reader() as reader:
        await reader.read()
        reader.change("channels", "c2", is_dated=False, __name="Renamed")
        await reader.read()
        assert reader.cache.latest is not None
        assert reader.cache.latest.channels["c2"].name is None
        reader.clock.move(600)
        await reader.read()
        assert reader.cache.latest.channels["c2"].name == "Renamed"
        assert reader.cache.measure_missed_age() == timedelta(0)


async def test_a_clock_that_is_wrong_loses_nothing() -> None:
    for skew in (timedelta(hours=-3), timedelta(hours=3)):
        async with open_reader() as reader:
            reader.clock.set(skew)
            reader.server._now = lambda: datetime.now(UTC)
            await reader.read()
            reader.server.world.now = datetime.now(UTC)
            item = reader.server.world.collections["sessions"]["s7"]
            reader.server.world.change(item, None, {"_state": "Closed"})
            assert "s7" not in await reader.read()


@dataclass
class Counted:
    transactions: int = 0
    statements: list[str] = field(default_factory=list)
    rows: int = 0


@contextmanager
def count(watch: Watch) -> Iterator[Counted]:
    """What is asked of the database within the block; `rows` are those written."""
    engine, counted = watch.database._engine.sync_engine, Counted()

    def begin(_connection: object) -> None:
        counted.transactions += 1

    def execute(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        counted.statements.append(statement)
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            counted.rows += max(cursor.rowcount, 0)

    event.listen(engine, "begin", begin)
    event.listen(engine, "after_cursor_execute", execute)
    yield counted
    event.remove(engine, "begin", begin)
    event.remove(engine, "after_cursor_execute", execute)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    async with open_watch(tmp_path, template=await make_template(tmp_path)) as opened:
        for number in range(60):
            opened.lines.add(f"c{number}", f"l{number % 6}")
        await opened.poll(times=2)
        yield opened


def fail(watch: Watch, count: int, state: ChannelState = ChannelState.ERROR) -> None:
    for number in range(count):
        watch.lines.set_state(f"c{number}", state)


async def test_a_look_at_nothing_new_is_one_transaction_and_its_delivery_none(watch: Watch) -> None:
    with count(watch) as counted:
        await watch.poll()
    assert counted.transactions == 1
    assert counted.rows == 1, "when Lines was last read"


async def test_a_storm_that_rages_on_writes_as_little_as_a_calm(watch: Watch) -> None:
    fail(watch, 60)
    await watch.poll(times=4)
    assert len(await watch.incidents.list_open()) == 60
    with count(watch) as counted:
        await watch.poll()
    assert counted.rows == 1
    assert counted.transactions <= 4


async def test_a_storm_outlives_a_restart_though_little_of_it_was_written(watch: Watch) -> None:
    fail(watch, 60)
    await watch.poll(times=4)
    held = (await watch.incidents.load()).conditions
    watch.start()
    await watch.poll()
    assert (await watch.incidents.load()).conditions.keys() == held.keys()
    assert len(watch.telegram.list_messages(TEAM)) == 1


async def test_what_is_in_memory_follows_what_is_corrected_in_the_database(watch: Watch) -> None:
    fail(watch, 1)
    await watch.poll(times=4)
    assert await watch.card_store.list_sent(TEAM.chat, watch.clock.now())
    back = watch.clock.now() - timedelta(minutes=5)
    await bring_to_now(watch.database, back)
    assert [each.opened_at for each in await watch.incidents.list_open()] == [back]
    assert (await watch.incidents.load()).last_good == back
    assert await watch.card_store.list_sent(TEAM.chat, back) == [back]


async def test_samples_of_all_lines_are_written_at_once(watch: Watch) -> None:
    samples = Samples(watch.database, watch.lines, None, timedelta(seconds=15), watch.clock)  # type: ignore[arg-type]
    watch.lines.latest = await watch.lines.read(timedelta(0))
    with count(watch) as counted:
        await samples.take()
    assert counted.transactions == 1
    assert sum("INSERT" in each for each in counted.statements) == 1
    assert counted.rows == 1 + 6


async def add_past(watch: Watch, size: int) -> None:
    at = watch.clock.now() - timedelta(days=30)
    entries = [
        {
            "verb": Verb.RECONNECT,
            "object": f"past{number % 60}",
            "before": {},
            "person": 1,
            "person_name": "Anna",
            "chat": 1,
            "intended_at": at,
            "outcome": Outcome.DONE,
        }
        for number in range(size)
    ]
    incidents = [
        {
            "key": f"channel:past{number}",
            "family": "channel",
            "subject": {},
            "since": at,
            "opened_at": at,
            "flapping": 0,
            "closed_at": at,
            "settled": True,
        }
        for number in range(size)
    ]
    async with watch.database.begin() as session:
        await session.execute(insert(LedgerRow), entries)
        await session.execute(insert(IncidentRow), incidents)


async def test_no_look_scans_the_past(watch: Watch) -> None:
    await add_past(watch, 300)
    watch.start()
    fail(watch, 3)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engine = watch.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await watch.poll(times=4)
    event.remove(engine, "before_cursor_execute", note)
    assert watch.telegram.list_messages(TEAM)
    reads = {each for each in asked if each.startswith("SELECT")}
    scans = []
    async with watch.database.begin() as session:
        connection = await session.connection()
        for each in reads:
            plan = await connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {each}", tuple([None] * each.count("?"))
            )
            scans += [
                (step[3], each) for step in plan if step[3].startswith(("SCAN ledger", "SCAN incidents"))
            ]
    assert scans == []


async def test_what_is_older_than_a_setting_is_forgotten_in_small_pieces(watch: Watch) -> None:
    ledger = Ledger(watch.database, watch.clock)
    for own_id in ("c1", "c2"):
        await ledger.finish(await ledger.intend(Verb.DISCONNECT, own_id, None, LEAD, HERE), Outcome.DONE)
    await ledger.finish(await ledger.intend(Verb.RECONNECT, "c2", None, LEAD, HERE), Outcome.DONE)
    fail(watch, 3)
    await watch.poll(times=4)
    fail(watch, 3, ChannelState.ACTIVE)
    await watch.poll(times=6)
    await add_past(watch, 450)
    watch.clock.move((OLD + timedelta(days=1)).total_seconds())
    fail(watch, 1)
    await watch.poll(times=4)
    retention = Retention(watch.database, OLD, watch.clock)
    with count(watch) as counted:
        await retention.prune()
    assert counted.transactions >= 6, "nobody waits for all of it"
    async with watch.database.begin() as session:
        left = (await session.scalars(select(LedgerRow.verb).order_by(LedgerRow.id))).all()
        incidents = (await session.scalars(select(IncidentRow.closed_at))).all()
        cards = await session.scalar(select(func.count(CardRow.id)))
        members = await session.scalar(select(func.count()).select_from(CardIncidentRow))
        broken = (await session.execute(text("PRAGMA foreign_key_check"))).all()
    assert left == [Verb.DISCONNECT, Verb.RECONNECT], "a channel disconnected by hand, and the newest"
    assert incidents == [None]
    assert (cards, members, broken) == (1, 1, [])
    assert await Ledger(watch.database, watch.clock).list_disconnected() == {"c1"}


@pytest.mark.parametrize(("rule", "seconds"), [("0", 0), ("40", 40), ("90", 90)])
async def test_what_is_bad_is_confirmed_when_its_hold_is_over(watch: Watch, rule: str, seconds: int) -> None:
    await watch.rules.set(EVERYTHING, "error_for", rule, "Anna")
    fail(watch, 1)
    await watch.poll()
    assert watch.monitor.last is not None
    due = watch.monitor.last.due
    assert due == watch.monitor.last.at + timedelta(seconds=seconds)
    await watch.poll(after=max(seconds, 1))
    assert len(await watch.incidents.list_open()) == 1
    fail(watch, 1, ChannelState.ACTIVE)
    await watch.poll()
    assert watch.monitor.last.due == watch.monitor.last.at + timedelta(seconds=60), "likewise a recovery"
    await watch.poll(after=60)
    assert await watch.incidents.list_open() == []
    assert watch.monitor.last.due is None
