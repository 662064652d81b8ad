"""What the bridge asks of a platform that is slow, or gives shorter pages than it was asked for."""

from typing import Any

import pytest

from tests.contract.conftest import Bridge, found
from tests.contract.documents import standard

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = [[1], [7], [10], [1000], [7, 3, 10, 1]]
BY_ID = [{"field": "__id"}]
ALL_MESSAGES = ("sessions.getAllMessages", {"id": "s-mine", "size": 10_000})
ALL_CLIENTS = ("clients.search", {"sort": BY_ID, "size": 10_000})
ALL_USERS = ("userGroups.users", {"id": "g-first"})


def company(many: int, files: int = 0) -> dict[str, Any]:
    """The standard company with `many` messages in one session, clients, users of one group and lines; the
    first messages have a file each."""
    document = standard()
    for name, first in (("clients", "k"), ("users", "u"), ("lines", "l")):
        sample = document[name][0]
        document[name] = [sample | {"__id": f"{first}-{number:05}"} for number in range(many)]
    document["me"] = "u-00000"
    document["userGroups"][0]["$users"] = [user["__id"] for user in document["users"]]
    document["channels"] = [document["channels"][0] | {"_line": f"l-{many - 1:05}"}]
    message = document["messages"][0]
    document["messages"] = [
        message
        | {"__id": f"m-{number:05}", "__createdAt": f"2026-11-22T07:{number // 60:02}:{number % 60:02}.000Z"}
        | {"files": [{"__id": f"f-{number}", "__name": "bill.pdf", "size": 7}] if number < files else []}
        for number in range(many)
    ]
    return document


def files_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [file for message in result["result"] for file in message["files"]]


async def test_many_files_are_fetched_ten_at_once(bridge: Bridge) -> None:
    await bridge.handle.load(company(300, files=300), millisecondsPerOperation=40)
    files = files_of(await bridge.call("sessions.getAllMessages", id="s-mine", size=10_000))
    assert files == [{"__id": f"f-{number}", "__name": "bill.pdf", "size": 7} for number in range(300)]
    report = await bridge.handle.report()
    assert report["peak"] == 10
    assert report["milliseconds"] < 1500


async def test_files_that_there_is_no_time_for_come_with_their_id_alone(bridge: Bridge) -> None:
    await bridge.handle.load(company(300, files=300), millisecondsPerOperation=400)
    files = files_of(await bridge.call("sessions.getAllMessages", id="s-mine", size=10_000))
    assert [file["__id"] for file in files] == [f"f-{number}" for number in range(300)]
    named = [file for file in files if "__name" in file]
    assert len(named) >= 100
    assert files[len(named) :] == [{"__id": file["__id"]} for file in files[len(named) :]]
    assert (await bridge.handle.report())["milliseconds"] < 7000


@pytest.mark.parametrize("method", ["sessions.getAllMessages", "sessions.getLastMessage"])
async def test_a_file_that_cannot_be_read_does_not_take_its_message_with_it(
    bridge: Bridge, method: str
) -> None:
    await bridge.handle.load(standard(), failures={"files.fetch": {"error": "Access denied"}})
    result = await bridge.call(method, id="s-mine")
    message = result["item"] if "item" in result else result["result"][-1]
    assert (message["__id"], message["files"]) == ("m-4", [{"__id": "f-1"}])


async def test_files_do_not_keep_other_calls_of_the_batch_from_starting(bridge: Bridge) -> None:
    await bridge.handle.load(company(300, files=300), millisecondsPerOperation=400)
    searches = [("lines.search", {"size": 3})] * 50
    messages, *others = await bridge.batch(ALL_MESSAGES, *searches)
    assert len(files_of(messages["result"])) == 300
    assert all("result" in answer for answer in others)


async def test_a_batch_of_long_conversations_has_ten_promises_in_flight(bridge: Bridge) -> None:
    document = company(40, files=40)
    document["messages"] = [
        message | {"__id": f"{session}-{number}", "session": session}
        for session in ("s-mine", "s-hers", "s-bot", "s-waiting", "s-closed", "s-spam")
        for number, message in enumerate(document["messages"])
    ]
    await bridge.handle.load(document, mostPerPage=[7], millisecondsPerOperation=10)
    sessions = dict.fromkeys(message["session"] for message in document["messages"])
    answers = await bridge.batch(
        *[("sessions.getAllMessages", {"id": session, "size": 100}) for session in sessions] * 3
    )
    assert [len(files_of(answer["result"])) for answer in answers] == [40] * 18
    assert (await bridge.handle.report())["peak"] == 10


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("lengths", SHORT)
async def test_short_pages_are_not_taken_for_the_whole_conversation(
    bridge: Bridge, lengths: list[int], newest_first: bool
) -> None:
    many = 2500 if lengths == [1000] else 57
    await bridge.handle.load(company(many), mostPerPage=lengths, newestMessageFirst=newest_first)
    expected = [f"m-{number:05}" for number in range(many)]
    assert found(await bridge.call("sessions.getAllMessages", id="s-mine", size=10_000)) == expected
    for start, size in ((0, 20), (30, 20), (50, 20), (many - 1, 20), (many, 20)):
        page = await bridge.call("sessions.getAllMessages", id="s-mine", size=size, **{"from": start})
        assert found(page) == expected[start : start + size]


