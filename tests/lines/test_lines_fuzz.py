"""Whatever an HTTP server sends, a call ends in a result or in an error of the one tree."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from pydantic import SecretStr

from lines_bot.lines import LinesClient, LinesError, Session
from tests.lines.scripted_server import TOKEN, Time, respond

ODD = [
    "0001-01-01T00:00:00+03:00",
    "9999-12-31T23:59:59-12:00",
    "2026-13-45T99:99:99Z",
    "\ud83d",
    "\0",
    1e308,
    float("nan"),
    float("-inf"),
    10**4000,
    -(2**63),
    {},
    [],
    [[]],
    {"__id": None},
    {"$time": "now"},
]
ITEM = {
    "__id": "1",
    "__name": "One",
    "__createdAt": "2026-11-22T09:30:00.000Z",
    "_state": "Waiting",
    "_clients": ["2"],
    "_apps": [{"namespace": "shop", "code": "orders", "id": "7"}],
    "_applicationItem": {"namespace": "shop", "code": "orders", "id": "7"},
    "_acceptedAt": "2026-11-22T09:30:00.000Z",
    "files": [{"__id": "3", "size": 12}],
    "body": "Hello",
}
VALUES = some.recursive(
    some.one_of(
        some.none(),
        some.booleans(),
        some.integers(),
        some.floats(),
        some.text(max_size=8),
        some.sampled_from(ODD),
    ),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
HEADERS = {
    "Content-Encoding": ["gzip", "gzip, gzip", "x-gzip", "identity", "br", "deflate", "", "\xff", "GZIP"],
    "Retry-After": [
        "0",
        "-1",
        "7",
        "1e9",
        "9" * 400,
        "soon",
        "Wed, 99 Foo 99999 99:99:99 +99999",
        "\xb2",
        "",
    ],
    "Date": ["Sun, 22 Nov 2026 09:30:00 GMT", "Mon, 00 Jan 0000 00:00:00 -9999"],
    "Content-Type": ["application/json", "text/html; charset=utf-16", "a/b; charset=nonsense", "\xff", ""],
    "Content-Length": ["0", "1", "1000000"],
    "Transfer-Encoding": ["chunked", "gzip"],
    "Location": ["http://[", "//", "\xff"],
}


@dataclass(frozen=True)
class Lie:
    """How an answer is spoilt: its status and headers, where another value is put, and how much is sent."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    steps: tuple[int, ...] = ()
    value: object = None
    is_packed: bool = False
    body: bytes | None = None
    cut: int | None = None

    def spoil(self, calls: list[dict[str, Any]]) -> bytes:
        document: Any = [self._answer(call) for call in calls]
        if self.steps:
            document = replace_at(document, self.steps, self.value)
        content = json.dumps(document).encode() if self.body is None else self.body
        if self.is_packed:
            content = gzip.compress(content)
        sent = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        head = f"HTTP/1.1 {self.status} Odd\r\n{sent}Connection: close\r\n\r\n"
        return head.encode("latin-1") + content[: self.cut]

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = respond(call)
        rows = answer["result"]
        if "result" in rows:
            rows["result"] = [ITEM]
        elif "item" in rows:
            rows["item"] = ITEM
        return answer


def replace_at(document: Any, steps: tuple[int, ...], value: object) -> Any:
    """The document with another value at the place to which the steps lead."""
    if not steps or not isinstance(document, dict | list) or not document:
        return value
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    key = keys[steps[0] % len(keys)]
    copied = dict(document) if isinstance(document, dict) else list(document)
    copied[key] = replace_at(document[key], steps[1:], value)
    return copied


LIES = some.builds(
    Lie,
    status=some.sampled_from([200, 200, 200, 200, 204, 302, 401, 404, 413, 429, 500, 503])
    | some.integers(100, 999),
    headers=some.lists(
        some.sampled_from([(name, value) for name, values in HEADERS.items() for value in values]),
        max_size=3,
        unique_by=lambda header: header[0],
    ).map(tuple),
    steps=some.lists(some.integers(0, 12), max_size=7).map(tuple),
    value=VALUES,
    is_packed=some.booleans(),
    body=some.none() | some.binary(max_size=40) | some.sampled_from([b"null", b"NaN", b"[[", b'{"id":null}']),
    cut=some.none() | some.integers(0, 300),
)


CALLS: dict[str, Callable[[LinesClient], Awaitable[object]]] = {
    "get": lambda lines: lines.channels.get("1"),
    "find": lambda lines: lines.clients.find(["1", "2"]),
    "all": lambda lines: lines.sessions.search().all(),
    "count": lambda lines: lines.sessions.search().count(),
    "describe": lambda lines: lines.describe(),
    "last message": lambda lines: lines.sessions.get_last_message("1"),
    "talk": lambda lines: act(lines).read_conversation(),
    "create": lambda lines: lines.sessions.create("c", "anna"),
    "close": lambda lines: act(lines).close(),
    "probe": lambda lines: lines.probe(),
}


def act(lines: LinesClient) -> Session:
    """A session that can act, without having been read."""
    return Session.model_validate({"__id": "1", "_state": "Waiting"}, context=lines._transport)


@asynccontextmanager
async def lying(lie: Lie) -> AsyncIterator[str]:
    """The address of a server that answers everything with this lie."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A client may think better of it and leave.
        with suppress(asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            writer.write(lie.spoil(body if isinstance(body, list) else [body]))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/rpc"


async def ask_everything(lie: Lie, alone: str) -> list[BaseException]:
    """What is neither a result nor an error of the tree, of one call alone and of all at once."""
    time = Time()
    async with (
        lying(lie) as url,
        LinesClient(
            url, SecretStr(TOKEN), rate=60_000, verify=False, deadline=3, clock=time, sleep=time.sleep
        ) as lines,
    ):
        outcomes = await asyncio.gather(CALLS[alone](lines), return_exceptions=True)
        outcomes += await asyncio.gather(*(call(lines) for call in CALLS.values()), return_exceptions=True)
    return [
        outcome
        for outcome in outcomes
        if isinstance(outcome, BaseException) and not isinstance(outcome, LinesError)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(lie=LIES, alone=some.sampled_from(sorted(CALLS)))
@example(Lie(status=429, headers=(("Retry-After", "9" * 400),)), "create")
@example(Lie(headers=(("Content-Encoding", "gzip, gzip"),), is_packed=True), "get")
@example(Lie(steps=(0, 1), value=10**4000), "all")
@example(Lie(steps=(0, 2, 0, 0, 2), value="0001-01-01T00:00:00+03:00"), "all")
@example(Lie(body=b"[" * 100_000), "close")
@example(Lie(body=b'{"id": 1, "result": ' + b"9" * 5000 + b"}"), "get")
def test_every_answer_ends_in_a_result_or_an_error_of_the_tree(lie: Lie, alone: str) -> None:
    assert asyncio.run(ask_everything(lie, alone)) == []


@pytest.mark.parametrize("call", CALLS)
def test_an_honest_answer_is_a_result_so_that_the_lies_begin_at_the_truth(call: str) -> None:
    async def ask() -> object:
        async with lying(Lie()) as url, LinesClient(url, SecretStr(TOKEN), verify=False) as lines:
            return await CALLS[call](lines)

    assert isinstance(asyncio.run(ask()), object)
