"""The HTTP side of Telegram, where an answer that cannot be read is a network that fails."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from aiohttp import BytesPayload, FormData
from pydantic import BaseModel

# What tells a message from others and where it stands; the rest is what it shows.
_PLACE = (
    "message_id",
    "ephemeral_message_id",
    "date",
    "chat",
    "message_thread_id",
    "is_topic_message",
)

_MOST_DIGITS = 20


class UnreadableAnswer(TelegramNetworkError):
    """Somebody between us and Telegram answered, or Telegram did in words that nobody knows."""

    label = "An answer cannot be read"


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` without reading what an update holds: one odd update is no odd answer."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


def _read_integer(digits: str) -> float:
    """What is longer than 64 bits numbers nothing of Telegram's, and no field or database takes it."""
    return number if len(digits) <= _MOST_DIGITS and abs(number := int(digits)) < 2**63 else math.inf


class _Document(FormData):
    """One JSON document where aiogram would send a form with JSON in each field."""

    def __init__(self, fields: object) -> None:
        super().__init__()
        self._content = json.dumps(fields, ensure_ascii=False).encode()

    def __call__(self) -> BytesPayload:
        return BytesPayload(self._content, content_type="application/json")


class TelegramSession(AiohttpSession):
    """Raises nothing but TelegramAPIError, whatever is answered.

    Of a message that was sent or edited, only the place is read from the answer.
    """

    def __init__(self, api: TelegramAPIServer, proxy: str | None = None) -> None:
        super().__init__(proxy=proxy, api=api, json_loads=_read_answer)

    def build_form_data(self, bot: Bot, method: TelegramMethod[TelegramType]) -> FormData:
        """What is sent: a form only where there is a file to send."""
        if any(isinstance(value, InputFile) for value in method.__dict__.values()):
            return super().build_form_data(bot, method)
        return _Document(_write(method, bot))

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  # aiogram calls it so
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout)
        except (UnicodeError, LookupError) as error:
            raise UnreadableAnswer(method, f"its characters: {error}") from None

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        # The cause would carry the whole foreign answer into the log.
        try:
            response = super().check_response(bot, method, status_code, content)
        except TelegramAPIError as error:
            # A refusal need not say why, but everything that reads refusals takes a text for granted.
            error.message = error.message or f"HTTP {status_code}"
            raise
        except (ClientDecodeError, TypeError, RecursionError) as error:
            raise UnreadableAnswer(method, f"HTTP {status_code}, {type(error).__name__}") from None
        if response.result is None:
            raise UnreadableAnswer(method, f"HTTP {status_code} without a result")
        return response


def find_place(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message of Telegram without what it shows."""
    return {name: message[name] for name in _PLACE if name in message}


def _read_answer(content: str) -> Any:
    """What we sent is known: Telegram's copy of it is not read again."""
    answer = json.loads(content, parse_int=_read_integer)
    if isinstance(answer, dict) and isinstance(sent := answer.get("result"), dict) and "message_id" in sent:
        answer["result"] = find_place(sent)
    return answer


def _write(value: object, bot: Bot) -> object:
    """A value of aiogram as JSON has it, without what is not set."""
    if isinstance(value, Default):
        value = bot.default[value.name]
    if isinstance(value, BaseModel):
        fields = ((name, _write(each, bot)) for name, each in value.__dict__.items() if each is not None)
        return {name: each for name, each in fields if each is not None}
    if isinstance(value, list):
        return [_write(each, bot) for each in value]
    return round(value.timestamp()) if isinstance(value, datetime) else value
