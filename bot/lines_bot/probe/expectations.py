"""What the bridge expects of a platform: the contract's fields, their shapes, and codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lines_bot.lines import ChannelState, ChannelType, Presence, SessionPriority, SessionState
from lines_bot.lines.models import Channel, Client, Item, Line, User, UserGroup
from lines_bot.lines.query import Application, Column, Field, Reference, References, Text, Time
from lines_bot.lines.sessions import Session


class Kind(StrEnum):
    ID = "id"
    TEXT = "text"
    CODE = "code"
    TIME = "time"
    REFERENCE = "reference"
    REFERENCES = "references"
    APPLICATION = "app"
    APPLICATIONS = "apps"


@dataclass(frozen=True)
class ExpectedField:
    """`path` is the collection and the field's name in the contract."""

    path: str
    kind: Kind

    @property
    def collection(self) -> str:
        return self.path.partition(".")[0]

    @property
    def name(self) -> str:
        return self.path.partition(".")[2]


_KINDS: Sequence[tuple[type[Column], Kind]] = (
    (Text, Kind.TEXT),
    (Time, Kind.TIME),
    (Reference, Kind.REFERENCE),
    (References, Kind.REFERENCES),
    (Application, Kind.APPLICATION),
)
_REFERENCE_SHAPES = frozenset({"reference", "item", "object with id", "text"})
SHAPES: Mapping[Kind, frozenset[str]] = {
    Kind.ID: frozenset({"text"}),
    Kind.TEXT: frozenset({"text", "time as text"}),
    Kind.CODE: frozenset({"text", "object with code", "boolean"}),
    Kind.TIME: frozenset({"Datetime", "Date", "time as text"}),
    Kind.REFERENCE: _REFERENCE_SHAPES,
    Kind.REFERENCES: frozenset({f"list of {shape}" for shape in _REFERENCE_SHAPES}),
    Kind.APPLICATION: frozenset({"reference", "item", "object with id", "object with code", "object"}),
    Kind.APPLICATIONS: frozenset({"list of reference", "list of item", "list of object with id"}),
}
CODES: Mapping[str, Sequence[str]] = {
    "channels._state": [each.value for each in ChannelState],
    "channels._type": [each.value for each in ChannelType],
    "sessions._state": [each.value for each in SessionState],
    "sessions._priority": [each.value for each in SessionPriority],
    "users.presence": [each.value for each in Presence],
}
# More of these are known to exist than the vendor names.
OPEN_CODES = frozenset({"channels._type"})
PLAIN_IDS = ("sessions._userId", "sessions._userGroupId")


def list_fields() -> Sequence[ExpectedField]:
    """Every field of every collection that the contract names."""
    items: Sequence[type[Item]] = (Line, Channel, Client, Session, User, UserGroup)
    return [
        ExpectedField(path, _find_kind(path, column))
        for item in items
        for fields in reversed(item.f.__mro__)
        for column in vars(fields).values()
        if isinstance(column, Column)
        for path in [f"{item.collection}.{column.name}"]
    ]


def _find_kind(path: str, column: Column) -> Kind:
    if path in CODES:
        return Kind.CODE
    for type_, kind in _KINDS:
        if isinstance(column, type_):
            return kind
    return Kind.ID if isinstance(column, Field) else Kind.APPLICATIONS
