"""The bot's memory is copied while it is written to, put back, carried over, and freed of a person."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import HttpUrl, SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from lines_bot import erasure
from lines_bot.alerts.mutes import Mutes
from lines_bot.memory_commands import CommandFailed, back_up, forget, move_to, restore
from lines_bot.operations.ledger import Ledger, Outcome, Verb
from lines_bot.people import ChatContext, People, Person, Role
from lines_bot.references import EVERYONE, Kind, References
from lines_bot.sandbox import lines_server
from lines_bot.sandbox.company import company
from lines_bot.sandbox.world import World
from lines_bot.settings import AlertTarget, Settings
from lines_bot.store.database import Database
from lines_bot.store.tables import Base, InboxRow, LedgerRow, PersonRow, ReferenceRow, SampleRow, TextRow
from lines_bot.telegram.incoming.inbox import Inbox, Letter
from tests.clock import ManualClock

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TOKEN = "a-token-of-lines"
ADMIN = Person(105, "Ada Admin", Role.ADMIN)
GROUP = ChatContext(-1001, is_private=False, is_open=True, request_message_id=7)
NAMES = {"персона 🟢": 2**52 - 1, "Kim": 7, "Lee": 8}


def make_settings(url: str, lines_url: str = "http://127.0.0.1:1/") -> Settings:
    return Settings(
        _env_file=None,
        bot_token=SecretStr("1:a"),
        lines_url=HttpUrl(lines_url),
        lines_token=SecretStr(TOKEN),
        database_url=SecretStr(url),
        admins=frozenset({ADMIN.id}),
        alert_chats=(AlertTarget(-1001),),
        timezone=ZoneInfo("UTC"),
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The memory of a bot that works."""
    opened = Database(settings.database_url)
    await opened.migrate()
    yield opened
    await opened.close()


async def fill(database: Database) -> None:
    """Something of each kind that is stored differently."""
    clock = ManualClock(NOW)
    people, ledger, references = (
        People(database, [ADMIN.id], clock),
        Ledger(database, clock),
        References(database, clock),
    )
    for name, number in NAMES.items():
        await people.grant(number, name, Role.LEAD, ADMIN)
        done = await ledger.intend(Verb.RECONNECT, "channel", None, Person(number, name, Role.LEAD), GROUP)
        await ledger.finish(done, Outcome.DONE)
    await people.link(7, "user-of-kim", ADMIN)
    await references.ids_to_refs(Kind.CLIENT, ["a", "b"])
    await references.ref_of_text("what Kim typed", 7)
    await references.ref_of_text("22:00-8:00", EVERYONE)
    await Mutes(database).mute("channel:1", None, "Kim")
    body = {"update_id": 5, "message": {"from": {"id": 7}, "text": "/find Ivan"}}
    await Inbox(database).add([Letter(5, body, timedelta(seconds=3))], NOW)
    async with database.begin() as session:
        for waits in (None, [1, 2]):
            at = NOW + timedelta(seconds=len(waits or ()))
            session.add(
                SampleRow(
                    line="shop", at=at, watched=1, waiting=2, oldest=3, arrivals=4, departures=5, waits=waits
                )
            )


async def read_all(database: Database) -> dict[str, list[object]]:
    async with database.begin() as session:
        return {
            table.name: sorted(map(repr, (await session.execute(select(table))).all()))
            for table in Base.metadata.sorted_tables
        }


async def test_a_copy_made_while_the_bot_writes_is_one_moment_of_its_memory(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    people, written = People(database, [ADMIN.id], ManualClock(NOW)), asyncio.Event()

    async def write() -> None:
        for number in range(1000, 1200):
            # Two rows at a time: a copy that holds one of them is no moment of the memory.
            async with database.begin() as session:
                session.add_all(
                    PersonRow(id=each, name="x", role="viewer", granted_by=1, granted_at=NOW)
                    for each in (number, -number)
                )
            written.set()

    await people.grant(7, "Kim", Role.LEAD, ADMIN)
    writing = asyncio.create_task(write())
    await written.wait()
    told = await asyncio.to_thread(back_up, settings, tmp_path / "copy.db")
    await writing
    assert str(tmp_path / "copy.db") in told
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    copy = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}"))
    async with copy.begin() as session:
        found = set(await session.scalars(select(PersonRow.id)))
    await copy.close()
    assert 7 in found
    assert len(found) > 2
    assert {-each for each in found - {7}} == found - {7}


