"""The one connection pool, and the way its tables come to be."""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from lines_bot.store.errors import DatabaseMissing, classify

_CHUNK = 500

Item = TypeVar("Item")


class Database:
    """SQLite or PostgreSQL behind SQLAlchemy. One `begin()` is one transaction.

    Everything here raises a DatabaseTrouble for what is wrong with the database itself.
    """

    def __init__(self, url: SecretStr) -> None:
        address = make_url(url.get_secret_value())
        self.place = find_place(address)
        self._file = find_file(address)
        self._opened: tuple[int, int] | None = None
        is_sqlite = address.get_backend_name() == "sqlite"
        # SQLite does one transaction at a time, and lets those that wait for it starve: here they queue.
        pool = {"pool_size": 1, "max_overflow": 0} if is_sqlite else {}
        with self._name_trouble():
            self._engine = create_async_engine(address, hide_parameters=True, **pool)
        if is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._memories: list[Callable[[], None]] = []

    def listen(self, forget: Callable[[], None]) -> None:
        """Be told when more was changed than whoever keeps a part in memory can know."""
        self._memories.append(forget)

    def forget(self) -> None:
        """What anyone keeps in memory is to be read again."""
        for forget in self._memories:
            forget()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back by an exception."""
        if self._opened is not None and self._identify() != self._opened:
            # SQLite would go on writing into a file that has no name any more.
            raise DatabaseMissing(self.place)
        try:
            async with self._sessions.begin() as session:
                # Only here can an error of the network be one of the database.
                with self._name_trouble():
                    await session.connection()
                yield session
        except SQLAlchemyError as error:
            self._raise_named(error)
            raise

    async def migrate(self) -> None:
        """Bring the tables to this version's shape; on a database that has it, nothing happens."""
        with self._name_trouble():
            if self._file is not None:
                # What SQLite puts beside the file has the file's own permissions.
                with suppress(FileExistsError):
                    os.close(os.open(self._file, os.O_CREAT | os.O_EXCL, 0o600))
            async with self._engine.begin() as connection:
                await connection.run_sync(_upgrade)
            self._opened = self._identify()

    async def close(self) -> None:
        await self._engine.dispose()

    def _identify(self) -> tuple[int, int] | None:
        """The file that has the name now; None without one."""
        with suppress(OSError):
            if self._file is not None:
                found = self._file.stat()
                return found.st_dev, found.st_ino
        return None

    @contextmanager
    def _name_trouble(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._raise_named(error)
            raise

    def _raise_named(self, error: Exception) -> None:
        if (named := classify(error, self.place)) is not None:
            raise named from error


def find_file(address: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, by SQLite's own URI, or on a server."""
    name = address.database or ""
    is_file = address.get_backend_name() == "sqlite" and not name.startswith(("file:", ":memory:"))
    return Path(name) if is_file and name else None


def find_place(address: URL) -> str:
    """What people call the database of an address, without its user and password."""
    if address.host is None:
        return address.database or "the database"
    port = f":{address.port}" if address.port else ""
    return f"{address.host}{port}/{address.database or ''}"


def cut(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Pieces that a database takes as parameters of one statement."""
    rest = iter(items)
    while piece := list(islice(rest, _CHUNK)):
        yield piece


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    if connection.dialect.name == "sqlite":
        # Writes a page where nothing has to be migrated: a full disk is found at the start, not at an alert.
        connection.exec_driver_sql("PRAGMA user_version=1")
    command.upgrade(config, "head")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLite's driver begins transactions late; two that read first and write then would collide.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
