"""A server that answers as each test tells it to, and a time that passes only when somebody sleeps."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "t0ken-of-the-test"

Call = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Time:
    """A clock that stands still, and a sleep that moves it on at once."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def result_of(call: Call) -> object:
    """What a server in good health answers."""
    name = call["params"].get("id", "1")
    match call["method"].partition(".")[2]:
        case "describe":
            return {"contract": 1, "bridge": "0", "now": "2026-11-22T09:30:00.000Z", "methods": []}
        case "search" | "getAllMessages" | "users":
            return {"result": [{"__id": "1", "__name": call["method"]}], "total": 1}
    return {"item": {"__id": name, "__name": call["method"]}}


def respond(call: Call) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": call["id"], "result": result_of(call)}


def page(status: int, text: str = "<h1>Sorry</h1>", **headers: str) -> Answer:
    """An HTML answer, as a proxy or the platform's door gives."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)

    return answer


def document(make: Callable[[list[Call]], object], status: int = 200) -> Answer:
    """A JSON answer made from the calls of the request."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        return web.json_response(make(body if isinstance(body, list) else [body]), status=status)

    return answer


async def well(request: web.Request) -> web.StreamResponse:
    body = await request.json()
    return web.json_response([respond(each) for each in body] if isinstance(body, list) else respond(body))


async def hang_up(request: web.Request) -> web.StreamResponse:
    """The request was read, and nothing comes back."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Gate:
    """Answers that wait until the test opens the gate."""

    def __init__(self, waiters: int = 1) -> None:
        self.open = asyncio.Event()
        self.full = asyncio.Event()
        self._missing = waiters

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self._missing -= 1
        if self._missing == 0:
            self.full.set()
        await self.open.wait()
        return await well(request)


@dataclass
class Server:
    """Answers with `answers`, one a request, and then well."""

    url: str = ""
    answers: deque[Answer] = field(default_factory=deque)
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    def will(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    @property
    def batches(self) -> list[list[str]]:
        """The methods called, request by request."""
        return [
            [call["method"] for call in (body if isinstance(body, list) else [body])] for body in self.bodies
        ]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(json.loads(await request.read()))
        self.headers.append(dict(request.headers))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            return await (self.answers.popleft() if self.answers else well)(request)
        finally:
            self.running -= 1


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    application = web.Application(client_max_size=1 << 26)
    application.router.add_post("/rpc", server.serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/rpc"
    yield server
    await runner.cleanup()
