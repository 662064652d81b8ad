"""The way to Telegram through a proxy; needs the extra "proxy"."""

from asyncio import IncompleteReadError

from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from lines_bot.telegram.outgoing.errors import ProxyFailed
from lines_bot.telegram.outgoing.session import TelegramSession


class ProxySession(TelegramSession):
    """Tells a proxy that fails as any failure of the network; the library below lets its errors through."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  # aiogram calls it so
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout)
        except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
            raise ProxyFailed(method, str(error)) from error
        except IncompleteReadError as error:
            raise ProxyFailed(method, "it hung up before it answered") from error
