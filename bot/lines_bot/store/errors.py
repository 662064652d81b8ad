"""What can be wrong with the database itself; the one place that reads its drivers' errors."""

import errno
import sqlite3
from collections.abc import Iterator

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DatabaseTrouble(Exception):
    """The database at `place` (a file, or a server's name) cannot be used; said with what to do about it."""

    words = "{place} cannot be read or written: look at its disk"

    def __init__(self, place: str) -> None:
        super().__init__(self.words.format(place=place))
        self.place = place


class DatabaseLocked(DatabaseTrouble):
    """Another program holds it for longer than is waited for."""

    words = "{place} is locked by another program, perhaps a backup: wait for its end, or stop it"


class DatabaseFull(DatabaseTrouble):
    words = "there is no space left for {place}: free some on its disk"


class DatabaseReadOnly(DatabaseTrouble):
    words = "{place} cannot be written: let the bot's user write to it and to its folder"


class DatabaseMissing(DatabaseTrouble):
    """It was deleted, moved or replaced while it was open: what is written now is lost at the end."""

    words = "{place} was deleted or replaced while the bot ran: put it back, then restart the bot"


class DatabaseNewer(DatabaseTrouble):
    words = "{place} was made by a newer version of the bot: install that version, or restore an older copy"


class DatabaseDamaged(DatabaseTrouble):
    words = "{place} is damaged, or no database at all: restore a copy of it"


class DatabaseRefused(DatabaseTrouble):
    words = "{place} refuses the user, the password or the name of the database: correct them"


class DatabaseUnreachable(DatabaseTrouble):
    words = "{place} cannot be reached: see that the server runs and that its address is right"


class DriverMissing(DatabaseTrouble):
    words = 'it needs the extra "postgres": install lines-bot[postgres]'


_SQLITE = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_FULL: DatabaseFull,
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_PERM: DatabaseReadOnly,
    sqlite3.SQLITE_CANTOPEN: DatabaseReadOnly,
    sqlite3.SQLITE_IOERR: DatabaseTrouble,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
}
_SYSTEM = {
    errno.EACCES: DatabaseReadOnly,
    errno.EPERM: DatabaseReadOnly,
    errno.EROFS: DatabaseReadOnly,
    errno.ENOSPC: DatabaseFull,
    errno.EDQUOT: DatabaseFull,
}
# By the beginnings of PostgreSQL's SQLSTATE, the longer ones first.
_POSTGRESQL = {
    "55P03": DatabaseLocked,
    "40P01": DatabaseLocked,
    "57014": DatabaseLocked,
    "53100": DatabaseFull,
    "25006": DatabaseReadOnly,
    "42501": DatabaseReadOnly,
    "3D000": DatabaseRefused,
    "28": DatabaseRefused,
    "08": DatabaseUnreachable,
    "57P": DatabaseUnreachable,
    "53": DatabaseUnreachable,
    "XX": DatabaseDamaged,
}


def classify(error: BaseException, place: str) -> DatabaseTrouble | None:
    """What an error says of the database itself; None if it is about what was asked of it."""
    for each in _list_causes(error):
        if isinstance(each, DatabaseTrouble):
            return each
        if (kind := _find_kind(each)) is not None:
            return kind(place)
    return None


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.orig if isinstance(error, DBAPIError) and error.orig else error.__cause__


def _find_kind(error: BaseException) -> type[DatabaseTrouble] | None:
    match error:
        case sqlite3.Error():
            # The low byte is the kind, what is above it the detail.
            return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        case PoolTimeout():
            return DatabaseLocked
        case CommandError():
            return DatabaseNewer if "Can't locate revision" in str(error) else None
        case ModuleNotFoundError() | NoSuchModuleError():
            return DriverMissing
        case OSError():
            return _SYSTEM.get(error.errno or 0, DatabaseUnreachable)
    state = getattr(error, "sqlstate", None) or ""
    return next((kind for beginning, kind in _POSTGRESQL.items() if state.startswith(beginning)), None)
