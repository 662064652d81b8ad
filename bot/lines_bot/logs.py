"""What the process prints: no secret, and no line that foreign words have forged."""

import base64
import html
import logging
import re
import struct
import sys
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import TracebackType

from aiogram.exceptions import TelegramAPIError

from lines_bot.lines import LinesError
from lines_bot.store.errors import DatabaseTrouble

FORESEEN = (TelegramAPIError, LinesError, DatabaseTrouble)
_LEAST_LENGTH = 6
_MARGIN = "    "
_log = logging.getLogger(__name__)


def clean(text: str, secrets: Iterable[str]) -> str:
    """The text as one line that is safe to print: without the secrets, and with `escape`."""
    return escape(hide(text, secrets))


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, however they are encoded in it.

    What is shorter than six characters stays: it would blot out common words.
    """
    return _match_secrets(tuple(secrets)).sub("***", text)


def escape(text: str) -> str:
    """The text with whatever ends a line, colours it or turns it round written out, like \\\\n."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )


class SecretFilter(logging.Filter):
    """Makes every record safe to print: one line, then the trace of an exception set off from it.

    What Telegram, Lines or the database refuses is foreseen, and told without a trace.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        message, trace = _read_message(record), record.exc_text
        if record.exc_info:
            error = record.exc_info[1]
            if isinstance(error, FORESEEN):
                message, trace = f"{message}: {_describe(error)}", None
            else:
                trace = trace or logging.Formatter().formatException(record.exc_info)
        record.msg, record.args, record.exc_info = clean(message, self._secrets), None, None
        record.exc_text = self._set_off(trace)
        record.stack_info = self._set_off(record.stack_info)
        return True

    def _set_off(self, lines: str | None) -> str | None:
        if not lines:
            return None
        return "\n".join(_MARGIN + escape(line) for line in hide(lines, self._secrets).split("\n"))


def log_to_console(level: str, secrets: Sequence[str]) -> None:
    """Send the log to stderr through the filter, and whatever else would be printed there with it."""
    handler = logging.StreamHandler()
    handler.addFilter(SecretFilter(secrets))
    logging.basicConfig(
        level=level, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.captureWarnings(capture=True)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiogram.event", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    sys.excepthook = _log_unforeseen
    sys.unraisablehook = lambda told: _log_unforeseen(told.exc_type, told.exc_value, told.exc_traceback)
    threading.excepthook = lambda told: _log_unforeseen(told.exc_type, told.exc_value, told.exc_traceback)


def _log_unforeseen(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical("an error that nobody foresaw", exc_info=(kind, error or kind(), trace))


def _read_message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # Arguments that do not fit the words: logging would print both itself, past every filter.
        return f"{record.msg} {record.args}"


def _describe(error: BaseException) -> str:
    method = f" ({type(error.method).__name__})" if isinstance(error, TelegramAPIError) else ""
    return f"{type(error).__name__}: {error}{method}"


@lru_cache(maxsize=8)
def _match_secrets(secrets: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the longest first, so that what holds another secret is hidden as a whole."""
    long = sorted({secret for secret in secrets if len(secret) >= _LEAST_LENGTH}, key=len, reverse=True)
    forms = [form for secret in long for form in ("".join(map(_spell, secret)), *_spell_base64(secret))]
    return re.compile("|".join(forms) or r"(?!)")


def _spell(character: str) -> str:
    """A pattern for one character of a secret: bare, or as addresses, JSON, Python or HTML write it."""
    number = ord(character)
    octets, units = (character.encode(name, errors="surrogatepass") for name in ("utf-8", "utf-16-be"))
    coded = [
        "".join(f"%(?:25)*{octet:02x}" for octet in octets),
        "".join(rf"\\+u{unit:04x}" for (unit,) in struct.iter_unpack(">H", units)),
        rf"\\+(?:U{number:08x}|x{number:02x})",
        rf"&#(?:0*{number}|x0*{number:x});",
    ]
    bare = [rf"\\*{re.escape(character)}", re.escape(html.escape(character))]
    spaced = [r"\+"] if character == " " else []
    return f"(?:{'|'.join([*bare, *spaced])}|(?i:{'|'.join(coded)}))"


def _spell_base64(secret: str) -> Iterable[str]:
    """What stays of a secret in base64, at each of the three places where it can begin in a group."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret.encode(errors="surrogatepass")).decode()
        whole = encoded[(0, 2, 3)[offset] : (offset + len(secret.encode(errors="surrogatepass"))) * 8 // 6]
        yield re.escape(whole).replace(r"\+", "[+-]").replace("/", "[/_]")
