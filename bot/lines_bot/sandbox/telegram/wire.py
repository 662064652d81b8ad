"""Between HTTP and aiogram's classes: a request becomes its method object, an object becomes JSON."""

import json
from collections.abc import Mapping
from typing import Any, get_args

from aiogram import methods
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile
from pydantic import BaseModel, ValidationError

from lines_bot.sandbox.telegram.refusals import Refusal, bad_request, unknown_method

METHODS: Mapping[str, type[TelegramMethod[Any]]] = {
    method.__api_method__.lower(): method
    for name in methods.__all__
    if isinstance(getattr(method := getattr(methods, name), "__api_method__", None), str)
}


def parse(
    name: str, fields: Mapping[str, Any], files: Mapping[str, BufferedInputFile]
) -> TelegramMethod[Any]:
    """The method object of a request; names are case-insensitive, as in Telegram.

    `fields` come as text from a query or a form and as values from a JSON body.
    """
    method = METHODS.get(name.lower())
    if method is None:
        raise unknown_method()
    values = {field: _read(method, field, value, files) for field, value in fields.items()}
    try:
        return method.model_validate(
            values | {key: files[key] for key in files.keys() & method.model_fields.keys()}
        )
    except ValidationError as error:
        raise _refusal(error) from error


def to_json(value: Any) -> Any:
    """What Telegram would send: no nulls, no aiogram defaults, Telegram's field names, unix times."""
    if isinstance(value, BaseModel):
        return to_json(value.model_dump(mode="python", by_alias=True, exclude_none=True, warnings=False))
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items() if not isinstance(item, Default)}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def _read(
    method: type[TelegramMethod[Any]], field: str, value: Any, files: Mapping[str, BufferedInputFile]
) -> Any:
    if not isinstance(value, str):
        return value
    if value.startswith("attach://"):
        attached = files.get(value.removeprefix("attach://"))
        if attached is None:
            raise bad_request("there is no file in the request")
        return attached
    if field in ("chat_id", "user_id"):
        return int(value) if value.removeprefix("-").isdigit() else value
    if field not in method.model_fields or _takes_text(method.model_fields[field].annotation):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {field.replace('_', ' ')} JSON object") from None


def _takes_text(annotation: Any) -> bool:
    return annotation is str or str in get_args(annotation)


def _refusal(error: ValidationError) -> Refusal:
    first = error.errors()[0]
    field = str(first["loc"][0]) if first["loc"] else "request"
    if first["type"] != "missing":
        return bad_request(f"can't parse {'.'.join(map(str, first['loc']))}: {first['msg']}")
    if field in ("text", "message_id"):
        return bad_request(
            {"text": "message text is empty", "message_id": "message identifier is not specified"}[field]
        )
    return bad_request(f"{field} is empty")
