import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from lines_bot.sandbox.faults import Fault
from lines_bot.sandbox.lines_server import LinesServer, Request, serve
from lines_bot.sandbox.world import World

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DISCONNECT = {"jsonrpc": "2.0", "id": 1, "method": "channels.disconnect", "params": {"id": "c"}}
DESCRIBE = {"jsonrpc": "2.0", "id": 2, "method": "system.describe"}


def small_world() -> World:
    channel = {"__id": "c", "_state": "active", "_type": "inbox"}
    return World({"now": "2026-11-22T09:30:00.000Z", "me": None, "channels": [channel]})


@pytest.fixture
async def server() -> AsyncIterator[LinesServer]:
    async with await serve(small_world(), "secret") as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(headers={"Authorization": "Bearer secret"}) as client:
        yield client


def state(server: LinesServer) -> str:
    return str(server.world.get("channels", "c")["_state"])


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.DOWN, 503), (Fault.HTML, 200), (Fault.QUOTA, 429), (Fault.DENY, 401)]
)
async def test_a_fault_at_the_door_answers_with_a_page_and_changes_nothing(
    server: LinesServer, http: httpx.AsyncClient, fault: Fault, status: int
) -> None:
    server.faults.inject(fault, times=1)
    answer = await http.post(server.url, json=DISCONNECT)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert state(server) == "active"
    assert (await http.post(server.url, json=DISCONNECT)).json()["result"]["item"]["_state"] == "disconnected"


async def test_an_exhausted_quota_tells_when_to_come_back(
    server: LinesServer, http: httpx.AsyncClient
) -> None:
    server.faults.retry_after = 17
    server.faults.inject(Fault.QUOTA, times=1)
    assert (await http.post(server.url, json=DESCRIBE)).headers["Retry-After"] == "17"


async def test_a_dropped_answer_leaves_the_change_done(server: LinesServer, http: httpx.AsyncClient) -> None:
    server.faults.inject(Fault.DROP, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post(server.url, json=DISCONNECT)
    assert state(server) == "disconnected"


async def test_a_slow_answer_waits_for_its_release(server: LinesServer, http: httpx.AsyncClient) -> None:
    server.faults.inject(Fault.SLOW, times=1)
    pending = asyncio.create_task(http.post(server.url, json=DISCONNECT))
    await server.wait_for_requests(1)
    assert state(server) == "disconnected"
    assert (await http.post(server.url, json=DESCRIBE)).status_code == 200
    assert not pending.done()
    server.faults.release()
    assert (await pending).json()["result"]["item"]["__id"] == "c"


async def test_a_release_lets_go_only_what_waits_then(server: LinesServer, http: httpx.AsyncClient) -> None:
    server.faults.inject(Fault.SLOW)
    server.faults.release()
    pending = asyncio.create_task(http.post(server.url, json=DESCRIBE))
    await server.wait_for_requests(1)
    server.faults.lasting = None
    assert (await http.post(server.url, json=DESCRIBE)).status_code == 200
    assert not pending.done()
    server.faults.release()
    assert (await pending).status_code == 200


async def test_a_server_stops_although_an_answer_is_held(http: httpx.AsyncClient) -> None:
    server = await serve(small_world(), "secret")
    server.faults.inject(Fault.SLOW)
    pending = asyncio.create_task(http.post(server.url, json=DESCRIBE))
    await server.wait_for_requests(1)
    await server.stop()
    await asyncio.wait([pending])
    with pytest.raises(httpx.ConnectError):
        await http.post(server.url, json=DESCRIBE)


async def test_faults_come_in_the_order_asked_for_and_then_the_lasting_one(
    server: LinesServer, http: httpx.AsyncClient
) -> None:
    server.faults.inject("deny", times=2)
    server.faults.inject("quota", times=1)
    server.faults.inject("down")
    statuses = [(await http.post(server.url, json=DESCRIBE)).status_code for _ in range(5)]
    assert statuses == [401, 401, 429, 503, 503]
    server.faults.inject("deny", times=1)
    server.faults.clear()
    assert (await http.post(server.url, json=DESCRIBE)).status_code == 200


async def test_requests_are_recorded_with_their_methods_and_faults(
    server: LinesServer, http: httpx.AsyncClient
) -> None:
    server.faults.inject(Fault.DOWN, times=1)
    await http.post(server.url, json=DESCRIBE)
    await http.post(server.url, json=[DESCRIBE, DISCONNECT])
    await http.post(server.url, content=b"nonsense")
    assert server.requests == [
        Request(("system.describe",), Fault.DOWN),
        Request(("system.describe", "channels.disconnect"), None),
        Request((), None),
    ]


async def test_the_clock_is_read_before_every_request(http: httpx.AsyncClient) -> None:
    times = iter([NOW, NOW + timedelta(hours=1)])
    async with await serve(small_world(), "secret", now=lambda: next(times)) as server:
        told: list[Any] = [
            (await http.post(server.url, json=DESCRIBE)).json()["result"]["now"] for _ in range(2)
        ]
    assert told == ["2026-11-22T09:30:00.000Z", "2026-11-22T10:30:00.000Z"]


async def test_a_token_of_any_bytes_is_refused_and_not_a_crash(
    server: LinesServer, http: httpx.AsyncClient
) -> None:
    answer = await http.post(server.url, json=DESCRIBE, headers={b"Authorization": b"Bearer \xff\xe9"})
    assert answer.status_code == 401