async def test_a_copy_is_put_back_and_what_was_there_before_is_kept(
    settings: Settings, tmp_path: Path
) -> None:
    memory, copy = tmp_path / "memory.db", tmp_path / "copy.db"
    database = Database(settings.database_url)
    await database.migrate()
    await fill(database)
    before = await read_all(database)
    back_up(settings, copy)
    await People(database, [], ManualClock(NOW)).grant(9, "Late", Role.LEAD, ADMIN)
    await database.close()
    told = restore(settings, copy, NOW)
    assert f"{memory}.20261122-093000" in told
    for path, has_late in ((memory, False), (tmp_path / "memory.db.20261122-093000", True)):
        opened = Database(SecretStr(f"sqlite+aiosqlite:///{path}"))
        await opened.migrate()
        held = await read_all(opened)
        await opened.close()
        assert (held != before) == has_late
        assert any("Late" in str(row) for row in held["persons"]) == has_late
    assert sorted(os.listdir(tmp_path)) == [
        "copy.db",
        "memory.db",
        "memory.db.20261122-093000",
    ]


async def test_nothing_is_put_back_while_a_bot_has_the_memory_open(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    await fill(database)
    back_up(settings, tmp_path / "copy.db")
    with pytest.raises(CommandFailed, match="is in use: stop the bot first"):
        restore(settings, tmp_path / "copy.db", NOW)
    assert await People(database, [], ManualClock(NOW)).list() != []
    assert not [name for name in os.listdir(tmp_path) if "restoring" in name]


async def test_a_damaged_memory_is_replaced_by_the_copy(settings: Settings, tmp_path: Path) -> None:
    database = Database(settings.database_url)
    await database.migrate()
    await fill(database)
    back_up(settings, tmp_path / "copy.db")
    await database.close()
    (tmp_path / "memory.db").write_bytes(b"no database" * 1000)
    restore(settings, tmp_path / "copy.db", NOW)
    opened = Database(settings.database_url)
    await opened.migrate()
    assert len(await People(opened, [], ManualClock(NOW)).list()) == len(NAMES)
    await opened.close()


def make_no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def make_foreign_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE persons (id)")
    connection.close()


def make_half(path: Path) -> None:
    """Half of a copy, as a full disk leaves it."""
    whole = path.with_name("whole.db")
    shutil.copy(path.with_name("memory.db"), whole)
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])


@pytest.mark.parametrize("make", [make_no_database, make_foreign_database, make_half, None])
async def test_what_is_no_copy_is_not_put_back(settings: Settings, tmp_path: Path, make: object) -> None:
    database = Database(settings.database_url)
    await database.migrate()
    await fill(database)
    await database.close()
    if callable(make):
        make(tmp_path / "copy.db")
    with pytest.raises(CommandFailed, match=r"^Not restored: .+\.$"):
        restore(settings, tmp_path / "copy.db", NOW)
    opened = Database(settings.database_url)
    assert len(await People(opened, [], ManualClock(NOW)).list()) == len(NAMES)
    await opened.close()


