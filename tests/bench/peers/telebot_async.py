"""pyTelegramBotAPI's asynchronous bot, and one request to Lines for each command."""

import asyncio
import json
import os
from pathlib import Path

import httpx
from telebot import asyncio_helper, types
from telebot.async_telebot import AsyncTeleBot

from tests.bench.peers.question import QUESTION

made = json.loads(Path(os.environ["BENCH_MESSAGE"]).read_text())
asyncio_helper.API_URL = os.environ["TELEGRAM_API_URL"] + "/bot{0}/{1}"
bot = AsyncTeleBot(os.environ["BOT_TOKEN"])
lines = httpx.AsyncClient(timeout=60)


@bot.message_handler(commands=["channels"])
async def list_channels(message: types.Message) -> None:
    answer = await lines.post(os.environ["LINES_URL"], json=QUESTION)
    assert answer.json()["result"]
    await bot.send_message(
        message.chat.id,
        made["text"],
        entities=[types.MessageEntity.de_json(each) for each in made["entities"]],
        reply_markup=types.InlineKeyboardMarkup.de_json(made["reply_markup"]),
        link_preview_options=types.LinkPreviewOptions(is_disabled=True),
        reply_parameters=types.ReplyParameters(message_id=message.message_id),
    )


asyncio.run(bot.infinity_polling())
