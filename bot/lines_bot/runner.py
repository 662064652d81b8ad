"""The process: from settings to a running bot, and out again without leaving anything half done."""

import asyncio
import gc
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from aiogram.exceptions import TelegramUnauthorizedError

from lines_bot.app import App, make_app
from lines_bot.settings import BadSettings, Settings
from lines_bot.store.errors import DatabaseTrouble

_log = logging.getLogger(__name__)


async def serve_forever(settings: Settings) -> str | None:
    """Run the bot until SIGINT or SIGTERM; a sentence if a setting keeps it from working."""
    for name, words in settings.list_warnings():
        _log.warning("%s: %s", name, words)
    try:
        async with make_app(settings) as app:
            _log.info("the bot runs; a look at Lines every %s s", settings.poll_seconds)
            return await run_until_stopped(run_app(app))
    except DatabaseTrouble as error:
        return f"DATABASE_URL cannot be used: {error}."
    except BadSettings as error:
        return str(error)


async def run_app(app: App) -> str | None:
    """Run the bot until cancelled; a sentence if Telegram refuses the token."""
    # aiogram's schema is 186,000 objects that never die: each collection that walks them stops the loop.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        await app.run()
    except TelegramUnauthorizedError:
        return "BOT_TOKEN is refused by Telegram: copy it again from @BotFather."
    return None


async def run_until_stopped(work: Coroutine[Any, Any, str | None]) -> str | None:
    """Run `work` until it ends or a SIGINT or SIGTERM comes."""
    working = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, working.cancel)
    try:
        return await working
    except asyncio.CancelledError:
        _log.info("stopped")
        return None
