"""What the console shows of a record."""

import logging
from collections.abc import Sequence

from lines_bot.logs import SecretFilter


def read_log(secrets: Sequence[str], *arguments: object, error: Exception | None = None) -> str:
    """What the console shows of one record."""
    message, *rest = arguments
    record = logging.LogRecord("bot", logging.INFO, "file", 1, message, tuple(rest) or None, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    handler = logging.StreamHandler()
    handler.addFilter(SecretFilter(secrets))
    assert handler.filter(record)
    return handler.format(record)
