"""Lines that is known to be down keeps nobody waiting, and is found again by one call."""

import asyncio
from collections.abc import Callable

import pytest

from lines_bot.lines import (
    AccessDenied,
    BadAnswer,
    LinesClient,
    LinesError,
    OutcomeUnknown,
    QuotaExceeded,
    TimedOut,
)
from lines_bot.lines.circuit import KNOWN_FOR
from tests.lines.scripted_server import Answer, Gate, Server, Time, document, hang_up, page, well

OUTAGES = [
    pytest.param(page(503), BadAnswer, "HTTP 503", id="503"),
    pytest.param(page(200), BadAnswer, "text/html instead of JSON", id="a login page"),
    pytest.param(hang_up, BadAnswer, "broke off", id="hung up"),
    pytest.param(page(429), QuotaExceeded, "used up", id="429"),
    pytest.param(document(lambda _calls: []), BadAnswer, "0 of 1 calls", id="answers nothing"),
]


async def find_out(lines: LinesClient, server: Server, outage: Answer) -> None:
    """Let one read find out that Lines is down."""
    server.will(*[outage] * 20)
    with pytest.raises(LinesError):
        await lines.channels.get("1")


def count(server: Server, time: Time) -> tuple[int, int]:
    return len(server.bodies), len(time.pauses)


@pytest.mark.parametrize(("outage", "error", "reason"), OUTAGES)
async def test_while_lines_is_known_to_be_down_every_call_is_refused_at_once_with_the_reason(
    lines: LinesClient, server: Server, time: Time, outage: Answer, error: type[LinesError], reason: str
) -> None:
    assert lines.trouble is None
    await find_out(lines, server, outage)
    before = count(server, time)
    for call in (lines.users.get("1"), lines.sessions.create("c", "anna"), lines.describe()):
        with pytest.raises(error, match=reason):
            await call
    assert count(server, time) == before
    assert isinstance(lines.trouble, error)


async def test_a_probe_asks_until_lines_answers_and_then_everybody_may(
    lines: LinesClient, server: Server
) -> None:
    await find_out(lines, server, page(503))
    with pytest.raises(BadAnswer, match="503"):
        await lines.probe()
    server.answers.clear()
    server.will(page(503), page(503))
    server.bodies.clear()
    await lines.probe()
    assert server.batches == [["system.describe"]] * 3
    assert lines.trouble is None
    assert (await lines.channels.get("1")).id == "1"


async def test_a_probe_costs_nothing_while_all_is_well(lines: LinesClient, server: Server) -> None:
    await lines.probe()
    assert server.bodies == []


async def test_a_refused_token_is_no_outage_and_ends_one(lines: LinesClient, server: Server) -> None:
    await find_out(lines, server, page(503))
    server.answers.clear()
    server.will(*[page(401)] * 3)
    await lines.probe()
    for _ in range(2):
        with pytest.raises(AccessDenied):
            await lines.channels.get("1")


async def test_what_is_known_grows_old_and_one_call_finds_out(
    lines: LinesClient, server: Server, time: Time
) -> None:
    await find_out(lines, server, page(503))
    gate = Gate()
    server.answers.clear()
    server.will(gate)
    server.bodies.clear()
    time.now += KNOWN_FOR
    assert lines.trouble is None
    first, beside = (asyncio.create_task(each.get("1")) for each in (lines.channels, lines.clients))
    await gate.full.wait()
    with pytest.raises(BadAnswer, match="503"):
        await lines.users.get("1")
    gate.open.set()
    assert [(await first).id, (await beside).id] == ["1", "1"]
    assert server.batches == [["channels.search", "clients.search"]]
    assert (await lines.users.get("1")).id == "1"


async def test_after_a_long_pause_one_call_finds_out(lines: LinesClient, server: Server, time: Time) -> None:
    server.will(page(429, **{"Retry-After": "120"}))
    with pytest.raises(QuotaExceeded):
        await lines.channels.get("1")
    time.now += 80
    with pytest.raises(QuotaExceeded, match="asked again in 40 s") as caught:
        await lines.probe()
    assert caught.value.retry_after == 40
    time.now += 40
    gate = Gate()
    server.will(gate)
    first = asyncio.create_task(lines.channels.get("1"))
    await gate.full.wait()
    with pytest.raises(QuotaExceeded) as caught:
        await lines.sessions.create("c", "anna")
    assert caught.value.retry_after is None, "the pause is over"
    gate.open.set()
    await first
    assert len(server.bodies) == 2


async def test_a_short_pause_is_told_to_who_asks_and_no_outage(lines: LinesClient, server: Server) -> None:
    server.will(page(429, **{"Retry-After": "7"}))
    with pytest.raises(QuotaExceeded):
        await lines.sessions.create("c", "anna")
    assert isinstance(lines.trouble, QuotaExceeded)
    assert lines.trouble.retry_after == 7
    assert (await lines.channels.get("1")).id == "1"
    assert lines.trouble is None


async def test_answers_in_between_are_no_outage(lines: LinesClient, server: Server) -> None:
    for _ in range(5):
        server.will(page(503), page(503), well)
        await lines.channels.get("1")
    assert lines.trouble is None


async def test_what_hangs_is_known_after_one_request_and_those_who_wait_are_told(
    lines: LinesClient, server: Server, time: Time, skip: Callable[[float], None]
) -> None:
    hanging, late = Gate(), Gate(waiters=2)
    server.will(hanging, late, late, page(503))
    first = asyncio.create_task(lines.channels.get("1"))
    await hanging.full.wait()
    skip(15)
    read = asyncio.create_task(lines.clients.get("1"))
    await asyncio.sleep(0)
    change = asyncio.create_task(lines.sessions.create("c", "anna"))
    await late.full.wait()
    skip(6)
    with pytest.raises(TimedOut):
        await read
    assert not change.done(), "its answer may still come"
    late.open.set()
    assert (await change).id == "1"
    hanging.open.set()
    await first


async def test_a_change_that_takes_long_says_nothing_about_reads(
    lines: LinesClient, server: Server, skip: Callable[[float], None]
) -> None:
    gate = Gate()
    server.will(gate)
    change = asyncio.create_task(lines.sessions.create("c", "anna"))
    await gate.full.wait()
    skip(21)
    with pytest.raises(OutcomeUnknown):
        await change
    assert (await lines.channels.get("1")).id == "1"
    gate.open.set()
