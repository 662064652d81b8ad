"""Callback data of every class of it: with true values, and with each field replaced in turn."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from aiogram.filters.callback_data import CallbackData
from pydantic.fields import FieldInfo

from lines_bot.references import EVERYONE, Kind, References
from lines_bot.store.database import Database
from lines_bot.telegram import callbacks, company_callbacks
from tests.story import Story

_TEXTS = ("", "ffffff", "../../..", "%00", "\x00", "' OR 1=1 --", "\u202e\u200b", "🙂" * 8, "f" * 48)
_NUMBERS = ("", "-1", "2147483647", "9223372036854775808", "-18446744073709551617", "9" * 48, "1e9", "0x1")


def list_classes() -> list[type[CallbackData]]:
    """Everything a button can carry."""
    return [
        each
        for each in [*vars(callbacks).values(), *vars(company_callbacks).values()]
        if isinstance(each, type) and issubclass(each, CallbackData) and each is not CallbackData
    ]


def forge(kind: type[CallbackData], known: Mapping[str, str]) -> Sequence[str]:
    """Well-formed at first sight; `known` are true values by the field's name, so that one alone is wrong."""
    usual = _fill_in(kind, known)
    return [
        kind.__separator__.join([kind.__prefix__, *usual[:place], value, *usual[place + 1 :]])
        for place, field in enumerate(kind.model_fields.values())
        for value in (_NUMBERS if _find_type(field) is int else _TEXTS)
    ]


def write(kind: type[CallbackData], known: Mapping[str, str]) -> str:
    """What a button of this class carries, of the values in `known` by the field's name."""
    return kind.__separator__.join([kind.__prefix__, *_fill_in(kind, known)])


async def name_everything(story: Story) -> dict[str, str]:
    """A true value for each field that a button can carry."""
    world, known = story.servers.simulation.world, {"seen": "0000", "by": str(story.admin.id), "until": "1"}
    objects = {
        Kind.CHANNEL: story.channel("Shop Instagram")["__id"],
        Kind.LINE: story.line("Shop")["__id"],
        Kind.SESSION: story.sessions("Waiting")[0]["__id"],
        Kind.OPERATOR: next(iter(world.items("users")))["__id"],
        Kind.GROUP: next(iter(world.items("userGroups")))["__id"],
    }
    database = Database(story.settings.database_url)
    references = References(database, story.clock)
    for kind, target in objects.items():
        known[kind] = (await references.ids_to_refs(kind, [target]))[target]
    known["text"] = await references.ref_of_text("shop", EVERYONE)
    await database.close()
    # What one kind of button carries is no rule and no mute.
    return known | {"rule": known["text"], "key": known["text"], "name": "queue_limit"}


def _fill_in(kind: type[CallbackData], known: Mapping[str, str]) -> list[str]:
    return [known.get(name, _find_usual(field)) for name, field in kind.model_fields.items()]


def _find_usual(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return str(get_args(field.annotation)[0])
    return "1" if _find_type(field) in (int, bool) else "ffffff"


def _find_type(field: FieldInfo) -> Any:
    annotation = field.annotation
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
