"""A server that floods, packs oddly or asks to wait for ever: nothing is taken that nobody asked for."""

import gzip
import json

import pytest
from aiohttp import web
from pydantic import SecretStr

from lines_bot.lines import BadAnswer, LinesClient, QuotaExceeded
from lines_bot.lines.content import LARGEST
from tests.lines.scripted_server import TOKEN, Answer, Server, Time, page, result_of


def packed(content: bytes, **headers: str) -> Answer:
    """These bytes, under these headers, as they are."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response(body=content, content_type="application/json", headers=headers)

    return answer


def well(packing: str = "") -> bytes:
    call = {"id": 1, "method": "channels.search", "params": {}}
    content = json.dumps({"jsonrpc": "2.0", "id": 1, "result": result_of(call)}).encode()
    return gzip.compress(content) if packing else content


async def test_one_packing_is_asked_for(lines: LinesClient, server: Server) -> None:
    await lines.channels.get("1")
    assert server.headers[0]["Accept-Encoding"] == "gzip"


async def test_what_is_packed_as_asked_is_read(lines: LinesClient, server: Server) -> None:
    server.will(packed(well("gzip"), **{"Content-Encoding": "gzip"}))
    assert (await lines.channels.get("1")).id == "1"


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "deflate", "gzip, br", "zstd", "mystery"])
async def test_any_other_packing_is_no_answer_and_is_not_unpacked(
    lines: LinesClient, server: Server, packing: str
) -> None:
    bomb = gzip.compress(gzip.compress(bytes(LARGEST + 1)))
    server.will(*[packed(bomb, **{"Content-Encoding": packing})] * 20)
    with pytest.raises(BadAnswer, match="packed its answer in a way it was not asked for"):
        await lines.channels.get("1")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (gzip.compress(bytes(LARGEST + 1)), "more than 64 MiB"),
        (gzip.compress(b"{}")[:-9], "damaged"),
        (b"not packed at all", "damaged"),
        (gzip.compress(b"[" * 200_000), "instead of JSON"),
    ],
    # Their bytes tell the time at which they were packed.
    ids=["a bomb", "cut off", "not packed", "nested too deeply"],
)
async def test_what_does_not_unpack_to_an_answer_is_none(
    lines: LinesClient, server: Server, content: bytes, told: str
) -> None:
    server.will(*[packed(content, **{"Content-Encoding": "gzip"})] * 20)
    with pytest.raises(BadAnswer, match=told):
        await lines.channels.get("1")


@pytest.mark.parametrize("wait", ["999999999", "9" * 400, "86400"])
async def test_nobody_is_kept_from_lines_for_longer_than_five_minutes(
    lines: LinesClient, server: Server, time: Time, wait: str
) -> None:
    server.will(page(429, **{"Retry-After": wait}))
    with pytest.raises(QuotaExceeded):
        await lines.sessions.create("c", "anna")
    with pytest.raises(QuotaExceeded, match="it is asked again in 300 s"):
        await lines.channels.get("1")
    assert len(server.batches) == 1, "what cannot make it is refused at once"
    time.now += 301
    assert (await lines.channels.get("1")).id == "1"


@pytest.mark.parametrize("wait", ["-5", "soon", "", "1e9", "0x10", "٣", "Thu, 01 Jan 1970 00:00:00 GMT"])
async def test_a_pause_that_is_none_is_an_ordinary_one(
    lines: LinesClient, server: Server, time: Time, wait: str
) -> None:
    server.will(page(429, **{"Retry-After": wait}) if wait.isascii() else page(429))
    await lines.channels.get("1")
    assert sum(time.pauses) < 10


@pytest.mark.parametrize(("scheme", "trusted"), [("http", False), ("https", True)])
async def test_only_a_protected_address_goes_through_the_proxies_of_the_environment(
    scheme: str, trusted: bool
) -> None:
    async with LinesClient(f"{scheme}://lines.example/bridge", SecretStr(TOKEN)) as lines:
        assert lines._transport._endpoint._http.trust_env is trusted
