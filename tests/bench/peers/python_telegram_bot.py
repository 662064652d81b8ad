"""python-telegram-bot with concurrent updates, and one request to Lines for each command."""

import json
import os
from pathlib import Path

import httpx
from telegram import (
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.ext import Application, CommandHandler, ContextTypes

from tests.bench.peers.question import QUESTION

made = json.loads(Path(os.environ["BENCH_MESSAGE"]).read_text())
lines = httpx.AsyncClient(timeout=60)


async def list_channels(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message
    answer = await lines.post(os.environ["LINES_URL"], json=QUESTION)
    assert answer.json()["result"]
    await update.message.reply_text(
        made["text"],
        entities=[MessageEntity.de_json(each, context.bot) for each in made["entities"]],
        reply_markup=InlineKeyboardMarkup.de_json(made["reply_markup"], context.bot),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(message_id=update.message.message_id),
    )


builder = Application.builder().token(os.environ["BOT_TOKEN"]).concurrent_updates(True)
builder = builder.base_url(os.environ["TELEGRAM_API_URL"] + "/bot").connection_pool_size(100).pool_timeout(60)
application = builder.build()
application.add_handler(CommandHandler("channels", list_channels))
application.run_polling()
