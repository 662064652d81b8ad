import json
from typing import Any

import httpx
import pytest

from tests.contract.servers import Caller

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESCRIBE = {"jsonrpc": "2.0", "id": 1, "method": "system.describe"}
METHODS = {
    "system.describe",
    *(f"{name}.search" for name in ("lines", "channels", "clients", "sessions", "users", "userGroups")),
    "userGroups.users",
    "channels.disconnect",
    "channels.reconnect",
    "clients.save",
    "sessions.create",
    "sessions.assignToOperator",
    "sessions.assignToOperatorGroup",
    "sessions.assignToBot",
    "sessions.close",
    "sessions.markAsSpam",
    "sessions.unmarkAsSpam",
    "sessions.getLastMessage",
    "sessions.getAllMessages",
    "sessions.sendSystemMessage",
}
# A server may have them, and tells so.
ADDITIONS = {"system.probe", "metrics.search"}


def search(identifier: object, channel: str = "c-bot") -> dict[str, Any]:
    params = {"where": {"eq": ["__id", channel]}}
    return {"jsonrpc": "2.0", "id": identifier, "method": "channels.search", "params": params}


async def test_the_methods_are_those_of_the_contract(server: Caller) -> None:
    assert set((await server.call("system.describe"))["methods"]) - ADDITIONS == METHODS


@pytest.mark.parametrize("identifier", [0, 1, -3, "x", "", "__proto__"])
async def test_an_answer_repeats_the_id_of_its_call(server: Caller, identifier: object) -> None:
    answer = await server.post({**DESCRIBE, "id": identifier})
    assert answer["id"] == identifier
    assert "result" in answer


async def test_params_may_be_absent_or_null(server: Caller) -> None:
    plain = await server.post(DESCRIBE)
    assert await server.post({**DESCRIBE, "params": None}) == plain
    assert await server.post({**DESCRIBE, "params": {}}) == plain


@pytest.mark.parametrize("params", [[], [1], "x", 5, True])
async def test_params_must_be_an_object(server: Caller, params: object) -> None:
    answer = await server.post({**DESCRIBE, "params": params})
    assert answer["error"]["code"] == -32602


@pytest.mark.parametrize(
    "call",
    [
        {},
        5,
        "x",
        None,
        True,
        {"jsonrpc": "2.0", "id": 1},
        {"id": 1, "method": "system.describe"},
        {**DESCRIBE, "jsonrpc": "1.0"},
        {**DESCRIBE, "jsonrpc": 2.0},
        {**DESCRIBE, "method": 5},
        {**DESCRIBE, "method": None},
        {**DESCRIBE, "id": True},
        {**DESCRIBE, "id": {}},
        {**DESCRIBE, "id": [1]},
        {**DESCRIBE, "id": None},
        {"jsonrpc": "2.0", "method": "system.describe"},
        [],
    ],
)
async def test_what_is_not_a_call_with_an_id_is_refused(server: Caller, call: object) -> None:
    answer = await server.post(call)
    assert answer["error"]["code"] == -32600
    assert answer["jsonrpc"] == "2.0"
    assert answer["id"] == (
        1 if isinstance(call, dict) and call.get("id") == 1 and call["id"] is not True else None
    )


async def test_a_notification_changes_nothing(server: Caller) -> None:
    notification = {"jsonrpc": "2.0", "method": "channels.disconnect", "params": {"id": "c-bot"}}
    assert (await server.post([notification]))[0]["error"]["code"] == -32600
    assert (await server.item("channels", "c-bot"))["_state"] == "active"


@pytest.mark.parametrize(
    "method",
    [
        "",
        "nothing",
        "channels.delete",
        "messages.search",
        "channels.Search",
        "channels",
        "channels.search.x",
        "users.disconnect",
        "__proto__",
        "constructor",
        "toString",
        "channels.constructor",
        "constructor.search",
        "__proto__.search",
        "rpc.discover",
    ],
)
async def test_an_unknown_method_is_refused(server: Caller, method: str) -> None:
    answer = await server.post({**DESCRIBE, "method": method, "params": {"whatever": 1}})
    assert answer["error"]["code"] == -32601
    assert answer["id"] == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"[1,", b'{"jsonrpc": NaN}', b"\xff\xfe\x00", b"<html>"]
)
async def test_what_is_not_json_is_refused(server: Caller, body: bytes) -> None:
    response = await server.http.post(server.handle.url, content=body)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["error"]["code"], answer["id"]) == (-32700, None)


