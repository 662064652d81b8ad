import pytest

from tests.contract.documents import NOW, standard
from tests.contract.servers import Caller

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTACT = {"namespace": "crm", "code": "contacts", "id": "17"}
STAMP = {"__updatedAt": NOW, "__updatedBy": "u-me"}


async def test_an_active_channel_can_be_disconnected(server: Caller) -> None:
    item = (await server.call("channels.disconnect", id="c-support"))["item"]
    assert item.items() >= {"__id": "c-support", "_state": "disconnected", **STAMP}.items()
    assert (await server.item("channels", "c-support"))["_state"] == "disconnected"


@pytest.mark.parametrize("channel", ["c-viber", "c-chat", "c-instagram"])
async def test_a_fallen_channel_of_a_known_type_can_be_reconnected(server: Caller, channel: str) -> None:
    item = (await server.call("channels.reconnect", id=channel))["item"]
    assert item.items() >= {"_state": "active", **STAMP}.items()


async def test_an_app_item_can_be_linked_and_unlinked(server: Caller) -> None:
    linked = (await server.call("clients.save", id="k-mail", data={"_applicationItem": CONTACT}))["item"]
    assert linked.items() >= {"_applicationItem": CONTACT, **STAMP}.items()
    unlinked = (await server.call("clients.save", id="k-mail", data={"_applicationItem": None}))["item"]
    assert unlinked.get("_applicationItem") is None


async def test_a_line_without_apps_still_lets_go_of_one(server: Caller) -> None:
    await server.call("clients.save", id="k-quiet", data={"_applicationItem": None})


async def test_a_session_is_created_with_a_client_who_wrote_before(server: Caller) -> None:
    session = (await server.call("sessions.create", channel="c-bot", account="ivan"))["item"]
    expected = {
        "_state": "AssignedToOperator",
        "_priority": "Medium",
        "_userId": "u-me",
        "_channel": "c-bot",
        "_line": "l-shop",
        "_clients": ["k-ivan"],
        "_acceptedAt": NOW,
        "__createdAt": NOW,
        "__createdBy": "u-me",
    }
    assert session.items() >= expected.items()
    assert session.get("_closedAt") is None
    assert (await server.item("sessions", session["__id"]))["_clients"] == ["k-ivan"]


async def test_a_session_with_an_unknown_account_makes_the_client(server: Caller) -> None:
    session = (await server.call("sessions.create", channel="c-inbox", account="new@example.com"))["item"]
    (client_id,) = session["_clients"]
    client = await server.item("clients", client_id)
    assert (client["_username"], client["_channel"]) == ("new@example.com", "c-inbox")


async def test_an_account_belongs_to_its_channel(server: Caller) -> None:
    session = (await server.call("sessions.create", channel="c-inbox", account="anna"))["item"]
    assert session["_clients"] != ["k-anna"]


async def test_a_deleted_client_is_nobody(server: Caller) -> None:
    session = (await server.call("sessions.create", channel="c-inbox", account="gone@example.com"))["item"]
    assert session["_clients"] != ["k-gone"]


async def test_a_client_whose_session_is_spam_can_be_written_to(server: Caller) -> None:
    session = (await server.call("sessions.create", channel="c-bot", account="spammer"))["item"]
    assert session["_clients"] == ["k-spammer"]


@pytest.mark.parametrize("session", ["s-waiting", "s-hers", "s-bot"])
async def test_an_open_session_can_be_assigned_to_an_operator(server: Caller, session: str) -> None:
    before = await server.item("sessions", session)
    item = (await server.call("sessions.assignToOperator", id=session, operator="u-me"))["item"]
    assert (
        item.items()
        >= {"_state": "AssignedToOperator", "_userId": "u-me", "_acceptedAt": NOW, **STAMP}.items()
    )
    assert item.get("_userGroupId") == before.get("_userGroupId")


async def test_an_operator_whose_presence_is_not_told_can_be_assigned(server: Caller) -> None:
    item = (await server.call("sessions.assignToOperator", id="s-bot", operator="u-untold"))["item"]
    assert item["_userId"] == "u-untold"


async def test_a_session_given_to_a_group_waits_without_an_operator(server: Caller) -> None:
    item = (await server.call("sessions.assignToOperatorGroup", id="s-mine", userGroup="g-night"))["item"]
    assert (
        item.items() >= {"_state": "Waiting", "_userGroupId": "g-night", "_acceptedAt": NOW, **STAMP}.items()
    )
    assert item.get("_userId") is None


