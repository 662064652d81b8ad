"""The company of the sandbox's Telegram tests: four persons, a team and a bot to talk to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update
from aiogram.utils.formatting import Bold, Text

from lines_bot.sandbox.telegram import Person, TelegramServer, serve

TOKEN = "42:SANDBOX"
TEAM = -1001
LEAD = Person(101, "Anna Lead", "lead", "anna_lead")
OPERATOR = Person(102, "Oleg Operator", "operator")
STRANGER = Person(103, "Sam Stranger", "stranger")
OTHER_BOT = Person(104, "Other bot", "bot", "other_bot", is_bot=True)


@asynccontextmanager
async def open_telegram(**options: Any) -> AsyncIterator[TelegramServer]:
    """A server with the team's group; the stranger is in no group, the lead administers it."""
    async with serve(TOKEN, persons=[LEAD, OPERATOR, STRANGER, OTHER_BOT], **options) as server:
        server.chats.add_group(TEAM, "Support team", [OPERATOR, OTHER_BOT], administrators=[LEAD])
        yield server


@asynccontextmanager
async def open_bot(
    server: TelegramServer, token: str = TOKEN, session_type: type[AiohttpSession] = AiohttpSession
) -> AsyncIterator[Bot]:
    """aiogram's own client, pointed at the server."""
    session = session_type(api=TelegramAPIServer.from_base(server.url))
    try:
        yield Bot(token, session=session)
    finally:
        # AiohttpSession.close() sleeps for TLS connections; there are none here.
        await (await session.create_session()).close()


@asynccontextmanager
async def open_echo_bot(server: TelegramServer) -> AsyncIterator[Bot]:
    """A bot that repeats every text with a button and counts taps; it confirms an update after its work."""
    async with open_bot(server) as bot:
        working = asyncio.create_task(_echo(bot))
        try:
            yield bot
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


async def _echo(bot: Bot) -> None:
    confirmed = 0
    while True:
        for update in await bot.get_updates(offset=confirmed, timeout=50):
            await _answer(bot, update)
            confirmed = update.update_id + 1


async def _answer(bot: Bot, update: Update) -> None:
    if update.message and update.message.text:
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Count", callback_data="count:0")]]
        )
        text = Text("You said: ", Bold(update.message.text))
        await bot.send_message(update.message.chat.id, **text.as_kwargs(), reply_markup=keyboard)
    if update.callback_query and update.callback_query.message and update.callback_query.data:
        count = int(update.callback_query.data.removeprefix("count:")) + 1
        card = update.callback_query.message
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Count", callback_data=f"count:{count}")]]
        )
        await bot.answer_callback_query(update.callback_query.id, f"Counted {count}")
        await bot.edit_message_text(
            f"Taps: {count}", chat_id=card.chat.id, message_id=card.message_id, reply_markup=keyboard
        )
