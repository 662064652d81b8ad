import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web
from pydantic import SecretStr

from lines_bot.lines import (
    LinesClient,
    OutcomeUnknown,
    QuotaExceeded,
    TimedOut,
)
from tests.lines.scripted_server import (
    TOKEN,
    Gate,
    Server,
    Time,
    page,
    well,
)


async def test_the_rate_holds_back_what_exceeds_it(server: Server, skip: Callable[[float], None]) -> None:
    async with LinesClient(server.url, SecretStr(TOKEN), rate=6, deadline=1000) as lines:
        await lines.describe()
        second = asyncio.create_task(lines.describe())
        async with LinesClient(server.url, SecretStr(TOKEN)) as other:
            await other.users.get("1")
        assert server.batches == [["system.describe"], ["users.search"]]
        skip(11)
        await second
    assert server.batches[2:] == [["system.describe"]]


async def test_retry_after_is_obeyed_to_the_second(lines: LinesClient, server: Server, time: Time) -> None:
    server.will(page(429, **{"Retry-After": "7"}))
    await lines.channels.get("1")
    assert time.pauses == [7]


async def test_a_mutation_turned_away_by_the_quota_is_told_when_to_come_back(
    lines: LinesClient, server: Server
) -> None:
    server.will(page(429, **{"Retry-After": "7"}))
    with pytest.raises(QuotaExceeded, match="wait 7 s") as caught:
        await lines.sessions.create("c", "anna")
    assert caught.value.retry_after == 7
    assert len(server.batches) == 1


async def test_the_next_call_waits_for_the_quota_too(lines: LinesClient, server: Server, time: Time) -> None:
    server.will(page(429, **{"Retry-After": "7"}))
    with pytest.raises(QuotaExceeded):
        await lines.sessions.create("c", "anna")
    await lines.sessions.create("c", "anna")
    assert time.pauses == [7]


async def test_a_quota_that_comes_back_after_the_deadline_fails_at_once(
    lines: LinesClient, server: Server, time: Time
) -> None:
    server.will(page(429, **{"Retry-After": "3600"}))
    with pytest.raises(QuotaExceeded):
        await lines.channels.get("1")
    assert time.pauses == []


@pytest.mark.parametrize("header", ["soon", "-1", "nan", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_a_retry_after_without_seconds_means_an_ordinary_pause(
    lines: LinesClient, server: Server, time: Time, header: str
) -> None:
    server.will(page(429, **{"Retry-After": header}))
    await lines.channels.get("1")
    (pause,) = time.pauses
    assert 0.5 <= pause <= 1


async def test_a_mutation_that_timed_out_is_unknown(
    lines: LinesClient, server: Server, skip: Callable[[float], None]
) -> None:
    gate = Gate()
    server.will(gate)
    change = asyncio.create_task(lines.sessions.create("c", "anna"))
    await gate.full.wait()
    skip(21)
    with pytest.raises(OutcomeUnknown, match="did not answer within 20 s"):
        await change
    assert len(server.batches) == 1


async def test_a_read_ends_at_its_deadline_even_while_a_request_is_under_way(
    lines: LinesClient, server: Server, skip: Callable[[float], None]
) -> None:
    gate = Gate()
    server.will(gate)
    read = asyncio.create_task(lines.channels.get("1"))
    await gate.full.wait()
    skip(31)
    with pytest.raises(TimedOut, match=r"did not answer channels\.search within 30 s"):
        await read


async def test_a_mutation_that_found_no_room_before_its_deadline_was_never_sent(
    server: Server, skip: Callable[[float], None]
) -> None:
    gate = Gate(waiters=4)
    server.will(*[gate] * 4)
    async with LinesClient(server.url, SecretStr(TOKEN), rate=6000, timeout=1000) as lines:
        reads = [asyncio.create_task(lines.channels.get(str(number))) for number in range(400)]
        await gate.full.wait()
        change = asyncio.create_task(lines.sessions.create("c", "anna"))
        await asyncio.sleep(0)
        skip(31)
        with pytest.raises(TimedOut, match=r"have time for sessions\.create"):
            await change
        gate.open.set()
        await asyncio.gather(*reads, return_exceptions=True)
        await lines.describe()
    assert ["sessions.create"] not in server.batches


async def test_latency_is_that_of_the_last_answered_request(
    lines: LinesClient, server: Server, time: Time
) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        time.now += 3
        return await well(request)

    server.will(slow, page(502))
    told = [lines.latency]
    await lines.describe()
    told.append(lines.latency)
    with pytest.raises(OutcomeUnknown):
        await lines.sessions.create("c", "anna")
    assert [*told, lines.latency] == [None, 3, 3]


async def test_an_answer_that_trickles_for_ever_times_out(
    lines: LinesClient, server: Server, skip: Callable[[float], None]
) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(10):
            await response.write(b" ")
            for _ in range(5):
                await asyncio.sleep(0)
            skip(4)
        await response.write(b"null")
        return response

    server.will(trickle)
    with pytest.raises(OutcomeUnknown, match="did not answer within 20 s"):
        await lines.sessions.create("c", "anna")


async def test_a_repeated_batch_takes_nobody_along_beyond_its_size(
    server: Server, time: Time, skip: Callable[[float], None]
) -> None:
    paused = asyncio.Event()

    async def pause(seconds: float) -> None:
        await time.sleep(seconds)
        paused.set()

    server.will(page(502))
    async with LinesClient(server.url, SecretStr(TOKEN), rate=6, clock=time, sleep=pause) as lines:
        first = [asyncio.create_task(lines.channels.get(str(number))) for number in range(60)]
        await paused.wait()
        second = [asyncio.create_task(lines.clients.get(str(number))) for number in range(60)]
        await asyncio.sleep(0)
        skip(11)
        await asyncio.gather(*first)
        skip(11)
        await asyncio.gather(*second)
    assert list(map(len, server.batches)) == [60, 60, 60]