@pytest.mark.parametrize("params", [{}, {"silent": True}, {"silent": False}, {"silent": None}])
async def test_a_session_given_to_the_bot_has_no_operator(server: Caller, params: dict[str, object]) -> None:
    item = (await server.call("sessions.assignToBot", id="s-mine", **params))["item"]
    assert item.items() >= {"_state": "AssignedToBot", "_acceptedAt": NOW, **STAMP}.items()
    assert item.get("_userId") is None


@pytest.mark.parametrize("session", ["s-mine", "s-bot"])
async def test_our_session_and_the_bots_can_be_closed(server: Caller, session: str) -> None:
    item = (await server.call("sessions.close", id=session))["item"]
    assert item.items() >= {"_state": "Closed", "_closedAt": NOW, "_acceptedAt": NOW, **STAMP}.items()


async def test_spam_is_closed_and_comes_back_with_its_operator_and_priority(server: Caller) -> None:
    spam = (await server.call("sessions.markAsSpam", id="s-hers"))["item"]
    assert spam.items() >= {"_state": "MarkedAsSpam", "_closedAt": NOW, "_acceptedAt": NOW, **STAMP}.items()
    assert (spam.get("_userId"), spam.get("_priority")) == (None, None)
    back = (await server.call("sessions.unmarkAsSpam", id="s-hers"))["item"]
    assert (
        back.items() >= {"_state": "AssignedToOperator", "_userId": "u-anna", "_priority": "Medium"}.items()
    )
    assert back.get("_closedAt") is None


async def test_spam_from_the_queue_comes_back_to_the_queue(server: Caller) -> None:
    await server.call("sessions.markAsSpam", id="s-waiting")
    back = (await server.call("sessions.unmarkAsSpam", id="s-waiting"))["item"]
    assert (back["_state"], back["_priority"]) == ("Waiting", "High")


async def test_an_inbox_session_leaves_spam_although_a_later_one_exists(server: Caller) -> None:
    assert (await server.call("sessions.unmarkAsSpam", id="s-spam-mail"))["item"]["_state"] == "Waiting"


@pytest.mark.parametrize("session", ["s-mine", "s-closed", "s-spam"])
async def test_a_system_message_reaches_a_session_in_every_state(server: Caller, session: str) -> None:
    sent = (await server.call("sessions.sendSystemMessage", id=session, text="Priority: High 🙂"))["item"]
    last = (await server.call("sessions.getLastMessage", id=session))["item"]
    assert (last["body"], last["session"], last["type"]) == ("Priority: High 🙂", session, "system")
    assert (last.get("client"), last.get("operator")) == (None, None)
    assert sent in (last, None)
    assert (await server.item("sessions", session)).items() >= {"_lastActivityAt": NOW, **STAMP}.items()


@pytest.mark.parametrize("length", [1, 4096])
async def test_a_system_message_holds_up_to_4096_characters(server: Caller, length: int) -> None:
    await server.call("sessions.sendSystemMessage", id="s-mine", text="я" * length)


NOT_FOUND = [
    ("userGroups.users", {"id": "g-gone"}, "userGroups", "g-gone"),
    ("channels.disconnect", {"id": "c-gone"}, "channels", "c-gone"),
    ("channels.reconnect", {"id": "nothing"}, "channels", "nothing"),
    ("channels.reconnect", {"id": "__proto__"}, "channels", "__proto__"),
    ("clients.save", {"id": "k-gone", "data": {"_applicationItem": None}}, "clients", "k-gone"),
    ("sessions.create", {"channel": "c-gone", "account": "x"}, "channels", "c-gone"),
    ("sessions.assignToOperator", {"id": "s-gone", "operator": "nobody"}, "sessions", "s-gone"),
    ("sessions.assignToOperator", {"id": "s-closed", "operator": "u-gone"}, "users", "u-gone"),
    ("sessions.assignToOperatorGroup", {"id": "s-gone", "userGroup": "g-gone"}, "sessions", "s-gone"),
    ("sessions.assignToOperatorGroup", {"id": "s-closed", "userGroup": "g-gone"}, "userGroups", "g-gone"),
    ("sessions.assignToBot", {"id": "s-gone"}, "sessions", "s-gone"),
    ("sessions.close", {"id": "c-bot"}, "sessions", "c-bot"),
    ("sessions.markAsSpam", {"id": "constructor"}, "sessions", "constructor"),
    ("sessions.unmarkAsSpam", {"id": "s-gone"}, "sessions", "s-gone"),
    ("sessions.getLastMessage", {"id": "s-gone"}, "sessions", "s-gone"),
    ("sessions.getAllMessages", {"id": "s-gone"}, "sessions", "s-gone"),
    ("sessions.sendSystemMessage", {"id": "s-gone", "text": "x"}, "sessions", "s-gone"),
]


