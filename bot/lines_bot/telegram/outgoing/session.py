"""The HTTP side of Telegram, where an answer that cannot be read is a network that fails."""

from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType


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


class TelegramSession(AiohttpSession):
    """Raises nothing but TelegramAPIError, whatever is answered."""

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
