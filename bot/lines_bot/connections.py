"""The clients of the two servers that the bot stands between, as the settings want them."""

import ssl

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from lines_bot.lines import LinesClient
from lines_bot.settings import Settings
from lines_bot.telegram.outgoing.session import TelegramSession


def make_lines(settings: Settings, deadline: float = 10, timeout: float = 20) -> LinesClient:
    """The client for the bridge of the settings.

    `deadline` is seconds for a read with all its retries, `timeout` for one request.
    """
    bundle = settings.lines_ca_bundle
    verify = True if bundle is None else ssl.create_default_context(cafile=str(bundle))
    return LinesClient(
        str(settings.lines_url),
        settings.lines_token,
        rate=settings.lines_rate,
        verify=verify,
        deadline=deadline,
        timeout=timeout,
    )


def make_bot(settings: Settings) -> Bot:
    """The bot for the Telegram of the settings."""
    return Bot(settings.bot_token.get_secret_value(), session=_make_session(settings))


def _make_session(settings: Settings) -> TelegramSession:
    api = TelegramAPIServer.from_base(str(settings.telegram_api_url))
    if settings.telegram_proxy is None:
        session = TelegramSession(api=api)
    else:
        from lines_bot.telegram.outgoing.proxy import ProxySession

        session = ProxySession(proxy=settings.telegram_proxy.get_secret_value(), api=api)
    if settings.telegram_ca_bundle is not None:
        # aiogram's own way to other certificates, for want of a parameter.
        session._connector_init["ssl"] = ssl.create_default_context(cafile=str(settings.telegram_ca_bundle))
    return session