@pytest.mark.parametrize(("method", "params", "collection", "missing"), NOT_FOUND)
async def test_a_missing_or_deleted_object_is_not_found(
    server: Caller, method: str, params: dict[str, str], collection: str, missing: str
) -> None:
    error = await server.refusal(method, **params)
    assert error["code"] == -32000
    assert error["data"] == {"reason": "not_found", "collection": collection, "id": missing}
    assert " " in error["message"]


REFUSED = [
    ("channels.disconnect", {"id": "c-viber"}, {"reason": "wrong_state", "state": "error"}),
    ("channels.disconnect", {"id": "c-chat"}, {"reason": "wrong_state", "state": "disconnected"}),
    ("channels.reconnect", {"id": "c-bot"}, {"reason": "wrong_state", "state": "active"}),
    ("channels.reconnect", {"id": "c-telegram"}, {"reason": "not_reconnectable", "type": "telegram"}),
    ("channels.reconnect", {"id": "c-vk"}, {"reason": "not_reconnectable", "type": "vkontakte"}),
    ("channels.reconnect", {"id": "c-support"}, {"reason": "not_reconnectable", "type": "support"}),
    (
        "clients.save",
        {"id": "k-mail", "data": {"_applicationItem": {**CONTACT, "code": "deals"}}},
        {"reason": "app_not_bound"},
    ),
    ("clients.save", {"id": "k-quiet", "data": {"_applicationItem": CONTACT}}, {"reason": "app_not_bound"}),
    ("sessions.create", {"channel": "c-quiet", "account": "x"}, {"reason": "forbidden"}),
    ("sessions.create", {"channel": "c-bot", "account": "silent"}, {"reason": "no_prior_contact"}),
    ("sessions.create", {"channel": "c-bot", "account": "nobody"}, {"reason": "no_prior_contact"}),
    (
        "sessions.create",
        {"channel": "c-viber", "account": "viber"},
        {"reason": "wrong_state", "state": "error"},
    ),
    (
        "sessions.create",
        {"channel": "c-bot", "account": "anna"},
        {"reason": "open_session_exists", "session": "s-waiting"},
    ),
    ("sessions.assignToOperator", {"id": "s-mine", "operator": "u-off"}, {"reason": "operator_offline"}),
    ("sessions.assignToOperator", {"id": "s-closed", "operator": "u-off"}, {"reason": "operator_offline"}),
    (
        "sessions.assignToOperator",
        {"id": "s-closed", "operator": "u-me"},
        {"reason": "wrong_state", "state": "Closed"},
    ),
    (
        "sessions.assignToOperator",
        {"id": "s-spam", "operator": "u-me"},
        {"reason": "wrong_state", "state": "MarkedAsSpam"},
    ),
    (
        "sessions.assignToOperatorGroup",
        {"id": "s-mine", "userGroup": "g-other"},
        {"reason": "group_not_in_line"},
    ),
    (
        "sessions.assignToOperatorGroup",
        {"id": "s-closed", "userGroup": "g-other"},
        {"reason": "wrong_state", "state": "Closed"},
    ),
    (
        "sessions.assignToOperatorGroup",
        {"id": "s-closed", "userGroup": "g-first"},
        {"reason": "wrong_state", "state": "Closed"},
    ),
    ("sessions.assignToBot", {"id": "s-quiet"}, {"reason": "no_bot"}),
    ("sessions.assignToBot", {"id": "s-spam"}, {"reason": "wrong_state", "state": "MarkedAsSpam"}),
    ("sessions.close", {"id": "s-hers"}, {"reason": "not_assignee"}),
    ("sessions.close", {"id": "s-waiting"}, {"reason": "not_assignee"}),
    ("sessions.close", {"id": "s-closed"}, {"reason": "wrong_state", "state": "Closed"}),
    ("sessions.close", {"id": "s-spam"}, {"reason": "wrong_state", "state": "MarkedAsSpam"}),
    ("sessions.markAsSpam", {"id": "s-internal"}, {"reason": "spam_not_allowed", "type": "internal"}),
    ("sessions.markAsSpam", {"id": "s-support"}, {"reason": "spam_not_allowed", "type": "support"}),
    ("sessions.markAsSpam", {"id": "s-closed"}, {"reason": "wrong_state", "state": "Closed"}),
    ("sessions.markAsSpam", {"id": "s-spam"}, {"reason": "wrong_state", "state": "MarkedAsSpam"}),
    ("sessions.unmarkAsSpam", {"id": "s-spam-old"}, {"reason": "unspam_not_allowed"}),
    ("sessions.unmarkAsSpam", {"id": "s-waiting"}, {"reason": "wrong_state", "state": "Waiting"}),
    ("sessions.unmarkAsSpam", {"id": "s-closed"}, {"reason": "wrong_state", "state": "Closed"}),
]


