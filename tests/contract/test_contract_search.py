from typing import Any

import pytest

from tests.contract.servers import Caller

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALIVE = {"eq": ["__deletedAt", None]}
BY_ID = [{"field": "__id", "ascending": True}]


async def ids(server: Caller, collection: str, where: object, **params: object) -> list[str]:
    found = await server.call(f"{collection}.search", where=where, **({"sort": BY_ID, "size": 100} | params))
    return [item["__id"] for item in found["result"]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"eq": ["__id", "c-bot"]}, ["c-bot"]),
        ({"eq": ["_state", "error"]}, ["c-instagram", "c-viber", "c-vk"]),
        ({"neq": ["_state", "active"]}, ["c-chat", "c-instagram", "c-telegram", "c-viber", "c-vk"]),
        ({"in": ["_type", ["support", "vkontakte", "none"]]}, ["c-support", "c-vk"]),
        ({"in": ["_type", []]}, []),
        ({"in": ["__deletedAt", [None, {"$time": "2026-11-22T09:30:00Z"}]]}, "all"),
        ({"like": ["__name", "L-QUIET"]}, ["c-quiet"]),
        ({"like": ["__name", ""]}, "all"),
        ({"eq": ["_line", {"$ref": ["lines", "l-quiet"]}]}, ["c-quiet"]),
        ({"eq": ["_line", "l-quiet"]}, ["c-quiet"]),
        ({"eq": ["_line", {"$ref": ["lines", "nowhere"]}]}, []),
        ({"in": ["_line", ["l-quiet", {"$ref": ["lines", "l-gone"]}]]}, ["c-quiet"]),
        ({"eq": ["__deletedAt", None]}, "alive"),
        ({"neq": ["__deletedAt", None]}, ["c-gone"]),
        ({"gt": ["__createdAt", {"$time": "2026-11-22T08:09:00.000Z"}]}, ["c-gone", "c-quiet"]),
        ({"gte": ["__createdAt", {"$time": "2026-11-22T11:10:00+03:00"}]}, ["c-gone", "c-quiet"]),
        ({"lt": ["__createdAt", {"$time": "2026-11-22T08:02:00.0009Z"}]}, ["c-bot"]),
        ({"lte": ["__createdAt", {"$time": "2026-11-22T08:02:00Z"}]}, ["c-bot", "c-inbox"]),
        ({"lt": ["__deletedAt", {"$time": "2027-01-01T00:00:00Z"}]}, ["c-gone"]),
        ({"neq": ["__deletedAt", {"$time": "2026-11-22T09:30:00Z"}]}, "alive"),
        ({"not": {"lt": ["__deletedAt", {"$time": "2027-01-01T00:00:00Z"}]}}, "alive"),
        ({"and": [{"eq": ["_type", "inbox"]}, ALIVE]}, ["c-inbox", "c-quiet"]),
        (
            {"or": [{"eq": ["_type", "support"]}, {"eq": ["_type", "inbox"]}]},
            ["c-gone", "c-inbox", "c-quiet", "c-support"],
        ),
    ],
)
async def test_a_filter_finds_exactly_its_rows(
    server: Caller, where: object, expected: list[str] | str
) -> None:
    everything = await ids(server, "channels", None)
    alive = [identifier for identifier in everything if identifier != "c-gone"]
    groups = {"all": everything, "alive": alive}
    assert await ids(server, "channels", where) == (
        groups[expected] if isinstance(expected, str) else expected
    )


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"has": ["_clients", {"$ref": ["clients", "k-anna"]}]}, ["s-spam-old", "s-waiting"]),
        ({"all": ["_clients", ["k-mail"]]}, ["s-mine", "s-spam-mail"]),
        ({"all": ["_clients", ["k-mail", "k-anna"]]}, []),
        ({"and": [{"not": {"all": ["_clients", []]}}]}, []),
        ({"eq": ["_userGroupId", None]}, "no group"),
        ({"neq": ["_userId", "u-me"]}, "not mine"),
        ({"in": ["_userId", ["u-anna", "u-off"]]}, ["s-hers"]),
    ],
)
async def test_lists_and_references_of_sessions_can_be_searched(
    server: Caller, where: object, expected: list[str] | str
) -> None:
    everything = await ids(server, "sessions", None)
    groups = {
        "no group": [identifier for identifier in everything if identifier != "s-waiting"],
        "not mine": [identifier for identifier in everything if identifier not in ("s-closed", "s-mine")],
    }
    assert await ids(server, "sessions", where) == (
        groups[expected] if isinstance(expected, str) else expected
    )


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"eq": ["presence", "offline"]}, ["u-off"]),
        ({"neq": ["presence", "offline"]}, ["u-anna", "u-gone", "u-me", "u-untold"]),
        ({"in": ["presence", ["online", "offline"]]}, ["u-anna", "u-me", "u-off"]),
        ({"eq": ["presence", None]}, ["u-gone", "u-untold"]),
        ({"like": ["email", "ANNA@"]}, ["u-anna"]),
    ],
)
async def test_users_can_be_searched_by_presence_and_mail(
    server: Caller, where: object, expected: list[str]
) -> None:
    assert await ids(server, "users", where) == expected


