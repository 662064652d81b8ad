"""Callback data that no button of the bot carries: of every class of it, each field replaced in turn."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from aiogram.filters.callback_data import CallbackData
from pydantic.fields import FieldInfo

from lines_bot.telegram import callbacks, company_callbacks

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
    fields = kind.model_fields
    usual = [known.get(name, _find_usual(field)) for name, field in fields.items()]
    return [
        kind.__separator__.join([kind.__prefix__, *usual[:place], value, *usual[place + 1 :]])
        for place, field in enumerate(fields.values())
        for value in (_NUMBERS if _find_type(field) is int else _TEXTS)
    ]


def _find_usual(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return str(get_args(field.annotation)[0])
    return "1" if _find_type(field) in (int, bool) else "ffffff"


def _find_type(field: FieldInfo) -> Any:
    annotation = field.annotation
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
