"""Filters as Python expressions: `(Channel.f.type == ChannelType.INBOX) & Channel.f.deleted_at.is_null()`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Generic, NoReturn, Protocol, TypeVar

from lines_bot.lines.enums import ChannelState, ChannelType, Presence, SessionPriority, SessionState

V = TypeVar("V")


@dataclass(frozen=True)
class Filter:
    """A condition on items; `expression` is its wire form. Combine with `&`, `|` and `~`."""

    expression: dict[str, object]

    def __and__(self, other: "Filter") -> "Filter":
        return self._joined("and", other)

    def __or__(self, other: "Filter") -> "Filter":
        return self._joined("or", other)

    def __invert__(self) -> "Filter":
        match self.expression:
            case {"not": dict(inner)}:
                return Filter(inner)
        return Filter({"not": self.expression})

    def __bool__(self) -> NoReturn:
        raise TypeError("A filter is neither true nor false: join filters with &, | and ~.")

    def _joined(self, operator: str, other: "Filter") -> "Filter":
        # Flat, because the contract allows a depth of 8 only.
        return Filter({operator: [*self._operands(operator), *other._operands(operator)]})

    def _operands(self, operator: str) -> list[object]:
        match self.expression.get(operator):
            case list(operands):
                return operands
        return [self.expression]


class Identified(Protocol):
    """An item, as far as a reference to it is concerned."""

    collection: ClassVar[str]

    @property
    def id(self) -> str: ...


def id_of(item: Identified | str) -> str:
    return item if isinstance(item, str) else item.id


class Column:
    """A field of an item; `name` is its wire name. What may be asked of it depends on its kind."""

    def __init__(self, name: str) -> None:
        self.name = name


class Field(Column, Generic[V]):
    """A field that can be compared with a value, and sorted by."""

    def _wire(self, value: V) -> object:
        return value

    def _compare(self, operator: str, value: V | None) -> Filter:
        return Filter({operator: [self.name, None if value is None else self._wire(value)]})

    def __eq__(self, value: V | None) -> Filter:  # type: ignore[override]  # a comparison makes a filter
        return self._compare("eq", value)

    def __ne__(self, value: V | None) -> Filter:  # type: ignore[override]  # a comparison makes a filter
        """Something else, or nothing at all."""
        return self._compare("neq", value)

    def in_(self, values: Iterable[V]) -> Filter:
        return Filter({"in": [self.name, [self._wire(value) for value in values]]})

    def is_null(self) -> Filter:
        return self._compare("eq", None)


class Text(Field[str]):
    def like(self, part: str) -> Filter:
        """The text contains `part`, in capitals or not."""
        return self._compare("like", part)


class Time(Field[datetime]):
    """A point in time, to the millisecond; nothing is before or after an empty one."""

    def _wire(self, value: datetime) -> object:
        if value.tzinfo is None:
            raise ValueError(f"{self.name} cannot be compared with a time without a time zone: {value}.")
        stamp = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return {"$time": stamp.replace("+00:00", "Z")}

    def __lt__(self, value: datetime) -> Filter:
        return self._compare("lt", value)

    def __le__(self, value: datetime) -> Filter:
        return self._compare("lte", value)

    def __gt__(self, value: datetime) -> Filter:
        return self._compare("gt", value)

    def __ge__(self, value: datetime) -> Filter:
        return self._compare("gte", value)


class Application(Column):
    """A link to an app's item."""

    def is_null(self) -> Filter:
        return Filter({"eq": [self.name, None]})


def reference(collection: str, item: Identified | str) -> dict[str, object]:
    """The wire form of a reference to `item`; TypeError if it belongs to another collection."""
    if not isinstance(item, str) and item.collection != collection:
        raise TypeError(f"This field refers to {collection}, not to {item.collection}.")
    return {"$ref": [collection, id_of(item)]}


class Reference(Field[Identified | str]):
    """A field that holds one item; compare it with an item or an id."""

    def __init__(self, name: str, collection: str) -> None:
        super().__init__(name)
        self.collection = collection

    def _wire(self, value: Identified | str) -> object:
        return reference(self.collection, value)


class References(Column):
    """A field that holds a list of items; an empty one holds nothing."""

    def __init__(self, name: str, collection: str) -> None:
        super().__init__(name)
        self.collection = collection

    def has(self, item: Identified | str) -> Filter:
        return Filter({"has": [self.name, reference(self.collection, item)]})

    def all_of(self, items: Iterable[Identified | str]) -> Filter:
        return Filter({"all": [self.name, [reference(self.collection, item) for item in items]]})


class ItemFields:
    """The fields that every collection has."""

    id = Field[str]("__id")
    name = Text("__name")
    created_at = Time("__createdAt")
    created_by = Reference("__createdBy", "users")
    updated_at = Time("__updatedAt")
    updated_by = Reference("__updatedBy", "users")
    deleted_at = Time("__deletedAt")


class ChannelFields(ItemFields):
    state = Field[ChannelState]("_state")
    type = Field[ChannelType]("_type")
    line = Reference("_line", "lines")


class ClientFields(ItemFields):
    channel = Reference("_channel", "channels")
    username = Text("_username")
    application_item = Application("_applicationItem")


class SessionFields(ItemFields):
    state = Field[SessionState]("_state")
    priority = Field[SessionPriority]("_priority")
    line = Reference("_line", "lines")
    channel = Reference("_channel", "channels")
    clients = References("_clients", "clients")
    user_id = Reference("_userId", "users")
    user_group_id = Reference("_userGroupId", "userGroups")
    apps = Column("_apps")
    accepted_at = Time("_acceptedAt")
    closed_at = Time("_closedAt")
    last_activity_at = Time("_lastActivityAt")
    external_chat_id = Text("_externalChatId")
    external_chat_name = Text("_externalChatName")


class UserFields(ItemFields):
    email = Text("email")
    presence = Field[Presence]("presence")
