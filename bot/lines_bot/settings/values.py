"""What a setting may be: one reader or check for each kind of value; none repeats the value in its words."""

import re
import ssl
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import NoDecode
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# Telegram promises that the number of a person or chat has at most 52 significant bits.
_MOST_ID = 2**52
_NEAR_NAMES = ("localhost", "local", "internal", "lan", "home.arpa")
_NEAR_NETWORKS = tuple(
    map(
        ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


class AlertTarget(NamedTuple):
    """A chat, or one topic of a forum, that alerts go to."""

    chat: int
    topic: int | None = None


class Listen(NamedTuple):
    """An address of this machine to answer on."""

    host: str
    port: int


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _parse_target(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(-?\d{1,16})(?::(\d{1,16}))?", value)
    if match is None or abs(int(match[1])) >= _MOST_ID:
        raise ValueError("one of them is neither a chat id nor chat:topic")
    return AlertTarget(int(match[1]), int(match[2]) if match[2] else None)


def parse_listen(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)]|([\w.:-]+)):(\d{1,5})", value)
    if match is None or int(match[3]) > 65535:
        raise ValueError("write it as host:port, like 127.0.0.1:8000 or [::1]:8000")
    return Listen(match[1] or match[2], int(match[3]))


def lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def parse_zone(value: object) -> object:
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no such time zone; write it like Europe/Moscow") from error


def check_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value()):
        raise ValueError("a bot token looks like 123456:ABC-def and comes from @BotFather")
    return value


def check_header(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if not (secret and secret.isascii() and secret.isprintable() and " " not in secret):
        raise ValueError("it must be one word of visible ASCII characters")
    return value


def _check_address(value: HttpUrl) -> HttpUrl:
    if value.username is not None or value.password is not None:
        raise ValueError("write the address without a user and password before the host")
    try:
        httpx.URL(str(value))
    except httpx.InvalidURL as error:
        raise ValueError("it is no address of a server") from error
    return value


def _can_hold_file(path: Path) -> bool:
    try:
        return path.parent.is_dir() and not path.is_dir()
    except OSError:
        return False


def check_heartbeat(value: SecretStr) -> SecretStr:
    try:
        address = httpx.URL(value.get_secret_value())
    except httpx.InvalidURL as error:
        raise ValueError("it is no address of a server") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise ValueError("it must begin with https:// or http://")
    return value


def check_database(value: SecretStr) -> SecretStr:
    try:
        address = make_url(value.get_secret_value())
    except (ArgumentError, ValueError) as error:
        raise ValueError("it is no address of a database") from error
    if address.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise ValueError("it must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
    if address.host and address.drivername.startswith("sqlite"):
        raise ValueError("a file comes after three slashes, like sqlite+aiosqlite:///lines-bot.db")
    if address.drivername.startswith("sqlite") and not _can_hold_file(Path(address.database or "")):
        raise ValueError("the folder of that file cannot be used, or the file is itself a folder")
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


def check_proxy(value: SecretStr) -> SecretStr:
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


UserIds = Annotated[
    frozenset[Annotated[int, Field(gt=-_MOST_ID, lt=_MOST_ID)]], NoDecode, BeforeValidator(_split)
]
Targets = Annotated[
    tuple[Annotated[AlertTarget, BeforeValidator(_parse_target)], ...], NoDecode, BeforeValidator(_split)
]
Names = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*$")], ...], NoDecode, BeforeValidator(_split)
]
ServerAddress = Annotated[HttpUrl, AfterValidator(_check_address)]
Bundle = Annotated[Path, AfterValidator(_check_bundle)]


def find_passwords(address: str) -> list[str]:
    """The passwords within an address, as they are written there and as they are meant."""
    parts = urlsplit(address)
    written = [parts.password] if parts.password else []
    return [*written, *map(unquote, written), *parse_qs(parts.query).get("password", [])]


def is_near(host: str) -> bool:
    """Whether a host is this machine or in a private network, as far as its name tells."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(tuple(f".{name}" for name in _NEAR_NAMES))
    return any(address in network for network in _NEAR_NETWORKS)
