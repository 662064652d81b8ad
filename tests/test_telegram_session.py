"""What goes over the wire to Telegram is small, and of what comes back only what is used is read."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import EditMessageText, SendDocument, SendMessage, SetMyCommands, TelegramMethod
from aiogram.types import BotCommand, BotCommandScopeChat, BufferedInputFile, ReplyParameters
from aiohttp import web

from lines_bot.telegram.callbacks import ShowChannel
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.session import TelegramSession
from lines_bot.telegram.views.view import View, button, fill, moment, reference, stack
from tests.clock import ZONE

PLACE = {"message_id": 7, "date": 0, "chat": {"id": 5, "type": "private"}}


@dataclass
class Wire:
    """A Telegram that keeps what was sent and answers every request with `result`."""

    result: Any = True
    url: str = ""
    sizes: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.sizes.append(request.content_length or 0)
        self.kinds.append(request.content_type)
        is_document = request.content_type == "application/json"
        self.fields.append(dict(await request.json() if is_document else await request.post()))
        return web.json_response({"ok": True, "result": self.result})

    @asynccontextmanager
    async def open_bot(self, session_type: type[AiohttpSession] = TelegramSession) -> AsyncIterator[Bot]:
        session = session_type(api=TelegramAPIServer.from_base(self.url))
        try:
            yield Bot("42:WIRE", session=session)
        finally:
            # AiohttpSession.close() sleeps for TLS connections; there are none here.
            await (await session.create_session()).close()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    opened = Wire()
    application = web.Application()
    application.router.add_post("/{path:.*}", opened.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    opened.url = site.name
    yield opened
    await runner.cleanup()


def make_list() -> dict[str, Any]:
    """A message as the lists have them: names, references, times and buttons."""
    with Language("en", ZONE).speak():
        at = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        rows = [
            fill("{name} {ref} {at}", name=f"Канал {n} 💬", ref=reference("4f2a91"), at=moment(at))
            for n in range(8)
        ]
        buttons = [[button(f"Канал {n}", ShowChannel(channel="4f2a91"), "primary")] for n in range(8)]
        return View(stack(*rows), buttons).as_message()


METHODS = [
    SendMessage(
        chat_id=5,
        message_thread_id=3,
        disable_notification=True,
        reply_parameters=ReplyParameters(message_id=4, allow_sending_without_reply=True),
        **make_list(),
    ),
    EditMessageText(chat_id=5, message_id=7, **make_list()),
    SetMyCommands(commands=[BotCommand(command="a", description="b")], scope=BotCommandScopeChat(chat_id=5)),
]


@pytest.mark.parametrize("method", METHODS)
async def test_one_document_holds_what_a_form_held_and_is_smaller(
    wire: Wire, method: TelegramMethod[Any]
) -> None:
    for session_type in (TelegramSession, AiohttpSession):
        wire.result = True if isinstance(method, SetMyCommands) else PLACE
        async with wire.open_bot(session_type) as bot:
            await bot(method)
    document, form = wire.fields
    read = {name: text if name == "text" else json.loads(text) for name, text in form.items()}
    assert document == read
    assert wire.kinds[0] == "application/json"
    assert wire.sizes[0] < 0.7 * wire.sizes[1]


async def test_a_file_still_goes_out_as_a_form(wire: Wire) -> None:
    wire.result = PLACE
    async with wire.open_bot() as bot:
        await bot(SendDocument(chat_id=5, document=BufferedInputFile(b"a;b", "table.csv"), caption="Table"))
    assert wire.kinds == ["multipart/form-data"]
    [fields] = wire.fields
    assert fields["caption"] == "Table"
    assert any(isinstance(each, web.FileField) and each.filename == "table.csv" for each in fields.values())


async def test_of_a_sent_message_only_its_place_is_read(wire: Wire) -> None:
    wire.result = {**PLACE, "message_thread_id": 3, "text": 17, "entities": "odd", "reply_markup": [[]]}
    async with wire.open_bot() as bot:
        sent = await bot.send_message(5, "Hello")
    assert (sent.message_id, sent.chat.id, sent.message_thread_id) == (7, 5, 3)
    assert sent.text is None
