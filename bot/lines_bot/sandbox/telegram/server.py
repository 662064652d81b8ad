"""The HTTP server: Telegram's Bot API under `/bot{token}/`, the chat page and its API beside it."""

import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiogram import methods, types
from aiogram.methods import TelegramMethod
from aiohttp import web

from lines_bot.sandbox.serving import listen, refuse_foreigners
from lines_bot.sandbox.telegram import messages, profile, refusals, wire
from lines_bot.sandbox.telegram.chat import Person
from lines_bot.sandbox.telegram.chats import Chats
from lines_bot.sandbox.telegram.faults import Drop, Faults, Garbage, Hold
from lines_bot.sandbox.telegram.floods import FloodLimits, Floods
from lines_bot.sandbox.telegram.page import Page, PanelAction
from lines_bot.sandbox.telegram.people import People
from lines_bot.sandbox.telegram.refusals import Refusal

LARGEST_REQUEST = 50 * 1024 * 1024
KEPT_REQUESTS = 10_000
METHODS = {**messages.METHODS, **profile.METHODS}
WRITES = (
    methods.SendMessage,
    methods.SendDocument,
    methods.SendPhoto,
    methods.EditMessageText,
    methods.EditEphemeralMessageText,
    methods.EditMessageReplyMarkup,
)
Call = TypeVar("Call", bound=TelegramMethod[Any])


class TelegramServer:
    """One bot's Telegram: `chats` is its state, `people` act in it, `faults` break it."""

    def __init__(self, token: str, chats: Chats, floods: Floods) -> None:
        self.url = ""
        self.chats = chats
        self.people = People(chats)
        self.faults = Faults()
        self.requests: deque[TelegramMethod[Any]] = deque(maxlen=KEPT_REQUESTS)
        self._token = token
        self._floods = floods
        self._under_way = 0

    def calls(self, method: type[Call]) -> list[Call]:
        """The requests of one method that came, refused ones too, oldest first."""
        return [request for request in self.requests if isinstance(request, method)]

    def is_quiet(self) -> bool:
        """The bot confirmed every update and no request of it is under way."""
        return not self.chats.updates and not self._under_way

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers one Bot API request in Telegram's envelope."""
        polls = request.match_info["method"].lower() == "getupdates"
        self._under_way += not polls
        try:
            answer = await self._execute(request)
            if isinstance(answer, Garbage):
                return web.Response(body=answer.body, status=answer.status)
            return web.json_response({"ok": True, "result": wire.to_json(answer)})
        except Refusal as refusal:
            retry_after = refusal.parameters.get("retry_after")
            headers = {"Retry-After": str(retry_after)} if retry_after else None
            return web.json_response(refusal.envelope(), status=refusal.code, headers=headers)
        finally:
            self._under_way -= not polls
            if not polls:
                self.chats.events.publish("requests", under_way=self._under_way)

    async def _execute(self, request: web.Request) -> Any:
        if request.match_info["token"] != self._token:
            raise refusals.unauthorized()
        try:
            call = await _read(request)
        except (ValueError, LookupError, RecursionError):
            # Of any layer: an encoding nobody knows, a form without its boundary, numbers too long to read.
            raise refusals.bad_request("can't parse the request") from None
        self.requests.append(call)
        fault = self.faults.next_for(type(call))
        if isinstance(fault, Refusal):
            raise fault
        if isinstance(fault, Garbage):
            return fault
        if isinstance(fault, Hold):
            fault.arrived.set()
            await fault.released.wait()
        answer = await self._answer(call)
        if isinstance(fault, Drop) and request.transport is not None:
            request.transport.abort()
        return answer

    async def _answer(self, call: TelegramMethod[Any]) -> Any:
        if isinstance(call, methods.GetUpdates):
            return await self.chats.updates.take(call)
        answer = METHODS.get(type(call))
        if answer is None:
            raise refusals.not_simulated(type(call).__api_method__)
        if isinstance(call, WRITES) and isinstance(call.chat_id, int):
            self._floods.admit(call.chat_id, self.chats.clock())
        return answer(self.chats, call)


@asynccontextmanager
async def serve(
    token: str,
    *,
    persons: Sequence[Person] = (),
    panel: Sequence[PanelAction] = (),
    floods: FloodLimits | None = None,
    bot_name: str = "Lines bot",
    username: str = "lines_demo_bot",
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[TelegramServer]:
    """Runs the server while the block runs. `port` 0 takes a free one; `floods` None limits no speed."""
    bot = types.User(
        id=int(token.partition(":")[0]),
        is_bot=True,
        first_name=bot_name,
        username=username,
        can_join_groups=True,
        can_read_all_group_messages=False,
        supports_inline_queries=False,
    )
    chats = Chats(bot, clock)
    for person in persons:
        chats.add_person(person)
    server = TelegramServer(token, chats, Floods(floods))
    page = Page(chats, server.people, panel, server.is_quiet)

    async def end_waiting(_: web.Application) -> None:
        chats.updates.refuse_poll(Refusal(502, "Bad Gateway"))
        chats.events.close()

    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[refuse_foreigners])
    app.on_shutdown.append(end_waiting)
    app.router.add_route("*", "/bot{token}/{method}", server.handle)
    app.add_routes(page.routes())
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    try:
        server.url = await listen(runner, host, port)
        yield server
    finally:
        await runner.cleanup()


async def _read(request: web.Request) -> TelegramMethod[Any]:
    fields: dict[str, Any] = dict(request.query)
    files = {}
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise refusals.bad_request("can't parse JSON object") from None
        fields |= body if isinstance(body, dict) else {}
    else:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = types.BufferedInputFile(value.file.read(), value.filename)
            else:
                fields[name] = value
    return wire.parse(request.match_info["method"], fields, files)
