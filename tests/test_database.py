"""The memory of the bot, the same on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from lines_bot.alerts.incidents import Incidents, UnknownIncident
from lines_bot.alerts.mutes import Mutes, Window, WindowKind
from lines_bot.alerts.policy import Policy, Scope
from lines_bot.alerts.rule_book import RuleBook, RuleChange
from lines_bot.lines import ChannelState
from lines_bot.operations.ledger import Ledger, Outcome, Verb
from lines_bot.people import ChatContext, People, PermanentAdmin, Person, Role
from lines_bot.references import Kind, References
from lines_bot.store import database as database_module
from lines_bot.store.database import Database
from lines_bot.store.tables import Base, IncidentRow, MuteRow, PersonRow, ReferenceRow, TimestampRow
from lines_bot.telegram.language import Language
from tests.clock import ManualClock
from tests.watch import TEAM, ZONE, make_watch

NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
ADMIN = Person(105, "Ada Admin", Role.ADMIN)
MIGRATIONS = Path(database_module.__file__).parent / "migrations"
HERE = ChatContext(-1001234567890, is_private=False, is_open=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"
    address: str = request.getfixturevalue("empty_postgres")
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(SecretStr(url))
    await opened.migrate()
    yield opened
    await opened.close()


def make_people(database: Database) -> People:
    return People(database, [ADMIN.id], ManualClock(NOW))


def compare(connection: Connection) -> Any:
    return compare_metadata(MigrationContext.configure(connection), Base.metadata)


async def test_the_migrations_make_exactly_the_tables_of_the_code(url: str, database: Database) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(compare) == []
    await engine.dispose()


async def test_migrating_again_keeps_what_is_stored(database: Database) -> None:
    await make_people(database).grant(7, "Kim", Role.LEAD, ADMIN)
    await database.migrate()
    assert await make_people(database).list() == [Person(7, "Kim", Role.LEAD)]


def migrate_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    (command.upgrade if revision >= "0006" else command.downgrade)(config, revision)


async def test_buttons_of_the_version_before_still_mean_their_texts_and_rules(
    url: str, database: Database
) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate_to, "0005")
        insert = text('INSERT INTO "references" (short, kind, target) VALUES (:short, :kind, :target)')
        for short, kind, target in (
            ("aaaaaa", "text", "text:22:00-8:00"),
            ("bbbbbb", "rule", "rule:line\x1fshop\x1fShop: all\x1fqueue_limit\x1f40"),
            ("cccccc", "channel", "channel:x"),
        ):
            await connection.execute(insert, {"short": short, "kind": kind, "target": target})
        await connection.run_sync(migrate_to, "head")
    await engine.dispose()
    clock = ManualClock(datetime.now(UTC))
    references = References(database, clock)
    assert await references.text_of("aaaaaa", 7) == "22:00-8:00"
    assert await references.ref_to_id(Kind.CHANNEL, "cccccc") == "x"
    rules = RuleBook(database, Policy(), clock)
    assert await rules.apply("bbbbbb", "Ada") == RuleChange(
        Scope("line", "shop"), "Shop: all", "queue_limit", "40"
    )
    async with database.begin() as session:
        assert list(await session.scalars(select(ReferenceRow.short))) == ["cccccc"]


async def store_half(database: Database) -> None:
    async with database.begin() as session:
        session.add(TimestampRow(name="half", at=NOW))
        await session.flush()
        raise ZeroDivisionError


async def test_an_exception_leaves_nothing_of_its_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await store_half(database)
    async with database.begin() as session:
        assert await session.get(TimestampRow, "half") is None


async def test_a_time_of_any_zone_comes_back_in_utc(database: Database) -> None:
    moscow = NOW.astimezone(timezone(timedelta(hours=3)))
    async with database.begin() as session:
        session.add(TimestampRow(name="fact", at=moscow))
    async with database.begin() as session:
        stored = (await session.get_one(TimestampRow, "fact")).at
    assert (stored, stored.utcoffset()) == (NOW, timedelta(0))


async def test_many_writers_at_once_all_write(database: Database) -> None:
    people = make_people(database)
    await asyncio.gather(*(people.grant(number, "x", Role.VIEWER, ADMIN) for number in range(40)))
    async with database.begin() as session:
        assert await session.scalar(select(func.count(PersonRow.id))) == 40


async def test_the_last_role_given_counts_and_a_revoked_one_is_gone(database: Database) -> None:
    people = make_people(database)
    number = 2**52
    assert (await people.find(number, "Kim")).role is None
    await people.grant(number, "Kim", Role.VIEWER, ADMIN)
    await people.grant(number, "Ким 🟢", Role.LEAD, ADMIN)
    assert await people.find(number, "Kim today") == Person(number, "Kim today", Role.LEAD)
    assert await people.revoke(number) == Person(number, "Ким 🟢", Role.LEAD)
    assert await people.revoke(number) is None
    assert (await people.find(number, "Kim")).role is None


async def test_administrators_of_the_settings_are_not_in_the_database(database: Database) -> None:
    people = make_people(database)
    assert await people.find(ADMIN.id, ADMIN.name) == ADMIN
    with pytest.raises(PermanentAdmin):
        await people.grant(ADMIN.id, "Ada", Role.VIEWER, ADMIN)
    with pytest.raises(PermanentAdmin):
        await people.revoke(ADMIN.id)
    assert await people.list() == []


async def test_short_names_survive_and_do_not_clash_when_asked_for_at_once(database: Database) -> None:
    targets = [f"channel {number}" for number in range(30)]
    references = References(database, ManualClock())
    asked = await asyncio.gather(*(references.ids_to_refs(Kind.CHANNEL, targets) for _ in range(8)))
    assert all(names == asked[0] for names in asked)
    restarted = References(database, ManualClock())
    assert await restarted.ids_to_refs(Kind.CHANNEL, targets) == asked[0]
    assert await restarted.ref_to_id(Kind.CHANNEL, asked[0]["channel 7"].upper()) == "channel 7"


class Unlucky(Database):
    """A database that goes away before the first transaction is committed."""

    is_lucky = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        async with super().begin() as session:
            yield session
            if not self.is_lucky:
                self.is_lucky = True
                raise ConnectionError


async def test_a_name_that_could_not_be_stored_is_not_given_out(url: str, database: Database) -> None:
    unlucky = Unlucky(SecretStr(url))
    references = References(unlucky, ManualClock())
    with pytest.raises(ConnectionError):
        await references.ids_to_refs(Kind.CHANNEL, ["x"])
    short = (await references.ids_to_refs(Kind.CHANNEL, ["x"]))["x"]
    assert await references.ref_to_id(Kind.CHANNEL, short) == "x"
    await unlucky.close()


async def test_the_ledger_keeps_intent_and_outcome(database: Database) -> None:
    ledger = Ledger(database, ManualClock(NOW))
    intent = await ledger.intend(Verb.ASSIGN, "session", "operator", ADMIN, HERE)
    assert (intent.outcome, intent.finished_at, intent.intended_at) == (None, None, NOW)
    done = await ledger.finish(intent, Outcome.UNKNOWN, "слова " * 1000)
    assert await ledger.find_last("session") == done
    assert (done.outcome, done.finished_at) == (Outcome.UNKNOWN, NOW)
    assert await ledger.find_last("another") is None
    later = await ledger.intend(Verb.ASSIGN, "session", "operator", ADMIN, HERE)
    assert await ledger.find_last("session") == later
    assert await ledger.find_last("session", since=NOW + timedelta(seconds=1)) is None
    assert await ledger.find_last("session", since=NOW) == later


async def test_mutes_end_by_themselves_or_by_a_word(database: Database) -> None:
    mutes = Mutes(database)
    async with database.begin() as session:
        session.add(MuteRow(key="a", until=NOW + timedelta(hours=1), person_name="Kim"))
    await mutes.mute("b", NOW + timedelta(hours=1), "Kim")
    await mutes.mute("b", NOW + timedelta(hours=2), "Ada")
    held = await mutes.list(NOW)
    assert {key: mute.person_name for key, mute in held.items()} == {"a": "Kim", "b": "Ada"}
    assert set(await mutes.list(NOW + timedelta(hours=1))) == {"b"}
    await mutes.unmute("b")
    assert set(await mutes.list(NOW)) == {"a"}


async def test_an_incident_nobody_opened_is_unknown(database: Database) -> None:
    with pytest.raises(UnknownIncident):
        await Incidents(database).get(1)


async def test_a_card_without_its_incident_cannot_be_stored(database: Database) -> None:
    async with database.begin() as session:
        count = await session.scalar(select(func.count(IncidentRow.id)))
    assert count == 0
    insert = text("INSERT INTO members (card, incident) VALUES (98, 99)")
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            await session.execute(insert)


async def test_an_alert_goes_its_whole_way_from_a_heal_to_the_digest_after_quiet_hours(
    database: Database,
) -> None:
    with Language("en", ZONE).speak():
        watch = make_watch(database, [TEAM], Policy(heal_first=True))
        for number in range(12):
            watch.lines.add(f"c{number}", f"l{number % 2}", ChannelState.ERROR)
        await watch.mutes.set_window(
            Window(TEAM.chat, WindowKind.QUIET, "Anna", until=watch.clock.now() + timedelta(minutes=30))
        )
        await watch.poll(times=3)
        watch.lines.set_state("c0", ChannelState.ACTIVE)
        await watch.poll(times=5)
        for number in range(1, 11):
            watch.lines.set_state(f"c{number}", ChannelState.ACTIVE)
        await watch.poll(after=60, times=3)
        watch.start()
        await watch.poll(after=1800)
        healed, storm, digest = watch.telegram.list_messages(TEAM)
        assert "Fixed by the bot itself: 1" in healed.text
        assert storm.text.startswith("🔴 1 of 11 channels down")
        assert "Line l1: 1" in storm.buttons
        assert ": 12, still open: 1" in digest.text
        watch.telegram.gone.add(TEAM.chat)
        watch.lines.set_state("c11", ChannelState.ACTIVE)
        await watch.poll(after=60, times=3)
        await watch.card_store.expire(watch.clock.now() + timedelta(seconds=1))
        assert (await watch.card_store.read_undelivered()).incidents == {}
        assert await watch.card_store.count_undelivered() == 0