@pytest.mark.parametrize(
    "state", ["Waiting", "AssignedToBot", "AssignedToOperator", "MarkedAsSpam", "Closed"]
)
async def test_sessions_can_be_searched_by_every_state(server: Caller, state: str) -> None:
    sessions = (await server.call("sessions.search", size=100))["result"]
    expected = sorted(session["__id"] for session in sessions if session["_state"] == state)
    assert expected
    assert await ids(server, "sessions", {"eq": ["_state", state]}) == expected


async def test_an_application_item_can_only_be_compared_with_null(server: Caller) -> None:
    await server.call(
        "clients.save",
        id="k-mail",
        data={"_applicationItem": {"namespace": "crm", "code": "contacts", "id": "1"}},
    )
    assert await ids(server, "clients", {"neq": ["_applicationItem", None]}) == ["k-mail"]
    assert "k-mail" not in await ids(server, "clients", {"eq": ["_applicationItem", None]})
    error = await server.refusal("clients.search", where={"eq": ["_applicationItem", "1"]})
    assert error["code"] == -32602


async def test_deleted_rows_come_back_unless_they_are_left_out(server: Caller) -> None:
    assert "l-gone" in await ids(server, "lines", None)
    assert await ids(server, "lines", ALIVE) == ["l-quiet", "l-shop"]


async def test_ten_rows_are_the_default_and_the_total_counts_them_all(server: Caller) -> None:
    found = await server.call("channels.search")
    assert len(found["result"]) == 10
    assert found["total"] == 11


async def test_pages_join_to_the_whole(server: Caller) -> None:
    whole = await ids(server, "channels", None)
    pages = [await ids(server, "channels", None, size=4, **{"from": start}) for start in (0, 4, 8, 12)]
    assert [len(page) for page in pages] == [4, 4, 3, 0]
    assert [identifier for page in pages for identifier in page] == whole


async def test_the_total_ignores_the_page_and_can_be_left_out(server: Caller) -> None:
    where = {"eq": ["_state", "error"]}
    paged = await server.call("channels.search", where=where, size=1, **{"from": 2})
    assert (len(paged["result"]), paged["total"]) == (1, 3)
    assert (await server.call("channels.search", where=where, total=False))["total"] is None


async def test_fields_narrow_the_items_and_the_id_always_comes(server: Caller) -> None:
    where = {"eq": ["__id", "c-bot"]}
    narrow = await server.call("channels.search", where=where, fields=["_type", "_state"])
    assert narrow["result"] == [{"__id": "c-bot", "_type": "telegramBot", "_state": "active"}]
    assert (await server.call("channels.search", where=where, fields=[]))["result"] == [{"__id": "c-bot"}]


async def test_hidden_keys_never_leave_the_server(server: Caller) -> None:
    await server.call("sessions.markAsSpam", id="s-mine")
    state = await server.state()
    assert not [name for items in state.values() for item in items for name in item if name.startswith("$")]


async def test_rows_are_sorted_by_several_fields_with_nulls_first(server: Caller) -> None:
    order = [{"field": "_userId", "ascending": True}, {"field": "__createdAt", "ascending": False}]
    found = await ids(server, "sessions", ALIVE, sort=order)
    assert found[-3:] == ["s-hers", "s-mine", "s-closed"]
    assert found[0] == "s-spam"