@pytest.mark.parametrize(("method", "params", "data"), REFUSED)
async def test_a_broken_rule_is_refused_with_its_reason_and_changes_nothing(
    server: Caller, method: str, params: dict[str, object], data: dict[str, str]
) -> None:
    before = await server.state()
    error = await server.refusal(method, **params)
    assert error["code"] == -32000
    assert error["data"].items() >= data.items()
    assert " " in error["message"]
    assert await server.state() == before


async def test_an_offline_operator_can_only_read(server: Caller) -> None:
    document = standard()
    next(user for user in document["users"] if user["__id"] == "u-me")["presence"] = "offline"
    await server.handle.load(document)
    error = await server.refusal("sessions.create", channel="c-bot", account="ivan")
    assert error["data"]["reason"] == "operator_offline"


async def test_every_reason_that_rules_can_give_is_asked_for() -> None:
    asked = {data["reason"] for _, _, data in REFUSED} | {"not_found"}
    assert asked == {
        "not_found",
        "forbidden",
        "not_reconnectable",
        "spam_not_allowed",
        "unspam_not_allowed",
        "wrong_state",
        "not_assignee",
        "no_bot",
        "group_not_in_line",
        "operator_offline",
        "open_session_exists",
        "no_prior_contact",
        "app_not_bound",
    }


WRONG_PARAMS = [
    ("system.describe", {"verbose": True}, "verbose"),
    ("userGroups.users", {}, "id"),
    ("userGroups.users", {"id": "g-first", "size": 5}, "size"),
    ("channels.disconnect", {"id": None}, "id"),
    ("channels.disconnect", {"id": ""}, "id"),
    ("channels.disconnect", {"id": 5}, "id"),
    ("channels.reconnect", {"id": ["c-viber"]}, "id"),
    ("channels.reconnect", {"id": "c-viber", "force": True}, "force"),
    ("clients.save", {"id": "k-mail"}, "data"),
    ("clients.save", {"id": "k-mail", "data": {}}, "_applicationItem"),
    ("clients.save", {"id": "k-mail", "data": {"_applicationItem": None, "__name": "x"}}, "__name"),
    ("clients.save", {"id": "k-mail", "data": {"_applicationItem": "17"}}, "_applicationItem"),
    ("clients.save", {"id": "k-mail", "data": {"_applicationItem": {"id": "1", "code": "x"}}}, "namespace"),
    ("clients.save", {"id": "k-mail", "data": {"_applicationItem": {**CONTACT, "id": ""}}}, "id"),
    ("clients.save", {"id": "k-mail", "data": {"_applicationItem": {**CONTACT, "name": "x"}}}, "name"),
    ("clients.save", {"id": "k-mail", "data": []}, "data"),
    ("sessions.create", {"channel": "c-bot"}, "account"),
    ("sessions.create", {"channel": "c-bot", "account": ""}, "account"),
    ("sessions.create", {"account": "ivan"}, "channel"),
    ("sessions.assignToOperator", {"id": "s-mine"}, "operator"),
    ("sessions.assignToOperator", {"id": "s-mine", "operator": {"__id": "u-me"}}, "operator"),
    ("sessions.assignToOperatorGroup", {"id": "s-mine", "group": "g-first"}, "group"),
    ("sessions.assignToBot", {"id": "s-mine", "silent": "yes"}, "silent"),
    ("sessions.close", {"id": "s-mine", "silent": True}, "silent"),
    ("sessions.markAsSpam", {"id": True}, "id"),
    ("sessions.unmarkAsSpam", {"id": {}}, "id"),
    ("sessions.getLastMessage", {"id": "s-mine", "size": 1}, "size"),
    ("sessions.getAllMessages", {"id": "s-mine", "size": 10_001}, "size"),
    ("sessions.getAllMessages", {"id": "s-mine", "from": -1}, "from"),
    ("sessions.sendSystemMessage", {"id": "s-mine"}, "text"),
    ("sessions.sendSystemMessage", {"id": "s-mine", "text": ""}, "text"),
    ("sessions.sendSystemMessage", {"id": "s-mine", "text": "x" * 4097}, "text"),
    ("sessions.sendSystemMessage", {"id": "s-mine", "text": 5}, "text"),
]


@pytest.mark.parametrize(("method", "params", "named"), WRONG_PARAMS)
async def test_wrong_params_are_refused_by_name_before_any_rule(
    server: Caller, method: str, params: dict[str, object], named: str
) -> None:
    error = await server.refusal(method, **params)
    assert error["code"] == -32602
    assert named in error["message"]


async def test_wrong_params_come_before_a_missing_object(server: Caller) -> None:
    assert (await server.refusal("sessions.close", id="s-gone", why="x"))["code"] == -32602
