"""Copies of a SQLite database: made while the bot works, and put back while it does not."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from lines_bot.store.errors import DatabaseDamaged, DatabaseLocked, classify


class CopyRefused(Exception):
    """A copy was not made or not put back, said with what to do; nothing was changed."""


def back_up(database: Path, copy: Path) -> None:
    """Write a consistent copy. Raises CopyRefused and DatabaseTrouble."""
    if copy.exists():
        raise CopyRefused(f"{copy} exists: choose another name, or delete it")
    if not database.is_file():
        raise CopyRefused(f"there is no database {database} yet: nothing is to be copied")
    _write(database, copy)


def restore(copy: Path, database: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the database, which stays beside it under the name that is returned.

    Raises CopyRefused, also while a bot has the database open, and DatabaseTrouble.
    """
    if not copy.is_file():
        raise CopyRefused(f"there is no file {copy}")
    fresh = database.with_name(f"{database.name}.restoring")
    with suppress(FileNotFoundError):
        fresh.unlink()
    _write(copy, fresh)
    try:
        aside = None
        if database.exists():
            with suppress(DatabaseDamaged):
                close(database)
            aside = database.with_name(f"{database.name}.{now:%Y%m%d-%H%M%S}")
            for part in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    database.with_name(database.name + part).replace(aside.with_name(aside.name + part))
        fresh.replace(database)
    finally:
        fresh.unlink(missing_ok=True)
    return aside


def close(database: Path) -> None:
    """Bring all that is written into the one file. Raises CopyRefused while a bot has it open."""
    try:
        with _name_trouble(database), closing(sqlite3.connect(database, timeout=0)) as opened:
            opened.execute("PRAGMA journal_mode=DELETE")
    except DatabaseLocked:
        raise CopyRefused(f"{database} is in use: stop the bot first") from None


def _write(source: Path, target: Path) -> None:
    """A copy that is whole, or none."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with _name_trouble(target):
            # What others may read of a copy is what they may read of the database.
            os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with (
            _name_trouble(source),
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
            closing(sqlite3.connect(unfinished)) as written,
        ):
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")
            is_whole = written.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            tables = {name for (name,) in written.execute("SELECT name FROM sqlite_master")}
        if not is_whole:
            raise DatabaseDamaged(str(source))
        if "alembic_version" not in tables:
            raise CopyRefused(f"{source} is a database, but not the bot's")
        with _name_trouble(target):
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _name_trouble(place: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise (classify(error, str(place)) or error) from error
