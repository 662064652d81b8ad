import asyncio
import socket
from collections.abc import Callable

import pytest
from aiohttp import web
from pydantic import SecretStr

from lines_bot.lines import (
    AccessDenied,
    BadAnswer,
    BodyTooLarge,
    Channel,
    LinesClient,
    LinesError,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    Session,
    Unreachable,
    WrongAddress,
)
from lines_bot.lines.content import LARGEST
from tests.lines.scripted_server import (
    TOKEN,
    Answer,
    Call,
    Gate,
    Server,
    Time,
    document,
    hang_up,
    page,
    respond,
)


def half(calls: list[Call]) -> object:
    return [respond(call) for call in calls[: len(calls) // 2]]


async def cut_short(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"jsonrpc": "2.0", "id"')
    assert request.transport is not None
    request.transport.abort()
    return response


async def flood(request: web.Request) -> web.StreamResponse:
    """More than anybody should read: the client must hang up first."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    sent = 0
    while sent < 4 * LARGEST:
        await response.write(b" " * (1 << 20))
        sent += 1 << 20
    return response


async def session_of(lines: LinesClient) -> Session:
    """A session that came from the server and can act."""
    session = await lines.sessions.create("c", "anna")
    return session.model_copy(update={"state": "AssignedToOperator"})


# What went wrong, and what it is to a read.
SPOILT = [
    pytest.param(page(502), BadAnswer, id="502"),
    pytest.param(page(200), BadAnswer, id="html"),
    pytest.param(page(204, ""), BadAnswer, id="nothing"),
    pytest.param(page(302, Location="https://elsewhere.example"), BadAnswer, id="redirect"),
    pytest.param(document(half), BadAnswer, id="no answer of ours"),
    pytest.param(
        document(lambda calls: [{"id": calls[0]["id"] + 1, "result": {}}]), BadAnswer, id="wrong number"
    ),
    pytest.param(document(lambda calls: [respond(calls[0])] * 2), BadAnswer, id="two answers"),
    pytest.param(document(lambda calls: respond(calls[0]), 400), BadAnswer, id="an answer with status 400"),
    pytest.param(cut_short, BadAnswer, id="cut short"),
    pytest.param(hang_up, BadAnswer, id="hung up"),
]
# Answers given before a call is looked at.
TURNED_AWAY = [
    pytest.param(page(401), AccessDenied, id="401"),
    pytest.param(page(403), AccessDenied, id="403"),
    pytest.param(page(404), WrongAddress, id="404"),
    pytest.param(page(413), BodyTooLarge, id="413"),
]


@pytest.mark.parametrize(("spoil", "_error"), SPOILT)
async def test_a_read_is_repeated_until_it_is_answered(
    lines: LinesClient, server: Server, time: Time, spoil: Answer, _error: type[LinesError]
) -> None:
    server.will(spoil, spoil)
    assert (await lines.channels.get("1")).id == "1"
    assert len(server.batches) == 3
    first, second = time.pauses
    assert 0.5 <= first <= 1 <= second <= 1.5


@pytest.mark.parametrize(("spoil", "error"), SPOILT)
async def test_a_read_that_is_never_answered_ends_at_its_deadline(
    lines: LinesClient, server: Server, time: Time, spoil: Answer, error: type[LinesError]
) -> None:
    started = time.now
    server.will(*[spoil] * 50)
    with pytest.raises(error, match=r"127\.0\.0\.1|of 1 calls"):
        await lines.channels.get("1")
    assert 15 < time.now - started < 30


@pytest.mark.parametrize(("spoil", "_error"), SPOILT)
async def test_a_lost_answer_to_a_mutation_is_unknown_and_not_repeated(
    lines: LinesClient, server: Server, spoil: Answer, _error: type[LinesError]
) -> None:
    session = await session_of(lines)
    server.will(spoil)
    with pytest.raises(OutcomeUnknown, match=r"sessions\.close was carried out is unknown") as caught:
        await session.close()
    assert (caught.value.method, caught.value.params) == ("sessions.close", {"id": session.id})
    assert server.batches == [["sessions.create"], ["sessions.close"]]


@pytest.mark.parametrize(("spoil", "error"), TURNED_AWAY)
async def test_a_call_turned_away_at_the_door_fails_at_once_and_did_nothing(
    lines: LinesClient, server: Server, time: Time, spoil: Answer, error: type[LinesError]
) -> None:
    server.will(spoil, spoil)
    with pytest.raises(error):
        await lines.sessions.create("c", "anna")
    with pytest.raises(error):
        await lines.channels.get("1")
    assert len(server.batches) == 2
    assert time.pauses == []


async def test_an_answer_with_the_wrong_shape_is_bad_for_a_read_and_unknown_for_a_mutation(
    lines: LinesClient, server: Server
) -> None:
    wrong = document(lambda calls: {"id": calls[0]["id"], "result": {"result": [{"__name": 1}], "item": []}})
    server.will(wrong, wrong)
    with pytest.raises(BadAnswer, match=r"channels\.search with result\.0\.__id: Field required"):
        await lines.channels.get("1")
    with pytest.raises(OutcomeUnknown):
        await lines.sessions.create("c", "anna")


async def test_only_the_reads_of_a_mixed_batch_are_repeated(lines: LinesClient, server: Server) -> None:
    server.will(page(502))
    outcomes = await asyncio.gather(
        lines.channels.get("1"),
        lines.sessions.create("c", "anna"),
        lines.clients.get("1"),
        return_exceptions=True,
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["Channel", "OutcomeUnknown", "Client"]
    assert server.batches == [
        ["channels.search", "sessions.create", "clients.search"],
        ["channels.search", "clients.search"],
    ]


async def test_half_an_answer_serves_those_it_answers(lines: LinesClient, server: Server) -> None:
    server.will(document(half))
    calls = [lines.channels.get("1"), lines.clients.get("1"), lines.users.get("1"), session_of(lines)]
    *read, lost = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(item).__name__ for item in read] == ["Channel", "Client", "User"]
    assert isinstance(lost, OutcomeUnknown)
    assert server.batches[1:] == [["users.search"]]


async def test_nobody_listening_is_unreachable_and_nothing_was_done(time: Time) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/rpc"
        async with LinesClient(url, SecretStr(TOKEN), rate=6000, clock=time, sleep=time.sleep) as lines:
            with pytest.raises(Unreachable, match=r"127\.0\.0\.1 cannot be reached"):
                await lines.sessions.create("c", "anna")
            assert time.pauses == []
            with pytest.raises(Unreachable):
                await lines.channels.get("1")
            assert len(time.pauses) > 3


async def test_a_request_without_an_answer_times_out_and_a_read_is_repeated(
    lines: LinesClient, server: Server, skip: Callable[[float], None]
) -> None:
    gate = Gate()
    server.will(gate)
    read = asyncio.create_task(lines.channels.get("1"))
    await gate.full.wait()
    skip(21)
    assert (await read).id == "1"
    assert len(server.batches) == 2


async def test_closing_tells_everybody_who_still_waits(server: Server) -> None:
    gate = Gate()
    server.will(gate)
    lines = LinesClient(server.url, SecretStr(TOKEN))
    calls = [
        asyncio.create_task(call) for call in (lines.channels.get("1"), lines.sessions.create("c", "anna"))
    ]
    await gate.full.wait()
    await lines.aclose()
    read, change = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(read, BadAnswer)
    assert isinstance(change, OutcomeUnknown)
    with pytest.raises(Unreachable, match="closed"):
        await lines.describe()
    gate.open.set()


async def test_an_answer_that_is_too_big_is_refused_while_it_streams(
    lines: LinesClient, server: Server
) -> None:
    server.will(flood)
    with pytest.raises(OutcomeUnknown, match="more than 64 MiB"):
        await lines.sessions.create("c", "anna")


async def test_errors_of_one_call_are_its_own(lines: LinesClient, server: Server) -> None:
    def mixed(calls: list[Call]) -> object:
        refused = {"code": -32000, "message": "Gone.", "data": {"reason": "not_found", "id": "x"}}
        return [{"id": calls[0]["id"], "error": refused}, respond(calls[1])]

    server.will(document(mixed))
    refused, served = await asyncio.gather(
        lines.sessions.create("c", "anna"), lines.channels.get("1"), return_exceptions=True
    )
    assert isinstance(refused, NotFound)
    assert isinstance(served, Channel)


async def test_a_request_that_is_refused_as_a_whole_is_refused_to_each(
    lines: LinesClient, server: Server
) -> None:
    server.will(document(lambda _: {"id": None, "error": {"code": -32600, "message": "Too many."}}))
    outcomes = await asyncio.gather(
        lines.sessions.create("c", "anna"), lines.channels.get("1"), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [ProtocolError, ProtocolError]
    assert len(server.batches) == 1


async def test_the_token_travels_in_the_header_and_shows_nowhere(
    lines: LinesClient, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    def leak(calls: list[Call]) -> object:
        return {"id": calls[0]["id"], "error": {"code": -32000, "message": f"Bearer {TOKEN} is odd"}}

    caplog.set_level("DEBUG")
    server.will(document(leak), page(401, TOKEN), page(502, TOKEN))
    errors = [
        (await asyncio.gather(lines.sessions.create("c", "anna"), return_exceptions=True))[0]
        for _ in range(3)
    ]
    assert server.headers[0]["Authorization"] == f"Bearer {TOKEN}"
    shown = [*map(str, errors), *map(repr, errors), repr(lines), repr(vars(lines)), caplog.text]
    assert [text for text in shown if TOKEN in text] == []
    assert str(errors[0]) == "Bearer [token] is odd"
    assert caplog.records


async def test_a_flaw_of_the_client_reaches_the_caller_instead_of_a_silent_wait(server: Server) -> None:
    async def broken_sleep(_: float) -> None:
        raise ArithmeticError("the clock fell off the wall")

    server.will(page(502))
    async with LinesClient(server.url, SecretStr(TOKEN), sleep=broken_sleep) as lines:
        with pytest.raises(ArithmeticError, match="fell off"):
            await lines.channels.get("1")


async def test_a_connection_that_is_never_completed_is_unreachable_and_nothing_was_done(
    skip: Callable[[float], None],
) -> None:
    greeted = asyncio.Event()

    async def never_shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        greeted.set()
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(never_shake_hands, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/rpc"
    async with listener, LinesClient(url, SecretStr(TOKEN)) as lines:
        change = asyncio.create_task(lines.sessions.create("c", "anna"))
        await greeted.wait()
        skip(11)
        with pytest.raises(Unreachable):
            await change
