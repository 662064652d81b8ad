"""The methods of the contract: what each takes, and what it does to the world."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lines_bot.sandbox.actor import Actor
from lines_bot.sandbox.errors import CallError, invalid
from lines_bot.sandbox.fields import FIELDS, SORTABLE, Item
from lines_bot.sandbox.filters import compile_filter, sort_items
from lines_bot.sandbox.world import World, published

Id = Annotated[str, Field(min_length=1)]
From = Annotated[int, Field(alias="from", ge=0)]
Size = Annotated[int, Field(ge=1, le=10_000)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Params(Shape):
    @model_validator(mode="before")
    @classmethod
    def take_null_for_absent(cls, params: dict[str, object]) -> dict[str, object]:
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {name: value for name, value in params.items() if value is not None or name not in known}


class Order(Shape):
    field: str
    ascending: bool = True


class Search(Params):
    where: dict[str, Any] | None = None
    sort: list[Order] = []
    offset: From = 0
    size: Size = 10
    fields: list[str] | None = None
    total: bool = True


class Target(Params):
    id: Id


class AppItem(Shape):
    namespace: Id
    code: Id
    id: Id


class ClientData(Shape):
    application_item: Annotated[AppItem | None, Field(alias="_applicationItem")]


class Save(Target):
    data: ClientData


class Create(Params):
    channel: Id
    account: Id


class ToOperator(Target):
    operator: Id


class ToGroup(Target):
    group: Annotated[Id, Field(alias="userGroup")]


class ToBot(Target):
    silent: bool = False


class Messages(Target):
    offset: From = 0
    size: Size = 10


class SystemMessage(Target):
    text: Annotated[str, Field(min_length=1, max_length=4096)]


def search(world: World, params: Search, collection: str) -> dict[str, object]:
    fields = FIELDS[collection]
    for order in params.sort:
        if order.field not in fields or fields[order.field].kind not in SORTABLE:
            raise invalid(f"Param 'sort': rows cannot be sorted by '{order.field}'.")
    for name in params.fields or ():
        if name not in fields:
            raise invalid(f"Param 'fields': there is no field '{name}' here.")
    matches = compile_filter(params.where, fields) if params.where is not None else lambda _: True
    found = [item for item in world.collections[collection].values() if matches(item)]
    ordered = sort_items(found, [(order.field, order.ascending) for order in params.sort])
    page = [published(item) for item in ordered[params.offset : params.offset + params.size]]
    if params.fields is not None:
        wanted = {"__id", *params.fields}
        page = [{name: value for name, value in item.items() if name in wanted} for item in page]
    return {"result": page, "total": len(found) if params.total else None}


def list_users(world: World, params: Target) -> dict[str, object]:
    group = world.get("userGroups", params.id)
    users = (world.find("users", user) for user in group.get("$users", ()))
    return {"result": [published(user) for user in users if user]}


def get_last_message(world: World, params: Target) -> dict[str, object]:
    messages = world.conversation(world.get("sessions", params.id))
    return {"item": published(messages[-1]) if messages else None}


def get_all_messages(world: World, params: Messages) -> dict[str, object]:
    messages = world.conversation(world.get("sessions", params.id))
    return {
        "result": [published(message) for message in messages[params.offset : params.offset + params.size]]
    }


P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Method(Generic[P]):
    params: type[P]
    run: Callable[[World, P], dict[str, object]]

    def __call__(self, world: World, params: dict[str, object]) -> dict[str, object]:
        try:
            checked = self.params.model_validate(params)
        except ValidationError as error:
            raise explain(error) from None
        return self.run(world, checked)


def acting(params: type[P], act: Callable[[Actor, P], Item]) -> Method[P]:
    """A method that the token's user performs, answered with the item as it then is."""
    return Method(params, lambda world, given: {"item": published(act(Actor(world, world.me), given))})


def explain(error: ValidationError) -> CallError:
    errors = error.errors(include_url=False, include_input=False)
    first = min(errors, key=lambda each: each["type"] != "extra_forbidden")
    name = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "extra_forbidden":
            return invalid(f"There is no param '{name}'.")
        case "missing":
            return invalid(f"Param '{name}' is missing.")
        case _:
            return invalid(f"Param '{name}': {first['msg']}.")


def describe(world: World, _: Params) -> dict[str, object]:
    user = world.find("users", world.me)
    return {
        "contract": 1,
        "bridge": "sandbox",
        "now": world.time,
        "methods": sorted(METHODS),
        "user": {"__id": user["__id"], "__name": user.get("__name")} if user else None,
    }


METHODS: dict[str, Method[Any]] = {
    "system.describe": Method(Params, describe),
    **{f"{name}.search": Method(Search, partial(search, collection=name)) for name in FIELDS},
    "userGroups.users": Method(Target, list_users),
    "channels.disconnect": acting(Target, lambda actor, params: actor.disconnect(params.id)),
    "channels.reconnect": acting(Target, lambda actor, params: actor.reconnect(params.id)),
    "clients.save": acting(
        Save,
        lambda actor, params: actor.link(
            params.id, params.data.application_item.model_dump() if params.data.application_item else None
        ),
    ),
    "sessions.create": acting(
        Create, lambda actor, params: actor.create_session(params.channel, params.account)
    ),
    "sessions.assignToOperator": acting(
        ToOperator, lambda actor, params: actor.assign_to_operator(params.id, params.operator)
    ),
    "sessions.assignToOperatorGroup": acting(
        ToGroup, lambda actor, params: actor.assign_to_group(params.id, params.group)
    ),
    "sessions.assignToBot": acting(ToBot, lambda actor, params: actor.assign_to_bot(params.id)),
    "sessions.close": acting(Target, lambda actor, params: actor.close(params.id)),
    "sessions.markAsSpam": acting(Target, lambda actor, params: actor.mark_as_spam(params.id)),
    "sessions.unmarkAsSpam": acting(Target, lambda actor, params: actor.unmark_as_spam(params.id)),
    "sessions.getLastMessage": Method(Target, get_last_message),
    "sessions.getAllMessages": Method(Messages, get_all_messages),
    "sessions.sendSystemMessage": acting(
        SystemMessage, lambda actor, params: actor.send_system_message(params.id, params.text)
    ),
}
