"""aiogram with a collector that leaves its schema alone, answering with a message made beforehand."""

import asyncio
import gc
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)

from tests.bench.gauges import note_stops

made = json.loads(Path(os.environ["BENCH_MESSAGE"]).read_text())


async def main() -> None:
    content = {
        "text": made["text"],
        "entities": [MessageEntity(**each) for each in made["entities"]],
        "reply_markup": InlineKeyboardMarkup(**made["reply_markup"]),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }
    api = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=api))
    dispatcher = Dispatcher()

    async def list_channels(message: Message) -> None:
        reply = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
        await bot.send_message(message.chat.id, reply_parameters=reply, **content)

    async def refresh(query: CallbackQuery) -> None:
        assert query.message
        await query.answer()
        await bot.edit_message_text(
            chat_id=query.message.chat.id, message_id=query.message.message_id, **content
        )

    dispatcher.message.register(list_channels, Command("channels"))
    dispatcher.callback_query.register(refresh)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    noting = asyncio.create_task(note_stops())
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, polling.cancel)
    with suppress(asyncio.CancelledError):
        await polling
    noting.cancel()
    with suppress(asyncio.CancelledError):
        await noting


asyncio.run(main())
