"""aiogram as its guide begins, with one request to Lines for each command."""

import asyncio
import json
import os
from pathlib import Path

import httpx
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, Message, MessageEntity, ReplyParameters

from tests.bench.peers.question import QUESTION

made = json.loads(Path(os.environ["BENCH_MESSAGE"]).read_text())


async def main() -> None:
    api = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=api))
    dispatcher, lines = Dispatcher(), httpx.AsyncClient(timeout=60)

    @dispatcher.message(Command("channels"))
    async def list_channels(message: Message) -> None:
        answer = await lines.post(os.environ["LINES_URL"], json=QUESTION)
        assert answer.json()["result"]
        await message.answer(
            made["text"],
            entities=[MessageEntity(**each) for each in made["entities"]],
            reply_markup=InlineKeyboardMarkup(**made["reply_markup"]),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_parameters=ReplyParameters(message_id=message.message_id),
        )

    await dispatcher.start_polling(bot)


asyncio.run(main())
