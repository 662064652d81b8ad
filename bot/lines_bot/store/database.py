"""The one connection pool, and the way its tables come to be."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


class Database:
    """SQLite or PostgreSQL behind SQLAlchemy. One `begin()` is one transaction."""

    def __init__(self, url: SecretStr) -> None:
        address = make_url(url.get_secret_value())
        is_sqlite = address.get_backend_name() == "sqlite"
        # SQLite does one transaction at a time, and lets those that wait for it starve: here they queue.
        pool = {"pool_size": 1, "max_overflow": 0} if is_sqlite else {}
        self._engine = create_async_engine(address, hide_parameters=True, **pool)
        if is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back by an exception."""
        async with self._sessions.begin() as session:
            yield session

    async def migrate(self) -> None:
        """Bring the tables to this version's shape; on a database that has it, nothing happens."""
        async with self._engine.begin() as connection:
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        await self._engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLite's driver begins transactions late; two that read first and write then would collide.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