async def test_no_file_is_overwritten_by_a_copy(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "copy.db").write_text("something else")
    with pytest.raises(CommandFailed, match="exists: choose another name"):
        back_up(settings, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "something else"


@pytest.mark.parametrize("command", [back_up, lambda *given: restore(*given, NOW)])
def test_of_postgresql_the_servers_own_command_is_told_without_the_password(command: object) -> None:
    settings = make_settings("postgresql+asyncpg://bot:canary@host:5433/lines")
    assert callable(command)
    with pytest.raises(CommandFailed, match=r"pg_(dump|restore) .*postgresql://bot@host:5433/lines") as told:
        command(settings, Path("copy"))
    assert "canary" not in str(told.value)


async def test_everything_is_carried_over_to_postgresql_and_new_rows_get_new_numbers(
    settings: Settings, empty_postgres: str
) -> None:
    source, target = Database(settings.database_url), Database(SecretStr(empty_postgres))
    await source.migrate()
    await fill(source)
    before = await read_all(source)
    await source.close()
    told = await move_to(settings, empty_postgres)
    assert "persons 3" in told
    assert "samples 2" in told
    assert await read_all(target) == before
    entry = await Ledger(target, ManualClock(NOW)).intend(Verb.CLOSE, "session", None, ADMIN, GROUP)
    assert entry.id == len(NAMES) + 1
    with pytest.raises(CommandFailed, match="is not empty: it holds"):
        await move_to(settings, empty_postgres)
    assert (await read_all(target))["persons"] == before["persons"]
    await target.close()


async def test_a_row_that_the_target_does_not_take_leaves_the_target_empty(
    settings: Settings, empty_postgres: str
) -> None:
    source, target = Database(settings.database_url), Database(SecretStr(empty_postgres))
    await source.migrate()
    await fill(source)
    async with source.begin() as session:
        session.add(TextRow(short="zzzzzz", reader=0, text="a\0b", at=NOW))
    await source.close()
    with pytest.raises(CommandFailed, match="does not take a row of texts"):
        await move_to(settings, empty_postgres)
    async with target.begin() as session:
        assert await session.scalar(select(func.count(PersonRow.id))) == 0
    await target.close()


async def test_nothing_is_carried_over_while_a_bot_has_the_memory_open(
    settings: Settings, database: Database, empty_postgres: str
) -> None:
    await fill(database)
    with pytest.raises(CommandFailed, match="is in use: stop the bot first"):
        await move_to(settings, empty_postgres)
    engine = create_async_engine(empty_postgres)
    async with engine.connect() as connection:
        tables = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert list(tables) == []
    await engine.dispose()


async def read_words(database: Database) -> str:
    return json.dumps(await read_all(database), ensure_ascii=False)


async def test_a_forgotten_person_stands_nowhere_and_what_they_did_stays_on_record(
    settings: Settings, database: Database
) -> None:
    await fill(database)
    private = ChatContext(7, is_private=True, is_open=True, request_message_id=3)
    await Ledger(database, ManualClock(NOW)).intend(
        Verb.CLOSE, "session", None, Person(7, "Kim", Role.LEAD), private
    )
    told = await forget(settings, "7")
    assert "Restart the bot" in told
    words = await read_words(database)
    for trace in ("Kim", "user-of-kim", "what Kim typed", "/find Ivan"):
        assert trace not in words
    assert "Lee" in words
    async with database.begin() as session:
        entries = list(await session.scalars(select(LedgerRow)))
        assert await session.get(PersonRow, 7) is None
        assert (await session.get_one(InboxRow, 5)).done
    assert len(entries) == len(NAMES) + 1
    assert all(7 not in (entry.person, entry.chat) for entry in entries)


async def test_whom_the_settings_name_is_told_to_be_there(settings: Settings, database: Database) -> None:
    assert "The settings name this number too" in await forget(settings, str(ADMIN.id))


def find_client(world: World) -> Sequence[str]:
    """A client's id and name, and the id of a session of theirs."""
    session = next(each for each in world.items("sessions") if each["_clients"])
    client = world.get("clients", session["_clients"][0])
    return client["__id"], client["__name"], session["__id"]


async def test_a_forgotten_client_stands_nowhere(settings: Settings, database: Database) -> None:
    clock, world = ManualClock(NOW), World(company(1, NOW).dump(), 1)
    client, name, theirs = find_client(world)
    ledger, references = Ledger(database, clock), References(database, clock)
    await fill(database)
    for session in (theirs, "another"):
        said = await ledger.intend(Verb.SAY, session, f"Dear {name} at {session}", ADMIN, GROUP)
        await ledger.finish(said, Outcome.DONE)
    linked = await ledger.intend(Verb.LINK, client, "an-item", ADMIN, GROUP, {"item": "an-older-item"})
    await ledger.finish(linked, Outcome.DONE)
    await references.ids_to_refs(Kind.CLIENT, [client])
    await references.ref_of_text(name.upper(), EVERYONE)
    body = {"update_id": 6, "message": {"from": {"id": 8}, "text": f"/client {name}"}}
    await Inbox(database).add([Letter(6, body)], NOW)
    async with await lines_server.serve(world, TOKEN, now=lambda: NOW) as server:
        told = await forget(make_settings(settings.database_url.get_secret_value(), server.url), client)
    assert told.startswith("Forgotten: 5 entries.")
    async with database.begin() as opened:
        entries = list(await opened.scalars(select(LedgerRow).order_by(LedgerRow.id)))
        targets = set(await opened.scalars(select(ReferenceRow.target)))
    assert [each.argument for each in entries[-3:]] == ["—", f"Dear {name} at another", "—"]
    assert entries[-1].before == {}
    assert targets == {"client:a", "client:b"}
    words = await read_words(database)
    assert name.upper() not in words
    assert f"/client {name}" not in words
    assert "/find Ivan" in words


async def test_a_client_whom_lines_does_not_know_is_told(settings: Settings, database: Database) -> None:
    world = World(company(1, NOW).dump(), 1)
    async with await lines_server.serve(world, TOKEN, now=lambda: NOW) as server:
        with pytest.raises(CommandFailed, match=r"^Not forgotten: .+\.$"):
            await forget(make_settings(settings.database_url.get_secret_value(), server.url), "nobody")


def test_whoever_is_forgotten_is_named_in_no_table() -> None:
    """A new table that names people has to be known here, or be told why it keeps them."""
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in ("person_name", "owner_name")
    }
    forgotten = {f"{column.class_.__tablename__}.{column.key}" for column in erasure.SIGNED}
    assert named - forgotten == {"ledger.person_name"}, "whose rows are changed by the person's number"


def test_every_setting_of_a_private_chat_goes_with_the_person() -> None:
    chats = {table.name for table in Base.metadata.sorted_tables if "chat" in table.primary_key.columns}
    assert {table.__tablename__ for table in erasure.SETTINGS_OF_A_CHAT} >= chats
