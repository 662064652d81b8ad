"""How the embedded servers answer: at an address of this machine, and only to those who mean it."""

from aiohttp import web
from aiohttp.typedefs import Handler

_PORT_OF_HTTP = 80
_NAMES = ("127.0.0.1", "localhost", "[::1]")


class CannotListen(Exception):
    """This machine does not give the port; the words say why."""


async def listen(runner: web.AppRunner, host: str, port: int) -> str:
    """Serve a set-up application; the address that it has."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise CannotListen(error.strerror or str(error)) from error
    bound = runner.addresses[0]
    return f"http://{bound[0]}:{bound[1]}"


@web.middleware
async def refuse_foreigners(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A site whose name is led to this machine must neither read nor act here, nor one in another tab act."""
    port = _port(request)
    names = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == _PORT_OF_HTTP else set())
    if request.headers.get("Host", "").lower() not in names:
        raise web.HTTPMisdirectedRequest(text="This is another host than the one asked for.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in {f"http://{name}" for name in names}:
        raise web.HTTPForbidden(text="Another site may not ask here.")
    return await handler(request)


def _port(request: web.Request) -> int:
    transport = request.transport
    address = transport.get_extra_info("sockname") if transport is not None else None
    return int(address[1]) if address else 0
