"""As little of an HTTP/1.1 server as this benchmark needs, so that it costs as little as it can."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import cast

Serve = Callable[[str, bytes], Awaitable[bytes]]

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One request at a time: its path and body go to `serve`, which gives the JSON to answer with."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._unread = b""
        self._transport: asyncio.Transport
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _reason: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head = self._unread.find(_END)
        if head < 0:
            return
        length = _LENGTH.search(self._unread, 0, head)
        end = head + len(_END) + (int(length[1]) if length else 0)
        if len(self._unread) < end:
            return
        path = self._unread[: self._unread.index(b"\r\n")].split(b" ")[1].decode()
        body, self._unread = self._unread[head + len(_END) : end], self._unread[end:]
        task = asyncio.ensure_future(self._answer(path, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, path: str, body: bytes) -> None:
        content = await self._serve(path, body)
        self._transport.write(_HEAD % len(content) + content)


async def listen(serve: Serve) -> tuple[asyncio.Server, str]:
    """A server on a free port, and its address."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(serve), "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