async def test_nulls_come_last_when_descending_and_ties_keep_their_order(server: Caller) -> None:
    found = await ids(server, "sessions", ALIVE, sort=[{"field": "_userId", "ascending": False}])
    assert found[:5] == ["s-closed", "s-mine", "s-hers", "s-spam-old", "s-spam-mail"]


async def test_a_sort_is_ascending_unless_told(server: Caller) -> None:
    assert await ids(server, "lines", None, sort=[{"field": "__id"}]) == ["l-gone", "l-quiet", "l-shop"]


LEAF: dict[str, Any] = {"eq": ["__id", "c-bot"]}


def nested(depth: int) -> dict[str, Any]:
    return LEAF if depth == 1 else {"and": [nested(depth - 1)]}


async def test_a_filter_may_be_eight_deep_and_not_nine(server: Caller) -> None:
    assert await ids(server, "channels", nested(8)) == ["c-bot"]
    assert (await server.refusal("channels.search", where=nested(9)))["code"] == -32602


async def test_a_filter_may_hold_a_thousand_values_and_not_one_more(server: Caller) -> None:
    def where(count: int) -> object:
        return {"or": [LEAF, {"in": ["__id", [str(number) for number in range(count - 1)]]}]}

    assert await ids(server, "channels", where(1000)) == ["c-bot"]
    assert (await server.refusal("channels.search", where=where(1001)))["code"] == -32602


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ({}, "where"),
        ({"eq": ["__id", "x"], "neq": ["__id", "x"]}, "where"),
        ({"and": []}, "and"),
        ({"or": {}}, "or"),
        ({"and": [5]}, "where"),
        ({"not": []}, "where"),
        ({"eq": ["__id"]}, "eq"),
        ({"eq": "__id"}, "eq"),
        ({"eq": [7, "x"]}, "eq"),
        ({"matches": ["__id", "x"]}, "matches"),
        ({"__proto__": ["__id", "x"]}, "__proto__"),
        ({"constructor": ["__id", "x"]}, "constructor"),
        ({"eq": ["__proto__", "x"]}, "__proto__"),
        ({"eq": ["constructor", "x"]}, "constructor"),
        ({"eq": ["toString", None]}, "toString"),
        ({"eq": ["_userId", "x"]}, "_userId"),
        ({"eq": ["$operators", "x"]}, "$operators"),
        ({"like": ["_state", "act"]}, "_state"),
        ({"like": ["__name", None]}, "__name"),
        ({"gt": ["__name", "x"]}, "__name"),
        ({"gt": ["__createdAt", None]}, "__createdAt"),
        ({"has": ["_line", "l-shop"]}, "_line"),
        ({"eq": ["__createdAt", "2026-11-22T08:00:00Z"]}, "__createdAt"),
        ({"eq": ["__createdAt", {"$time": "yesterday"}]}, "__createdAt"),
        ({"eq": ["__createdAt", {"$time": "2026-11-22T08:00:00"}]}, "__createdAt"),
        ({"eq": ["__createdAt", {"$time": "2026-02-30T08:00:00Z"}]}, "__createdAt"),
        ({"eq": ["__createdAt", {"$time": "2026-11-22T24:00:00Z"}]}, "__createdAt"),
        ({"eq": ["__createdAt", {"$time": 5}]}, "__createdAt"),
        ({"eq": ["__createdAt", {"$time": "2026-11-22T08:00:00Z", "more": 1}]}, "__createdAt"),
        ({"eq": ["_line", {"$ref": ["users", "l-shop"]}]}, "_line"),
        ({"eq": ["_line", {"$ref": ["lines"]}]}, "_line"),
        ({"eq": ["_line", {"$ref": "l-shop"}]}, "_line"),
        ({"eq": ["_state", 1]}, "_state"),
        ({"eq": ["_state", True]}, "_state"),
        ({"eq": ["_state", ["active"]]}, "_state"),
        ({"in": ["_state", "active"]}, "_state"),
        ({"in": ["_state", ["active", 1]]}, "_state"),
        ([], "where"),
        ("active", "where"),
        (0, "where"),
        (False, "where"),
    ],
)
async def test_a_filter_outside_the_closed_lists_is_refused_by_name(
    server: Caller, where: object, named: str
) -> None:
    error = await server.refusal("channels.search", where=where)
    assert error["code"] == -32602
    assert named in error["message"]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"size": 0}, "size"),
        ({"size": 10_001}, "size"),
        ({"size": "10"}, "size"),
        ({"size": 1.5}, "size"),
        ({"size": True}, "size"),
        ({"from": -1}, "from"),
        ({"from": [0]}, "from"),
        ({"total": 1}, "total"),
        ({"total": "true"}, "total"),
        ({"fields": "__id"}, "fields"),
        ({"fields": ["_userId"]}, "_userId"),
        ({"fields": ["__proto__"]}, "__proto__"),
        ({"fields": ["$operators"]}, "$operators"),
        ({"fields": [None]}, "fields"),
        ({"sort": {"field": "__id"}}, "sort"),
        ({"sort": ["__id"]}, "sort"),
        ({"sort": [{}]}, "sort"),
        ({"sort": [{"field": "nothing", "ascending": True}]}, "nothing"),
        ({"sort": [{"field": "constructor", "ascending": True}]}, "constructor"),
        ({"sort": [{"field": "__id", "ascending": "yes"}]}, "sort"),
        ({"sort": [{"field": "__id", "descending": True}]}, "descending"),
        ({"where ": LEAF}, "where "),
        ({"limit": 5}, "limit"),
        ({"limit": None}, "limit"),
        ({"constructor": 1}, "constructor"),
    ],
)
async def test_a_search_with_wrong_params_is_refused_by_name(
    server: Caller, params: dict[str, object], named: str
) -> None:
    error = await server.refusal("channels.search", **params)
    assert error["code"] == -32602
    assert named in error["message"]


