"""What Lines holds, as frozen items that can act.

An item is what was true when it was read: an operation returns the item anew and leaves the old one as it
was. Every attribute but `id` may be empty. Fields that the contract does not name pass through
(`item.model_extra`). Operations raise a `LinesError`; a rule that can be seen from the item is checked before
the call, and can be asked with `obstacle_to_…()`, which returns the error that the operation would raise.
"""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic.alias_generators import to_camel

from lines_bot.lines.enums import (
    RECONNECTABLE_STATES,
    RECONNECTABLE_TYPES,
    ChannelState,
    ChannelType,
    Presence,
)
from lines_bot.lines.errors import NotReconnectable, Refused, WrongState
from lines_bot.lines.query import (
    ChannelFields,
    ClientFields,
    Column,
    ItemFields,
    UserFields,
)
from lines_bot.lines.times import Time
from lines_bot.lines.transport import Transport

T = TypeVar("T")
A = TypeVar("A", bound=BaseModel)
I = TypeVar("I", bound="Item")  # noqa: E741  # an item

Many = Annotated[tuple[T, ...], BeforeValidator(lambda value: () if value is None else value)]


def wire_names(fields: type[ItemFields]) -> Callable[[str], str]:
    """Tells the wire name of an attribute: the searchable fields know theirs, the rest are in camel case."""

    def wire_name(attribute: str) -> str:
        column = getattr(fields, attribute, None)
        return column.name if isinstance(column, Column) else to_camel(attribute)

    return wire_name


class Item(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="allow", populate_by_name=True, alias_generator=wire_names(ItemFields)
    )
    collection: ClassVar[str]
    f: ClassVar[type[ItemFields]] = ItemFields

    id: str = Field(min_length=1)
    name: str | None = None
    created_at: Time = None
    created_by: str | None = None
    updated_at: Time = None
    updated_by: str | None = None
    deleted_at: Time = None

    _transport: Transport | None = PrivateAttr(None)

    def model_post_init(self, context: Any, /) -> None:
        self._transport = context if isinstance(context, Transport) else None

    def __eq__(self, other: object) -> bool:
        """Items are equal when they say the same, whoever read them."""
        if not isinstance(other, Item) or type(self) is not type(other):
            return NotImplemented
        return (vars(self), self.model_extra) == (vars(other), other.model_extra)

    def _call(self) -> Transport:
        if self._transport is None:
            raise RuntimeError(f"{type(self).__name__} {self.id} was not read from Lines, so it cannot act.")
        return self._transport

    async def _ask(self, operation: str, answer: type[A], **params: object) -> A:
        return await self._call().read(f"{self.collection}.{operation}", {"id": self.id, **params}, answer)

    async def _act(self, operation: str, answer: type[A], **params: object) -> A:
        return await self._call().change(f"{self.collection}.{operation}", {"id": self.id, **params}, answer)


def stop_at(obstacle: Refused | None) -> None:
    if obstacle is not None:
        raise obstacle


class ItemAnswer(BaseModel, Generic[T]):
    item: T


class Page(BaseModel, Generic[I]):
    result: list[I]
    total: int | None = None


class AppItem(BaseModel):
    """A reference to an item of an app, such as a contact."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    namespace: str
    code: str
    id: str


class Line(Item):
    collection = "lines"


class Channel(Item):
    """A messenger account that belongs to a line."""

    model_config = ConfigDict(alias_generator=wire_names(ChannelFields))
    collection = "channels"
    f: ClassVar[type[ChannelFields]] = ChannelFields

    state: ChannelState | None = None
    type: ChannelType | None = None
    line: str | None = None

    def obstacle_to_disconnect(self) -> Refused | None:
        return None if self.state == ChannelState.ACTIVE else WrongState(state=self.state)

    async def disconnect(self) -> "Channel":
        stop_at(self.obstacle_to_disconnect())
        return (await self._act("disconnect", ItemAnswer[Channel])).item

    def obstacle_to_reconnect(self) -> Refused | None:
        if self.type not in RECONNECTABLE_TYPES:
            return NotReconnectable(type=self.type)
        return None if self.state in RECONNECTABLE_STATES else WrongState(state=self.state)

    @property
    def can_reconnect(self) -> bool:
        return self.obstacle_to_reconnect() is None

    async def reconnect(self) -> "Channel":
        stop_at(self.obstacle_to_reconnect())
        return (await self._act("reconnect", ItemAnswer[Channel])).item


class Client(Item):
    """A person who writes through one channel; the same person in two messengers is two clients."""

    model_config = ConfigDict(alias_generator=wire_names(ClientFields))
    collection = "clients"
    f: ClassVar[type[ClientFields]] = ClientFields

    channel: str | None = None
    username: str | None = None
    application_item: AppItem | None = None

    def with_application_item(self, item: AppItem | None) -> "Client":
        """The client linked with an app's item, or with none; `save()` makes it so in Lines."""
        return self.model_copy(update={"application_item": item})

    async def save(self) -> "Client":
        linked = self.application_item
        data = {"_applicationItem": None if linked is None else linked.model_dump()}
        return (await self._act("save", ItemAnswer[Client], data=data)).item


class User(Item):
    model_config = ConfigDict(alias_generator=wire_names(UserFields))
    collection = "users"
    f: ClassVar[type[UserFields]] = UserFields

    email: str | None = None
    presence: Presence | None = None


class UserGroup(Item):
    collection = "userGroups"

    async def users(self) -> list[User]:
        return (await self._ask("users", Page[User])).result
