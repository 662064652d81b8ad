"""What the command line does with the bot's memory; each tells what came of it in a sentence."""

from datetime import datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, make_url

from lines_bot.connections import make_lines
from lines_bot.erasure import forget_client, forget_person
from lines_bot.lines import LinesError
from lines_bot.settings import Settings
from lines_bot.settings.values import check_database
from lines_bot.store import copies
from lines_bot.store.copies import CopyRefused
from lines_bot.store.database import Database, find_file, find_place
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.store.moving import move


class CommandFailed(Exception):
    """A sentence about what was not done, why, and what to do."""


def back_up(settings: Settings, file: Path) -> str:
    """Raises CommandFailed."""
    address = make_url(settings.database_url.get_secret_value())
    database = _find_file(address, "pg_dump --format=custom --file={file} {server}", file)
    try:
        copies.back_up(database, file)
    except (CopyRefused, DatabaseTrouble) as error:
        raise CommandFailed(f"Not copied: {error}.") from None
    return f"{file} is a copy of {database}, {file.stat().st_size / 1024:,.0f} KiB."


def restore(settings: Settings, file: Path, now: datetime) -> str:
    """Raises CommandFailed."""
    address = make_url(settings.database_url.get_secret_value())
    database = _find_file(address, "pg_restore --clean --if-exists --dbname={server} {file}", file)
    try:
        aside = copies.restore(file, database, now)
    except (CopyRefused, DatabaseTrouble) as error:
        raise CommandFailed(f"Not restored: {error}.") from None
    kept = f" What was there before is kept as {aside}." if aside else ""
    return f"{database} is what {file} holds.{kept}"


async def move_to(settings: Settings, to_url: str) -> str:
    """Raises CommandFailed."""
    try:
        address = check_database(SecretStr(to_url))
    except ValueError as error:
        raise CommandFailed(f"TO_URL cannot be used: {error}.") from None
    source, target = settings.database_url, address
    if (file := find_file(make_url(source.get_secret_value()))) is not None and file.exists():
        _close(file)
    try:
        opened = [Database(source), Database(target)]
        try:
            for database in opened:
                await database.migrate()
            moved = await move(*opened)
        finally:
            for database in opened:
                await database.close()
    except (CopyRefused, DatabaseTrouble) as error:
        raise CommandFailed(f"Not moved: {error}.") from None
    counts = ", ".join(f"{name} {count}" for name, count in moved.items() if count)
    return f"Moved: {counts}. Now set DATABASE_URL to the new address; the old database is as it was."


async def forget(settings: Settings, who: str) -> str:
    """Raises CommandFailed."""
    database = Database(settings.database_url)
    try:
        await database.migrate()
        if who.isdecimal():
            count = await forget_person(database, int(who))
        else:
            async with make_lines(settings) as lines:
                count = await forget_client(database, lines, who)
    except (DatabaseTrouble, LinesError) as error:
        raise CommandFailed(f"Not forgotten: {str(error).rstrip('.')}.") from None
    finally:
        await database.close()
    named = who.isdecimal() and int(who) in {*settings.admins, *settings.chats}
    rest = " The settings name this number too: take it out there." if named else ""
    return f"Forgotten: {count} entries. Restart the bot, for it remembers people while it runs.{rest}"


def _find_file(address: URL, command: str, file: Path) -> Path:
    """The database's file; a server has commands of its own, which are told."""
    database = find_file(address)
    if database is not None:
        return database
    if address.get_backend_name() == "sqlite":
        raise CommandFailed("The database is in no file: there is nothing to copy.")
    at = f"{address.username}@" if address.username else ""
    server = f"postgresql://{at}{find_place(address)}"
    raise CommandFailed(
        f"PostgreSQL has its own command for that: {command.format(server=server, file=file)}"
    )


def _close(file: Path) -> None:
    try:
        copies.close(file)
    except (CopyRefused, DatabaseTrouble) as error:
        raise CommandFailed(f"Not moved: {error}.") from None
