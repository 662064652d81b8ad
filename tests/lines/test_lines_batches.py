import asyncio

import pytest

from lines_bot.lines import (
    Channel,
    ChannelState,
    Filter,
    LinesClient,
)
from tests.lines.scripted_server import (
    Gate,
    Server,
    document,
    respond,
)


async def test_calls_of_one_turn_travel_in_one_request(lines: LinesClient, server: Server) -> None:
    await asyncio.gather(
        lines.channels.search().all(), lines.sessions.search().count(), lines.sessions.create("c", "anna")
    )
    assert server.batches == [["channels.search", "sessions.search", "sessions.create"]]


async def test_a_lone_call_travels_as_one_object(lines: LinesClient, server: Server) -> None:
    await lines.describe()
    (body,) = server.bodies
    assert body == {"jsonrpc": "2.0", "id": body["id"], "method": "system.describe", "params": {}}


async def test_a_batch_holds_a_hundred_calls(lines: LinesClient, server: Server) -> None:
    await asyncio.gather(*(lines.channels.get(str(number)) for number in range(250)))
    assert sorted(map(len, server.batches)) == [50, 100, 100]


async def test_at_most_four_requests_are_in_flight(lines: LinesClient, server: Server) -> None:
    gate = Gate(waiters=4)
    server.will(*[gate] * 6)
    calls = [asyncio.create_task(lines.channels.get(str(number))) for number in range(600)]
    await gate.full.wait()
    gate.open.set()
    await asyncio.gather(*calls)
    assert server.most_running == 4


async def test_calls_that_wait_for_their_turn_travel_together(lines: LinesClient, server: Server) -> None:
    gate = Gate(waiters=4)
    server.will(*[gate] * 4)
    first = [asyncio.create_task(lines.channels.get(str(number))) for number in range(400)]
    await gate.full.wait()
    late = []
    for number in range(5):
        late.append(asyncio.create_task(lines.clients.get(str(number))))
        await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(*first, *late)
    assert server.batches[4:] == [["clients.search"] * 5]


async def test_answers_in_another_order_reach_their_callers(lines: LinesClient, server: Server) -> None:
    server.will(document(lambda calls: [respond(call) for call in reversed(calls)]))
    channel, client = await asyncio.gather(lines.channels.get("1"), lines.clients.get("1"))
    assert (channel.name, client.name) == ("channels.search", "clients.search")


async def test_cancelling_one_caller_does_not_hurt_the_others(lines: LinesClient, server: Server) -> None:
    gate = Gate()
    server.will(gate)
    leaves, stays = (asyncio.create_task(lines.channels.get("1")) for _ in range(2))
    await gate.full.wait()
    leaves.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaves
    gate.open.set()
    assert (await stays).id == "1"
    assert len(server.batches) == 1


async def test_a_mutation_cancelled_before_it_was_sent_is_not_sent(
    lines: LinesClient, server: Server
) -> None:
    change = asyncio.create_task(lines.sessions.create("c", "anna"))
    await asyncio.sleep(0)
    change.cancel()
    await asyncio.gather(change, return_exceptions=True)
    await lines.describe()
    assert server.batches == [["system.describe"]]


async def test_a_param_that_is_not_json_hurts_its_own_caller_only(lines: LinesClient) -> None:
    bad = Filter({"eq": ["__name", float("nan")]})
    outcomes = await asyncio.gather(
        lines.sessions.search().where(bad).all(), lines.channels.get("1"), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [ValueError, Channel]


async def test_an_item_that_acts_answers_with_the_item_anew(lines: LinesClient) -> None:
    channel = (await lines.channels.get("1")).model_copy(
        update={"state": ChannelState.ERROR, "type": "inbox"}
    )
    assert (await channel.reconnect()).name == "channels.reconnect"
    assert channel.state is ChannelState.ERROR