@pytest.mark.parametrize("total", [False, True])
@pytest.mark.parametrize("lengths", SHORT)
async def test_short_pages_are_not_taken_for_all_that_is_found(
    bridge: Bridge, lengths: list[int], total: bool
) -> None:
    many = 2500 if lengths == [1000] else 57
    await bridge.handle.load(company(many), mostPerPage=lengths)
    expected = [f"k-{number:05}" for number in range(many)]
    for start, size in ((0, 10_000), (0, 20), (30, 20), (50, 20), (many - 1, 20), (many, 20)):
        params = {"sort": BY_ID, "from": start, "size": size, "total": total}
        result = await bridge.call("clients.search", **params)
        assert (found(result), result["total"]) == (expected[start : start + size], many if total else None)


@pytest.mark.parametrize("lengths", SHORT)
async def test_short_pages_are_not_taken_for_all_users_or_all_references(
    bridge: Bridge, lengths: list[int]
) -> None:
    many = 1500 if lengths == [1000] else 57
    document = company(many)
    await bridge.handle.load(document, mostPerPage=lengths)
    assert found(await bridge.call("userGroups.users", id="g-first")) == document["userGroups"][0]["$users"]
    lines = [line["__id"] for line in document["lines"]][-1000:]
    assert len(found(await bridge.call("channels.search", where={"in": ["_line", lines]}))) == 1


@pytest.mark.parametrize(
    ("call", "given"),
    [
        (ALL_MESSAGES, [f"m-{number:05}" for number in range(7)]),
        (ALL_CLIENTS, [f"k-{number:05}" for number in range(7)]),
        (ALL_USERS, [f"u-{number:05}" for number in range(7)]),
    ],
)
async def test_a_platform_that_repeats_its_page_is_asked_no_further(
    bridge: Bridge, call: tuple[str, dict[str, Any]], given: list[str]
) -> None:
    await bridge.handle.load(company(57), mostPerPage=[7], repeatsPages=True)
    [answer] = await bridge.batch(call)
    assert found(answer["result"]) == given
    assert len(await bridge.operations()) < 8


async def test_equally_short_pages_are_read_side_by_side(bridge: Bridge) -> None:
    await bridge.handle.load(company(700), mostPerPage=[7], millisecondsPerOperation=40)
    answers = await bridge.batch(ALL_MESSAGES, ALL_CLIENTS, ALL_USERS)
    assert [len(answer["result"]["result"]) for answer in answers] == [700] * 3
    report = await bridge.handle.report()
    assert report["peak"] == 10
    assert report["milliseconds"] < 2000


@pytest.mark.parametrize(
    ("method", "params", "prefix"),
    [("sessions.getAllMessages", {"id": "s-mine"}, "m"), ("clients.search", {"sort": BY_ID}, "k")],
)
async def test_what_was_read_when_the_time_is_up_is_the_beginning_of_the_rest(
    bridge: Bridge, method: str, params: dict[str, Any], prefix: str
) -> None:
    await bridge.handle.load(company(57), mostPerPage=[1, 2], millisecondsPerOperation=900)
    first = found(await bridge.call(method, **params, size=100))
    assert (await bridge.handle.report())["milliseconds"] < 7000
    rest = found(await bridge.call(method, **params, size=100, **{"from": len(first)}))
    assert 1 < len(first) < 57
    assert first + rest == [f"{prefix}-{number:05}" for number in range(len(first + rest))]


@pytest.mark.parametrize(
    ("settings", "call"),
    [
        ({}, ALL_USERS),
        ({"newestMessageFirst": True}, ALL_MESSAGES),
        ({}, ("channels.search", {"where": {"in": ["_line", [f"l-{number:05}" for number in range(57)]]}})),
    ],
)
async def test_what_is_of_use_only_as_a_whole_is_refused_when_the_time_is_up(
    bridge: Bridge, settings: dict[str, Any], call: tuple[str, dict[str, Any]]
) -> None:
    await bridge.handle.load(company(57), mostPerPage=[1, 2], millisecondsPerOperation=900, **settings)
    [answer] = await bridge.batch(call)
    assert answer["error"]["data"] == {"reason": "platform"}
    assert "too slow" in answer["error"]["message"]
    assert (await bridge.handle.report())["milliseconds"] < 7000


async def test_a_filter_of_many_references_reads_them_side_by_side(bridge: Bridge) -> None:
    await bridge.handle.load(company(100), millisecondsPerOperation=40)
    where = {"or": [{"eq": ["_line", f"l-{number:05}"]} for number in range(100)]}
    assert len(found(await bridge.call("channels.search", where=where))) == 1
    report = await bridge.handle.report()
    assert (report["peak"], report["milliseconds"] < 800) == (10, True)
