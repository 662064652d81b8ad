"""What the bridge promises beyond the contract: how it behaves as a script of the platform."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.bridge_server import start_bridge
from tests.contract.conftest import Bridge, found
from tests.contract.documents import standard
from tests.contract.servers import Caller

pytestmark = pytest.mark.asyncio(loop_scope="module")


SEARCH = ("channels.search", {"total": False})


async def test_a_script_finds_the_language_and_the_platform_and_nothing_else(tmp_path: Path) -> None:
    probe = tmp_path / "probe.ts"
    probe.write_text(
        "async function rpc() {\n"
        "  const names = ['process', 'require', 'console', 'fetch', 'setTimeout', 'System', 'Map'];\n"
        "  return new HttpResponse(200).json(names.filter((name) => name in globalThis));\n"
        "}\n",
        encoding="utf-8",
    )
    caller = Caller(await start_bridge(standard(), probe))
    assert await caller.post({}) == ["System", "Map"]
    await caller.close()
    await caller.handle.stop()


@pytest.mark.parametrize(("milliseconds", "started"), [(5_999, 20), (6_000, 10)])
async def test_no_call_starts_after_six_seconds(bridge: Bridge, milliseconds: int, started: int) -> None:
    await bridge.handle.load(standard(), millisecondsPerOperation=milliseconds)
    answers = await bridge.batch(*[SEARCH] * 30)
    refusals = [answer["error"] for answer in answers if "error" in answer]
    assert len(await bridge.operations()) == 30 - len(refusals) == started
    assert {error["data"]["reason"] for error in refusals} == {"platform"}
    assert all("not started" in error["message"] for error in refusals)


async def test_a_wrong_call_is_refused_as_wrong_even_when_the_time_is_up(bridge: Bridge) -> None:
    await bridge.handle.load(standard(), millisecondsPerOperation=6_000)
    answers = await bridge.batch(*[SEARCH] * 20, ("channels.search", {"size": 0}))
    assert answers[-1]["error"]["code"] == -32602


async def test_ten_calls_are_in_flight_and_never_more(bridge: Bridge) -> None:
    answers = await bridge.batch(*[SEARCH] * 100)
    assert all("result" in answer for answer in answers)
    assert (await bridge.handle.report())["peak"] == 10


async def test_calls_about_one_session_keep_their_order(bridge: Bridge) -> None:
    answers = await bridge.batch(
        ("sessions.assignToOperator", {"id": "s-waiting", "operator": "u-me"}),
        ("sessions.sendSystemMessage", {"id": "s-waiting", "text": "Mine now"}),
        ("sessions.close", {"id": "s-waiting"}),
        ("sessions.close", {"id": "s-waiting"}),
        ("sessions.getLastMessage", {"id": "s-waiting"}),
    )
    assert [answer["error"]["data"]["reason"] for answer in answers if "error" in answer] == ["wrong_state"]
    assert answers[2]["result"]["item"]["_state"] == "Closed"
    assert answers[4]["result"]["item"]["body"] == "Mine now"


async def test_one_failing_call_does_not_fail_the_batch(bridge: Bridge) -> None:
    await bridge.handle.load(
        standard(), failures={"channels.search": {"error": "The index is being rebuilt"}}
    )
    failed, answered = await bridge.batch(SEARCH, ("lines.search", {}))
    assert failed["error"]["message"] == "The index is being rebuilt"
    assert answered["result"]["total"] == 3


@pytest.mark.parametrize(
    "failure",
    [
        {"error": "Nobody knows\n    at deep (inside.js:3:7)\n    at rpc (bridge.ts:9:9)"},
        {"error": ""},
        {"value": "Nobody knows"},
        {"value": None},
        {"value": {}},
        {"value": {"message": {"stack": "at deep (inside.js:3:7)"}}},
    ],
)
async def test_whatever_is_thrown_leaves_as_one_line_without_a_stack(
    bridge: Bridge, failure: dict[str, Any]
) -> None:
    await bridge.handle.load(standard(), failures={"channels.search": failure})
    error = await bridge.refusal("channels.search")
    unsaid = "The platform failed without saying why."
    assert error["message"] in ("Nobody knows", unsaid)
    assert error == {"code": -32000, "message": error["message"], "data": {"reason": "platform"}}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("У вас недостаточно прав для изменения канала", "forbidden"),
        ("Access denied", "forbidden"),
        ("Item not found", "not_found"),
        ("Something that no table lists", "platform"),
    ],
)
async def test_the_platforms_own_words_give_the_nearest_reason_and_stay_the_message(
    bridge: Bridge, words: str, reason: str
) -> None:
    await bridge.handle.load(standard(), failures={"channels.disconnect": {"error": words}})
    error = await bridge.refusal("channels.disconnect", id="c-bot")
    assert (error["message"], error["data"]["reason"]) == (words, reason)


async def test_a_refused_filter_never_reaches_the_platform(bridge: Bridge) -> None:
    for name in ("__proto__", "constructor", "toString", "hasOwnProperty"):
        refusal = await bridge.refusal("channels.search", where={"or": [{"eq": [name, "x"]}]})
        assert refusal["code"] == -32602
        assert name in refusal["message"]
    assert await bridge.operations() == []


async def test_a_field_that_the_platform_lacks_is_named_with_what_to_do(bridge: Bridge) -> None:
    await bridge.handle.load(standard(), unknownFields=["presence"])
    error = await bridge.refusal("users.search", where={"eq": ["presence", "online"]})
    assert error["data"]["reason"] == "platform"
    assert "no field users.presence" in error["message"]
    assert "lines-bot probe" in error["message"]


@pytest.mark.parametrize("codes", [True, False])
async def test_enumerations_may_be_codes_or_objects(bridge: Bridge, codes: bool) -> None:
    await bridge.handle.load(standard(), enumerationsAreCodes=codes)
    where = {"in": ["_type", ["support", "vkontakte", "constructor", "__proto__"]]}
    answer = await bridge.call("channels.search", where=where, fields=["_type"])
    assert [item["_type"] for item in answer["result"]] == ["support", "vkontakte"]
    assert (await bridge.item("users", "u-off"))["presence"] == "offline"
    assert (await bridge.call("channels.reconnect", id="c-viber"))["item"]["_state"] == "active"


async def test_where_the_platform_does_not_tell_the_user_it_decides_itself_who_may_close(
    bridge: Bridge,
) -> None:
    await bridge.handle.load(standard(), tellsUser=False)
    assert (await bridge.call("system.describe"))["user"] is None
    assert (await bridge.refusal("sessions.close", id="s-hers"))["data"]["reason"] == "not_assignee"
    assert (await bridge.call("sessions.close", id="s-mine"))["item"]["_state"] == "Closed"


async def test_rules_that_can_be_read_are_checked_before_the_platform_acts(bridge: Bridge) -> None:
    document = standard()
    document["users"][0]["presence"] = "offline"
    await bridge.handle.load(document)
    refusals = [
        await bridge.refusal("sessions.create", channel="c-chat", account="anna"),
        await bridge.refusal("sessions.assignToBot", id="s-closed"),
        await bridge.refusal("sessions.assignToOperatorGroup", id="s-closed", userGroup="g-other"),
        await bridge.refusal("channels.reconnect", id="c-telegram"),
        await bridge.refusal("sessions.markAsSpam", id="s-internal"),
        await bridge.refusal("sessions.unmarkAsSpam", id="s-spam-old"),
    ]
    assert [refusal["data"]["reason"] for refusal in refusals] == [
        "operator_offline",
        "wrong_state",
        "wrong_state",
        "not_reconnectable",
        "spam_not_allowed",
        "unspam_not_allowed",
    ]
    read = {
        "channels.search",
        "clients.search",
        "sessions.search",
        "userGroups.search",
        "users.getCurrentUser",
    }
    assert set(await bridge.operations()) <= read


async def test_messages_come_oldest_first_from_a_platform_that_gives_the_newest_first(bridge: Bridge) -> None:
    await bridge.handle.load(standard(), newestMessageFirst=True)
    page = {"id": "s-mine", "from": 1, "size": 2}
    assert found(await bridge.call("sessions.getAllMessages", **page)) == ["m-3", "m-4"]


async def test_a_conversation_of_more_than_one_page_of_the_sdk_is_read_whole(bridge: Bridge) -> None:
    document = standard()
    first = document["messages"][0]
    document["messages"] = [first | {"__id": f"m-{number}"} for number in range(10_001)]
    await bridge.handle.load(document)
    page = {"id": "s-mine", "from": 10_000, "size": 5}
    assert found(await bridge.call("sessions.getAllMessages", **page)) == ["m-10000"]


async def test_a_group_of_more_than_ten_users_is_listed_whole(bridge: Bridge) -> None:
    document = standard()
    document["users"] += [document["users"][0] | {"__id": f"u-{number}"} for number in range(12)]
    document["userGroups"][0]["$users"] = [f"u-{number}" for number in range(12)]
    await bridge.handle.load(document)
    assert len(found(await bridge.call("userGroups.users", id="g-first"))) == 12


async def test_fields_that_the_contract_does_not_name_pass_through_untouched(bridge: Bridge) -> None:
    document = standard()
    extra = {
        "__proto__": {"id": "x", "code": "y"},
        "_colour": ["red", None, {"deep": 1.5}],
        "constructor": "z",
    }
    document["lines"][0] |= extra
    document["messages"][0]["payload"] = {"id": "x", "code": "y", "fetch": False}
    await bridge.handle.load(document)
    line = await bridge.item("lines", "l-shop")
    assert {name: line[name] for name in extra} == extra
    messages = await bridge.call("sessions.getAllMessages", id="s-mine", size=1)
    assert messages["result"][0]["payload"] == {"id": "x", "code": "y", "fetch": False}


async def test_a_filter_that_can_match_nothing_does_not_ask_for_rows(bridge: Bridge) -> None:
    where = {"and": [{"eq": ["_state", "active"]}, {"eq": ["_line", "nowhere"]}]}
    assert await bridge.call("channels.search", where=where) == {"result": [], "total": 0}
    assert await bridge.operations() == ["lines.search"]


async def test_references_that_the_platform_keeps_as_ids_are_not_read_for_a_filter(bridge: Bridge) -> None:
    where = {"in": ["_userId", ["u-me", "u-anna"]]}
    await bridge.call("sessions.search", where=where, total=False)
    assert set(await bridge.operations()) == {"sessions.search"}


async def test_a_body_that_the_platform_has_parsed_already_is_taken(bridge: Bridge) -> None:
    await bridge.handle.load(standard(), parsesBody=True)
    answers = await bridge.batch(("lines.search", {}), ("users.search", {}))
    assert [answer["result"]["total"] for answer in answers] == [3, 5]


async def test_node_ends_with_the_stdin_that_its_parent_holds() -> None:
    server = await start_bridge(standard())
    await server.stop()
    assert server.exit_code == 0
