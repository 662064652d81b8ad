"""What can be wrong with the database is named where it arises, and told in one sentence."""

import errno
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lines_bot.store.database import Database
from lines_bot.store.errors import (
    DatabaseDamaged,
    DatabaseFull,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseReadOnly,
    DatabaseRefused,
    DatabaseTrouble,
    DatabaseUnreachable,
    DriverMissing,
    classify,
)
from lines_bot.telegram.language import Language
from lines_bot.telegram.views.errors import describe_error
from tests.watch import ZONE

NAME = "memory.db"
TROUBLES = [DatabaseTrouble, *DatabaseTrouble.__subclasses__()]


def open_database(folder: Path, more: str = "") -> Database:
    path = folder / NAME
    return Database(SecretStr(f"sqlite+aiosqlite:///{f'file:{path}{more}' if more else path}"))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(tmp_path)
    await opened.migrate()
    yield opened
    await opened.close()


async def write(database: Database, size: int = 1) -> None:
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE IF NOT EXISTS filling (words TEXT)"))
        await session.execute(text("INSERT INTO filling VALUES (:words)"), {"words": "x" * size})


async def test_the_file_and_what_lies_beside_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = open_database(tmp_path)
        await database.migrate()
        await write(database)
        modes = {name: stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in os.listdir(tmp_path)}
        await database.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys((NAME, f"{NAME}-wal", f"{NAME}-shm"), 0o600)


async def test_a_lock_of_another_program_is_named_and_waited_for_no_longer_than_told(
    tmp_path: Path, database: Database
) -> None:
    async with database.begin() as session:
        await session.execute(text("PRAGMA busy_timeout=0"))
    holder = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked, match="locked by another program"):
        await write(database)
    with pytest.raises(DatabaseLocked):
        await database.migrate()
    holder.close()
    await write(database)


async def test_a_full_disk_is_named_and_the_next_write_works(database: Database) -> None:
    await write(database)
    async with database.begin() as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(DatabaseFull, match="no space left"):
        await write(database, size=100_000)
    async with database.begin() as session:
        await session.execute(text("PRAGMA max_page_count=100000"))
    await write(database, size=100_000)


async def test_the_start_writes_so_that_it_finds_a_full_disk(tmp_path: Path, database: Database) -> None:
    onlooker = sqlite3.connect(tmp_path / NAME)
    before = onlooker.execute("PRAGMA data_version").fetchone()
    await database.migrate()
    assert onlooker.execute("PRAGMA data_version").fetchone() != before
    onlooker.close()


async def test_a_database_that_may_only_be_read_is_named(tmp_path: Path, database: Database) -> None:
    await database.close()
    reading = open_database(tmp_path, "?mode=ro&uri=true")
    with pytest.raises(DatabaseReadOnly, match="cannot be written"):
        await reading.migrate()
    with pytest.raises(DatabaseReadOnly):
        await write(reading)
    await reading.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_file_that_is_taken_away_while_it_is_open_is_named_and_not_written_on(
    tmp_path: Path, database: Database, replaced: bool
) -> None:
    await write(database)
    away = tmp_path / "away.db"
    (tmp_path / NAME).rename(away)
    if replaced:
        shutil.copy(away, tmp_path / NAME)
    with pytest.raises(DatabaseMissing, match="was deleted or replaced"):
        await write(database)
    away.rename(tmp_path / NAME)
    await write(database)


async def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'gone' / NAME}"))
    with pytest.raises(DatabaseTrouble):
        await database.migrate()
    await database.close()


async def test_a_database_of_a_newer_version_is_named(tmp_path: Path, database: Database) -> None:
    async with database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="newer version"):
        await database.migrate()


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all" * 1000)
    database = open_database(tmp_path)
    with pytest.raises(DatabaseDamaged, match="no database at all"):
        await database.migrate()
    await database.close()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
async def test_a_server_that_is_not_there_is_named(host: str) -> None:
    pytest.importorskip("asyncpg")
    database = Database(SecretStr(f"postgresql+asyncpg://user:canary@{host}/base"))
    with pytest.raises(DatabaseUnreachable) as told:
        await database.migrate()
    with pytest.raises(DatabaseUnreachable):
        await write(database)
    assert str(told.value).startswith(f"{host}/base cannot be reached")
    await database.close()


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("55P03", DatabaseLocked),
        ("53100", DatabaseFull),
        ("53300", DatabaseUnreachable),
        ("25006", DatabaseReadOnly),
        ("28P01", DatabaseRefused),
        ("3D000", DatabaseRefused),
        ("57P01", DatabaseUnreachable),
        ("08006", DatabaseUnreachable),
        ("XX001", DatabaseDamaged),
    ],
)
def test_what_postgresql_reports_is_named(state: str, kind: type[DatabaseTrouble]) -> None:
    asyncpg = pytest.importorskip("asyncpg")
    error = asyncpg.PostgresError.new({"C": state, "M": "canary"})
    named = classify(error, "host/base")
    assert type(named) is kind
    assert "canary" not in str(named)


async def test_what_was_asked_wrongly_is_no_trouble_of_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            await session.execute(text("INSERT INTO members (card, incident) VALUES (98, 99)"))
    with pytest.raises(ConnectionError):
        async with database.begin():
            raise ConnectionError("of somebody else")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (PoolTimeout(), DatabaseLocked),
        (OSError(errno.ENOSPC, "canary"), DatabaseFull),
        (PermissionError(errno.EACCES, "canary"), DatabaseReadOnly),
        (TimeoutError(), DatabaseUnreachable),
        (ModuleNotFoundError("asyncpg"), DriverMissing),
    ],
)
def test_what_the_system_reports_is_named(error: Exception, kind: type[DatabaseTrouble]) -> None:
    named = classify(error, NAME)
    assert type(named) is kind
    assert "canary" not in str(named)


@pytest.mark.parametrize("kind", TROUBLES)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_trouble_has_words_in_a_chat(kind: type[DatabaseTrouble], language: str) -> None:
    with Language(language, ZONE).speak():
        told = describe_error(kind("canary.db")).render()[0]
    assert "DATABASE_URL" in told
    assert "canary" not in told
    assert ("бот" in told.lower()) == (language == "ru")
