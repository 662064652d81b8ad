"""The search for secrets in all that anyone but Lines and Telegram themselves can read of a bot."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lines_bot.settings import Settings

SPEAKERS = (
    "lines_bot",
    "lines_bot_handlers",
    "aiogram",
    "aiohttp",
    "alembic",
    "apscheduler",
    "asyncio",
    "httpx",
    "sqlalchemy",
)


class LogBook(logging.Handler):
    """Keeps every record as the console would show it, but with nothing hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def keep_log() -> Iterator[list[str]]:
    """What is logged while the block runs, by those who speak of more than single reads of a wire or file."""
    book, loggers = LogBook(), [logging.getLogger(name) for name in SPEAKERS]
    levels = [logger.level for logger in loggers]
    logging.getLogger().addHandler(book)
    # Not the root's level: pytest sets that back between a test's phases.
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield book.lines
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        logging.getLogger().removeHandler(book)


def list_secrets(settings: Settings) -> Collection[str]:
    """Every secret setting, and the half of the bot's token that is no public number."""
    return [*settings.secrets(), settings.bot_token.get_secret_value().partition(":")[2]]


def find_secrets(secrets: Collection[str], places: Mapping[str, bytes]) -> Mapping[str, list[str]]:
    """The secrets that stand somewhere, by the place."""
    found = {
        place: [secret for secret in secrets if secret.encode() in content]
        for place, content in places.items()
    }
    return {place: secrets for place, secrets in found.items() if secrets}


def read_files(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