async def test_a_batch_is_answered_call_by_call(server: Caller) -> None:
    batch = [
        search("a"),
        search("b", "nothing"),
        {"jsonrpc": "2.0", "id": "c", "method": "no"},
        7,
        search("d"),
    ]
    answers = await server.post(batch)
    assert len(answers) == 5
    by_id = {answer["id"]: answer for answer in answers}
    assert by_id["a"]["result"]["total"] == 1
    assert by_id["b"]["result"] == {"result": [], "total": 0}
    assert by_id["c"]["error"]["code"] == -32601
    assert by_id[None]["error"]["code"] == -32600
    assert by_id["d"]["result"]["result"][0]["__id"] == "c-bot"


async def test_a_batch_of_one_is_answered_by_a_list(server: Caller) -> None:
    answers = await server.post([DESCRIBE])
    assert [answer["id"] for answer in answers] == [1]


async def test_a_hundred_calls_are_answered_and_not_one_more(server: Caller) -> None:
    answers = await server.post([search(number) for number in range(100)])
    assert sorted(answer["id"] for answer in answers) == list(range(100))
    assert {answer["result"]["total"] for answer in answers} == {1}
    refused = await server.post([search(number) for number in range(101)])
    assert (refused["error"]["code"], refused["id"]) == (-32600, None)


async def test_a_batch_that_is_too_long_changes_nothing(server: Caller) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "channels.disconnect", "params": {"id": "c-bot"}}
    await server.post([call, *(search(number) for number in range(100))])
    assert (await server.item("channels", "c-bot"))["_state"] == "active"


async def test_one_refused_call_does_not_hurt_the_others(server: Caller) -> None:
    calls = [
        {"jsonrpc": "2.0", "id": 1, "method": "channels.disconnect", "params": {"id": "c-chat"}},
        {"jsonrpc": "2.0", "id": 2, "method": "channels.disconnect", "params": {"id": "c-inbox"}},
    ]
    answers = {answer["id"]: answer for answer in await server.post(calls)}
    assert answers[1]["error"]["data"]["reason"] == "wrong_state"
    assert answers[2]["result"]["item"]["_state"] == "disconnected"


@pytest.mark.parametrize(
    "body",
    [
        b'{"jsonrpc":"2.0","id":1,"method":"channels.search","params":{"__proto__":{"size":1}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"channels.search","params":{"where":{"__proto__":{"eq":["__id","x"]}}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"channels.disconnect","params":{"__proto__":{"id":"c-bot"}}}',
    ],
)
async def test_a_prototype_is_a_param_like_any_other_unknown_one(server: Caller, body: bytes) -> None:
    answer = (await server.http.post(server.handle.url, content=body)).json()
    assert answer["error"]["code"] == -32602
    assert "__proto__" in answer["error"]["message"]


async def test_a_body_nested_beyond_measure_is_refused_and_the_server_lives(server: Caller) -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    response = await server.http.post(server.handle.url, content=body)
    assert "error" in response.text
    assert (await server.call("system.describe"))["contract"] == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/json; charset=utf-8"]
)
async def test_the_type_of_the_body_does_not_matter(server: Caller, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    response = await server.http.post(server.handle.url, content=json.dumps(DESCRIBE), headers=headers)
    assert response.json()["result"]["contract"] == 1


async def test_both_headers_carry_the_token(server: Caller) -> None:
    async with httpx.AsyncClient() as http:
        for headers in ({"Authorization": f"Bearer {server.handle.token}"}, {"X-Token": server.handle.token}):
            response = await http.post(server.handle.url, json=DESCRIBE, headers=headers)
            assert response.json()["result"]["contract"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"X-Token": "wrong"},
        {"X-Token": ""},
        {"Authorization": "Basic x"},
    ],
)
async def test_without_the_token_nothing_is_answered_or_changed(
    server: Caller, headers: dict[str, str]
) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "channels.disconnect", "params": {"id": "c-bot"}}
    async with httpx.AsyncClient() as http:
        response = await http.post(server.handle.url, json=call, headers=headers)
    assert response.status_code in (401, 403)
    assert "jsonrpc" not in response.text
    assert (await server.item("channels", "c-bot"))["_state"] == "active"


async def test_a_wrong_address_is_not_found(server: Caller) -> None:
    response = await server.http.post(f"{server.handle.url}/elsewhere", json=DESCRIBE)
    assert response.status_code == 404


async def test_a_body_of_five_mebibytes_is_too_large(server: Caller) -> None:
    response = await server.http.post(server.handle.url, content=b" " * (5 * 1024 * 1024))
    assert response.status_code == 413


async def test_a_body_of_nearly_four_mebibytes_is_read(server: Caller) -> None:
    body = json.dumps(DESCRIBE).encode()
    response = await server.http.post(server.handle.url, content=body.ljust(4 * 1024 * 1024 - 1))
    assert response.json()["result"]["contract"] == 1