@pytest.mark.parametrize("field", ["_clients", "_apps"])
async def test_lists_cannot_be_sorted_by(server: Caller, field: str) -> None:
    assert field in (await server.refusal("sessions.search", sort=[{"field": field}]))["message"]


async def test_a_known_param_that_is_null_counts_as_absent(server: Caller) -> None:
    plain = await server.call("channels.search")
    empty = {"where": None, "sort": None, "from": None, "size": None, "fields": None, "total": None}
    assert await server.call("channels.search", **empty) == plain


async def test_a_group_lists_its_living_users_in_order(server: Caller) -> None:
    users = (await server.call("userGroups.users", id="g-first"))["result"]
    assert [user["__id"] for user in users] == ["u-anna", "u-me"]
    assert users[1]["email"] == "desk@example.com"
    assert (await server.call("userGroups.users", id="g-other"))["result"] == []


async def test_a_conversation_is_read_oldest_first_and_by_pages(server: Caller) -> None:
    messages = (await server.call("sessions.getAllMessages", id="s-mine"))["result"]
    assert [message["__id"] for message in messages] == ["m-1", "m-3", "m-4"]
    assert messages[2]["files"] == [{"__id": "f-1", "__name": "чек.pdf", "size": 2048}]
    assert (messages[0]["client"], messages[1]["operator"], messages[0]["session"]) == (
        "k-mail",
        "u-me",
        "s-mine",
    )
    page = (await server.call("sessions.getAllMessages", id="s-mine", size=1, **{"from": 1}))["result"]
    assert [message["__id"] for message in page] == ["m-3"]


async def test_the_last_message_is_the_newest_or_null(server: Caller) -> None:
    assert (await server.call("sessions.getLastMessage", id="s-mine"))["item"]["__id"] == "m-4"
    assert (await server.call("sessions.getLastMessage", id="s-bot"))["item"] is None


async def test_describe_tells_the_version_the_time_the_methods_and_the_user(server: Caller) -> None:
    described = await server.call("system.describe")
    assert described["contract"] == 1
    assert isinstance(described["bridge"], str)
    assert described["bridge"]
    assert described["now"] == "2026-11-22T09:30:00.000Z"
    assert described["user"] in ({"__id": "u-me", "__name": "Support desk"}, None)
