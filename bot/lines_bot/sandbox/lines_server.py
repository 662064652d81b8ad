"""The embedded Lines server: a world behind the contract's HTTP address."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

from aiohttp import web

from lines_bot.sandbox import rpc
from lines_bot.sandbox.faults import Fault, Faults
from lines_bot.sandbox.serving import listen, refuse_foreigners
from lines_bot.sandbox.world import World

MAX_BODY = 4 * 1024 * 1024
PATH = "/rpc"


@dataclass(frozen=True)
class Request:
    """One HTTP request that reached the server."""

    methods: tuple[str, ...]
    fault: Fault | None


class LinesServer:
    """Serves `world` until `stop`; with `now` the world's clock is set before every request."""

    def __init__(self, world: World, token: str, now: Callable[[], datetime] | None = None) -> None:
        self.world = world
        self.faults = Faults()
        self.requests: list[Request] = []
        self.url = ""
        self._token = token
        self._now = now
        self._arrived = asyncio.Condition()
        application = web.Application(client_max_size=MAX_BODY, middlewares=[refuse_foreigners])
        application.router.add_post(PATH, self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)

    async def start(self, host: str, port: int) -> None:
        await self._runner.setup()
        self.url = await listen(self._runner, host, port) + PATH

    async def stop(self) -> None:
        self.faults.clear()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def wait_for_requests(self, count: int) -> None:
        """Return as soon as `count` requests have been taken since the start, answered or not."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        methods = rpc.methods_of(body)
        fault = self.faults.take(methods)
        answer = self._refuse_at_the_door(request, fault) or self._answer(body)
        async with self._arrived:
            self.requests.append(Request(methods, fault))
            self._arrived.notify_all()
        if fault is Fault.SLOW:
            await self.faults.wait_for_release()
        if fault is Fault.DROP and request.transport is not None:
            request.transport.abort()
        return answer

    def _refuse_at_the_door(self, request: web.Request, fault: Fault | None) -> web.Response | None:
        """The answers that come from the platform and not from JSON-RPC."""
        if fault is Fault.DENY or not self._knows_token(request):
            return _page(HTTPStatus.UNAUTHORIZED)
        match fault:
            case Fault.DOWN:
                return _page(HTTPStatus.SERVICE_UNAVAILABLE)
            case Fault.HTML:
                return _page(HTTPStatus.OK)
            case Fault.QUOTA:
                page = _page(HTTPStatus.TOO_MANY_REQUESTS)
                page.headers["Retry-After"] = str(self.faults.retry_after)
                return page
            case _:
                return None

    def _knows_token(self, request: web.Request) -> bool:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        given = bearer if scheme.lower() == "bearer" else request.headers.get("X-Token", "")
        return hmac.compare_digest(given.encode(errors="surrogateescape"), self._token.encode())

    def _answer(self, body: bytes) -> web.Response:
        if self._now is not None:
            self.world.now = self._now()
        return web.json_response(rpc.answer(self.world, body))


def _page(status: HTTPStatus) -> web.Response:
    text = f"<!doctype html><title>{status.phrase}</title><h1>{status.value} {status.phrase}</h1>"
    return web.Response(status=status, text=text, content_type="text/html")


async def serve(
    world: World,
    token: str,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    now: Callable[[], datetime] | None = None,
) -> LinesServer:
    """A started server; use it as `async with await serve(…) as server`, or call its `stop`."""
    server = LinesServer(world, token, now)
    await server.start(host, port)
    return server
