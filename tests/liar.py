"""A server between the bot and Lines that changes what Lines answers, call by call."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web

Lie = Callable[[Mapping[str, Any], Any], Any]


@asynccontextmanager
async def open_liar(lines: str, lie: Lie) -> AsyncIterator[str]:
    """Serve at the address it yields; `lie` makes the result that is told from a call and its true result."""
    http = httpx.AsyncClient()

    async def answer(request: web.Request) -> web.Response:
        calls = await request.json()
        headers = {"Authorization": request.headers["Authorization"]}
        told = (await http.post(lines, json=calls, headers=headers)).json()
        by_id = {call["id"]: call for call in (calls if isinstance(calls, list) else [calls])}
        for each in told if isinstance(told, list) else [told]:
            if "result" in each:
                each["result"] = lie(by_id[each["id"]], each["result"])
        return web.json_response(told)

    application = web.Application()
    application.router.add_post("/lines", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/lines"
    finally:
        await http.aclose()
        await runner.cleanup()
