"""Which fields each collection has, and what may be done with a field of each kind."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

# A raw item as the contract's JSON has it: the values are whatever the platform stores.
Item = dict[str, Any]


class Kind(Enum):
    ID = "id"
    TEXT = "text"
    CODE = "code"
    TIME = "time"
    REFERENCE = "reference"
    REFERENCES = "references"
    APP = "app"
    APPS = "apps"


EQUALITY = frozenset({"eq", "neq", "in"})
ORDER = frozenset({"gt", "gte", "lt", "lte"})
LIST = frozenset({"has", "all"})
OPERATORS = {
    Kind.ID: EQUALITY,
    Kind.TEXT: EQUALITY | {"like"},
    Kind.CODE: EQUALITY,
    Kind.TIME: EQUALITY | ORDER,
    Kind.REFERENCE: EQUALITY,
    Kind.REFERENCES: LIST,
    Kind.APP: frozenset({"eq", "neq"}),
    Kind.APPS: frozenset[str](),
}
SORTABLE = frozenset({Kind.ID, Kind.TEXT, Kind.CODE, Kind.TIME, Kind.REFERENCE})


@dataclass(frozen=True)
class Field:
    name: str
    kind: Kind
    target: str | None = None
    """The collection that a reference points into."""


COMMON = (
    Field("__id", Kind.ID),
    Field("__name", Kind.TEXT),
    Field("__createdAt", Kind.TIME),
    Field("__createdBy", Kind.REFERENCE, "users"),
    Field("__updatedAt", Kind.TIME),
    Field("__updatedBy", Kind.REFERENCE, "users"),
    Field("__deletedAt", Kind.TIME),
)
OWN = {
    "lines": (),
    "channels": (
        Field("_state", Kind.CODE),
        Field("_type", Kind.CODE),
        Field("_line", Kind.REFERENCE, "lines"),
    ),
    "clients": (
        Field("_channel", Kind.REFERENCE, "channels"),
        Field("_username", Kind.TEXT),
        Field("_applicationItem", Kind.APP),
    ),
    "sessions": (
        Field("_state", Kind.CODE),
        Field("_priority", Kind.CODE),
        Field("_line", Kind.REFERENCE, "lines"),
        Field("_channel", Kind.REFERENCE, "channels"),
        Field("_clients", Kind.REFERENCES, "clients"),
        Field("_userId", Kind.REFERENCE, "users"),
        Field("_userGroupId", Kind.REFERENCE, "userGroups"),
        Field("_apps", Kind.APPS),
        Field("_acceptedAt", Kind.TIME),
        Field("_closedAt", Kind.TIME),
        Field("_lastActivityAt", Kind.TIME),
        Field("_externalChatId", Kind.TEXT),
        Field("_externalChatName", Kind.TEXT),
    ),
    "users": (Field("email", Kind.TEXT), Field("presence", Kind.CODE)),
    "userGroups": (),
}
FIELDS: dict[str, dict[str, Field]] = {
    collection: {field.name: field for field in (*COMMON, *own)} for collection, own in OWN.items()
}
