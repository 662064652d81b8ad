"""The body of an HTTP answer: received, unpacked and read as JSON, within limits."""

import asyncio
import json
import re
import zlib
from collections.abc import Callable
from typing import TypeVar

import httpx

from lines_bot.lines.errors import BadAnswer

R = TypeVar("R")

LARGEST = 64 * 1024 * 1024  # bytes, packed or not: the largest page, 10,000 rows, at 6 KiB each
MOST_VALUES = 4_000_000  # a value takes up to 20 times its bytes in memory
LARGE = 256 * 1024  # bytes that take a few milliseconds to read
PACKINGS = frozenset({"gzip", "x-gzip"})
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
MEDIA_TYPE = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,40}", re.ASCII)


async def receive(response: httpx.Response, host: str) -> bytes:
    """The body as it was sent. BadAnswer if it grows too large, or was packed in a way nobody asked for."""
    packing = _packing(response)
    if packing and packing not in PACKINGS:
        raise BadAnswer(
            f"Lines at {host} packed its answer in a way it was not asked for.", status=response.status_code
        )
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > LARGEST:
            raise _too_large(response, host)
    return bytes(content)


def unpack(content: bytes, response: httpx.Response, host: str) -> bytes:
    """The body as it was meant. BadAnswer if it is damaged or grows too large."""
    if not (content and _packing(response)):
        return content
    decompressor = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = decompressor.decompress(content, LARGEST + 1)
    except zlib.error:
        unpacked = b""
    if len(unpacked) > LARGEST:
        raise _too_large(response, host)
    if not decompressor.eof:
        raise BadAnswer(f"Lines at {host} sent a damaged answer.", status=response.status_code)
    return unpacked


def read_json(content: bytes, response: httpx.Response, host: str) -> object:
    """What the body says. BadAnswer if it is no JSON."""
    if content.count(b",") > MOST_VALUES:
        raise _too_large(response, host)
    try:
        document: object = json.loads(content.decode("utf-8-sig"), object_hook=_give_way)
        if SURROGATE.search(content):
            # The platform may cut a text inside an emoji; half a character would break whoever shows it.
            document = json.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        told = MEDIA_TYPE.match(response.headers.get("Content-Type", ""))
        kind = (told[0] if told else "something") if content else "nothing"
        raise BadAnswer(
            f"Lines at {host} answered with {kind} instead of JSON (HTTP {response.status_code}).",
            status=response.status_code,
        ) from None
    return document


def is_large(content: bytes, response: httpx.Response) -> bool:
    """Whether reading it would hold up the loop."""
    return len(content) > LARGE or _packing(response) != ""


async def compute(work: Callable[[], R], *, apart: bool) -> R:
    """The result of `work`, done in a thread if it is to be kept `apart` from the loop."""
    return await asyncio.to_thread(work) if apart else work()


def _packing(response: httpx.Response) -> str:
    packing: str = response.headers.get("Content-Encoding", "").strip().lower()
    return "" if packing == "identity" else packing


def _give_way(parsed: dict[str, object]) -> dict[str, object]:
    """Between two calls into Python the parser lets the loop's thread run; without them it does not."""
    return parsed


def _too_large(response: httpx.Response, host: str) -> BadAnswer:
    return BadAnswer(
        f"Lines at {host} sent more than {LARGEST >> 20} MiB: ask for less at once.",
        status=response.status_code,
    )
