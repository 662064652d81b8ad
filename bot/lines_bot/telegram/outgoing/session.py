"""The HTTP side of Telegram, where an answer that cannot be read is a network that fails."""

import json
import math
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

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


class TelegramSession(AiohttpSession):
    """Raises nothing but TelegramAPIError, whatever is answered."""

    def __init__(self, **options: Any) -> None:
        super().__init__(json_loads=partial(json.loads, parse_int=_read_integer), **options)

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
