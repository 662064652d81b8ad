"""A proxy on this machine that wants a user and a password, and that can be taken down and put back."""

import asyncio
from asyncio import StreamReader, StreamWriter
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from pydantic import SecretStr

USER, PASSWORD = "porter", "canary-of-the-proxy"
Admit = Callable[[StreamReader, StreamWriter], Awaitable[tuple[str, int] | None]]
"""Speaks with who came until it is known where they may go; None sends them away."""


async def admit_socks(reader: StreamReader, writer: StreamWriter) -> tuple[str, int] | None:
    """SOCKS5, to an IPv4 address."""
    await reader.readexactly(1)
    await _read_word(reader)
    writer.write(b"\x05\x02")
    await reader.readexactly(1)
    if (await _read_word(reader), await _read_word(reader)) != (USER.encode(), PASSWORD.encode()):
        writer.write(b"\x01\x01")
        return None
    writer.write(b"\x01\x00")
    await reader.readexactly(4)
    host, port = await reader.readexactly(4), await reader.readexactly(2)
    writer.write(b"\x05\x00\x00\x01" + bytes(6))
    return ".".join(map(str, host)), int.from_bytes(port)


async def admit_http(reader: StreamReader, writer: StreamWriter) -> tuple[str, int] | None:
    """HTTP's CONNECT."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    if b64encode(f"{USER}:{PASSWORD}".encode()).decode() not in request:
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        return None
    host, _, port = request.split()[1].rpartition(":")
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    return host, int(port)


async def hang_up(reader: StreamReader, _writer: StreamWriter) -> None:
    """Listens to the greeting and says no word."""
    await reader.read(65_536)


@dataclass
class Proxy:
    """`carried` is how many connections it led to where they wanted to go."""

    scheme: str
    admit: Admit
    port: int = 0
    carried: int = 0
    _served: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def address(self, password: str = PASSWORD) -> SecretStr:
        """The setting that leads a bot through it."""
        return SecretStr(f"{self.scheme}://{USER}:{password}@127.0.0.1:{self.port}")

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cut every connection and take no more, until it starts again at the same address."""
        if self._server is not None:
            self._server.close()
        for serving in self._served:
            serving.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        serving = asyncio.ensure_future(self._carry(reader, writer))
        self._served.add(serving)
        serving.add_done_callback(self._served.discard)

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError):
            try:
                goal = await self.admit(reader, writer)
                if goal is not None:
                    self.carried += 1
                    far_reader, far_writer = await asyncio.open_connection(*goal)
                    await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
            finally:
                writer.close()


@asynccontextmanager
async def open_proxy(scheme: str = "socks5", admit: Admit = admit_socks) -> AsyncIterator[Proxy]:
    proxy = Proxy(scheme, admit)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


async def _read_word(reader: StreamReader) -> bytes:
    """A word with its length before it."""
    return await reader.readexactly((await reader.readexactly(1))[0])


async def _pour(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    finally:
        writer.close()
