"""What the person who runs the bot has set: the environment, or `.env` beside it."""

import logging
import re
import ssl
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


class AlertTarget(NamedTuple):
    """A chat, or one topic of a forum, that alerts go to."""

    chat: int
    topic: int | None = None


class Listen(NamedTuple):
    """An address of this machine to answer on."""

    host: str
    port: int


class BadSettings(Exception):
    """One sentence a line, each naming the setting and what is wrong with it; never its value."""


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _parse_target(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(-?\d+)(?::(\d+))?", value)
    if match is None:
        raise ValueError("one of them is neither a chat id nor chat:topic")
    return AlertTarget(int(match[1]), int(match[2]) if match[2] else None)


def _parse_listen(value: object) -> object:
    if not isinstance(value, str):
        return value
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("write it as host:port, like 127.0.0.1:8000")
    return Listen(host, int(port))


def _parse_language(value: object) -> object:
    """Desktops set LANGUAGE too, as a list like ru_RU:en: the first language of ours in it counts."""
    if not isinstance(value, str):
        return value
    codes = [part[:2].lower() for part in value.split(":") if re.fullmatch(r"[A-Za-z]{2}(_\w+)?", part)]
    return next((code for code in codes if code in ("en", "ru")), value)


def _parse_zone(value: object) -> object:
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("no such time zone; write it like Europe/Moscow") from error


def _check_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value()):
        raise ValueError("a bot token looks like 123456:ABC-def and comes from @BotFather")
    return value


def _check_header(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if not (secret and secret.isascii() and secret.isprintable() and " " not in secret):
        raise ValueError("it must be one word of visible ASCII characters")
    return value


def _can_hold_file(path: Path) -> bool:
    return path.parent.is_dir() and not path.is_dir()


def _check_database(value: SecretStr) -> SecretStr:
    try:
        address = make_url(value.get_secret_value())
    except (ArgumentError, ValueError) as error:
        raise ValueError("it is no address of a database") from error
    if address.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise ValueError("it must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
    if address.host and address.drivername.startswith("sqlite"):
        raise ValueError("a file comes after three slashes, like sqlite+aiosqlite:///lines-bot.db")
    if address.drivername.startswith("sqlite") and not _can_hold_file(Path(address.database or "")):
        raise ValueError("the folder of that file does not exist, or the file is itself a folder")
    return value


def _is_proxy(address: str) -> bool:
    try:
        parts = urlsplit(address)
        has_place = bool(parts.hostname and parts.port)
    except ValueError:
        return False
    # A raw slash in a password makes the half before it a port, and the other half a path.
    has_more = parts.path.strip("/") or parts.query or parts.fragment
    is_known = parts.scheme in ("http", "socks4", "socks5")
    return is_known and has_place and not has_more and unquote(address).isascii()


def _check_proxy(value: SecretStr) -> SecretStr:
    if not _is_proxy(value.get_secret_value()):
        raise ValueError("it must look like http://host:port or socks5://user:password@host:port")
    if find_spec("aiohttp_socks") is None:
        raise ValueError('it needs the extra "proxy": install lines-bot[proxy]')
    return value


def _check_bundle(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise ValueError("the file holds no certificates in PEM form that can be read") from error
    return path


UserIds = Annotated[frozenset[int], NoDecode, BeforeValidator(_split)]
Targets = Annotated[
    tuple[Annotated[AlertTarget, BeforeValidator(_parse_target)], ...], NoDecode, BeforeValidator(_split)
]


class Settings(BaseSettings):
    """Every setting by its name in capitals; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    bot_token: Annotated[SecretStr, AfterValidator(_check_token)]
    telegram_api_url: HttpUrl = HttpUrl("https://api.telegram.org")
    telegram_proxy: Annotated[SecretStr, AfterValidator(_check_proxy)] | None = None
    lines_url: HttpUrl
    lines_token: Annotated[SecretStr, AfterValidator(_check_header)]
    lines_ca_bundle: Annotated[FilePath, AfterValidator(_check_bundle)] | None = None
    lines_rate: Annotated[int, Field(ge=1, le=6000)] = 60
    database_url: Annotated[SecretStr, AfterValidator(_check_database)] = SecretStr(
        "sqlite+aiosqlite:///lines-bot.db"
    )
    admins: Annotated[UserIds, Field(min_length=1)]
    chats: UserIds = frozenset()
    alert_chats: Annotated[Targets, Field(min_length=1)]
    poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 15
    queue_limit: Annotated[int, Field(ge=1)] = 10
    queue_wait: Annotated[int, Field(ge=1)] = 300
    health_listen: Annotated[Listen | None, NoDecode, BeforeValidator(_parse_listen)] = None
    language: Annotated[Literal["en", "ru"], BeforeValidator(_parse_language)] = "en"
    timezone: Annotated[ZoneInfo, BeforeValidator(_parse_zone)] = ZoneInfo("UTC")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def secrets(self) -> list[str]:
        """Every secret value, passwords within addresses too, for whoever must keep them out of the logs."""
        secrets = [value.get_secret_value() for _name, value in self if isinstance(value, SecretStr)]
        passwords = [password for secret in secrets if (password := urlsplit(secret).password)]
        return [*secrets, *passwords, *map(unquote, passwords)]


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings. Raises BadSettings with a sentence for each that is missing or wrong."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        problems: dict[str, str] = {}
        for found in error.errors(include_input=False, include_url=False):
            name = str(found["loc"][0]).upper()
            if found["type"] == "missing":
                sentence = f"{name} is missing: set it in the environment or in .env (see .env.example)."
            else:
                reason = found["msg"].removeprefix("Value error, ").rstrip(".")
                sentence = f"{name} cannot be used: {reason[0].lower()}{reason[1:]}."
            problems.setdefault(name, sentence)
        raise BadSettings("\n".join(problems.values())) from None


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets; what is shorter than six characters would blot out common words."""
    for secret in secrets:
        text = text.replace(secret, "***") if len(secret) >= 6 else text
    return text


class SecretFilter(logging.Filter):
    """Keeps secrets out of every record, those inside addresses and exceptions included."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.msg, record.args = hide(record.getMessage(), self._secrets), None
        record.exc_text = hide(record.exc_text, self._secrets) if record.exc_text else record.exc_text
        return True
