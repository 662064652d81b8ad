import copy
import pickle
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, ValidationError

from lines_bot.lines import (
    AppItem,
    Channel,
    ChannelState,
    ChannelType,
    Client,
    LinesClient,
    Message,
    NotReconnectable,
    Presence,
    Refused,
    Session,
    SessionPriority,
    SessionState,
    SpamNotAllowed,
    UnspamNotAllowed,
    User,
    WrongState,
)
from lines_bot.lines.enums import OpenEnum

RECONNECTABLE = ["telegramBot", "inbox", "viberbot", "livechat", "instagram"]
NOT_RECONNECTABLE = ["telegram", "internal", "support", "vkontakte", "", None]


def from_wire(**fields: object) -> Channel:
    return Channel.model_validate(fields, by_alias=True, by_name=False)


def test_the_wire_names_of_the_sdk_become_plain_ones() -> None:
    channel = from_wire(
        __id="c", __name="Shop", _state="error", _type="inbox", __createdAt="2026-11-22T09:30:00.000Z"
    )
    assert channel == Channel(
        id="c",
        name="Shop",
        state=ChannelState.ERROR,
        type=ChannelType.INBOX,
        created_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    )


def test_fields_that_the_contract_does_not_name_pass_through_untouched() -> None:
    channel = from_wire(__id="c", _colour={"hue": [1, None]}, name=5, state={"x": 1})
    assert channel.model_extra == {"_colour": {"hue": [1, None]}, "name": 5, "state": {"x": 1}}
    assert channel.name is None
    assert channel.state is None


def test_absent_and_null_mean_the_same() -> None:
    nothing = dict.fromkeys(("_clients", "_apps", "_state", "_acceptedAt", "__name"), None)
    session = Session.model_validate({"__id": "s", **nothing}, by_alias=True, by_name=False)
    assert session == Session(id="s")
    assert session.clients == ()
    assert session.apps == ()


@pytest.mark.parametrize("identifier", [None, "", 5])
def test_an_item_without_an_id_is_refused(identifier: object) -> None:
    with pytest.raises(ValidationError):
        from_wire(__id=identifier)


@pytest.mark.parametrize("kind", [ChannelState, ChannelType, SessionState, SessionPriority, Presence])
def test_a_word_that_nobody_published_shows_itself_and_compares_as_a_string(kind: type[OpenEnum]) -> None:
    word = kind("vkontakte")
    assert str(word) == f"{word}" == "vkontakte"
    assert word == "vkontakte"
    assert word == kind("vkontakte")
    assert {word: 1}[kind("vkontakte")] == 1
    assert not word.is_known
    assert "vkontakte" not in list(kind)
    assert all(known.is_known for known in kind)


def test_an_unknown_word_that_looks_like_a_members_name_is_not_that_member() -> None:
    assert ChannelState("ERROR") != ChannelState.ERROR
    assert not ChannelState("ERROR").is_known


def test_an_unknown_word_survives_copying() -> None:
    word = ChannelType("vkontakte")
    assert copy.deepcopy(word) == pickle.loads(pickle.dumps(word)) == word


def test_items_that_say_the_same_are_equal_and_count_once() -> None:
    assert {Channel(id="c", name="A"), Channel(id="c", name="A"), Channel(id="c", name="B")} == {
        Channel(id="c", name="A"),
        Channel(id="c", name="B"),
    }
    assert Channel(id="x") != User(id="x")
    assert from_wire(__id="c", _extra=1) != from_wire(__id="c", _extra=2)


def test_an_item_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Channel(id="c").name = "other"  # type: ignore[misc]  # the mistake under test


async def test_an_item_made_by_hand_says_why_it_cannot_act() -> None:
    with pytest.raises(RuntimeError, match="Client c was not read from Lines"):
        await Client(id="c").save()


@pytest.mark.parametrize("kind", RECONNECTABLE)
@pytest.mark.parametrize("state", ["disconnected", "error"])
def test_the_listed_types_can_be_reconnected_when_down(kind: str, state: str) -> None:
    assert Channel(id="c", type=kind, state=state).can_reconnect


@pytest.mark.parametrize("kind", NOT_RECONNECTABLE)
@pytest.mark.parametrize("state", ["disconnected", "error", "active"])
def test_other_types_cannot_be_reconnected_whatever_their_state(kind: str | None, state: str) -> None:
    obstacle = Channel(id="c", type=kind, state=state).obstacle_to_reconnect()
    assert isinstance(obstacle, NotReconnectable)
    assert obstacle.type == kind
    assert (kind or "unknown") in str(obstacle)


@pytest.mark.parametrize("state", ["active", "sleeping", None])
def test_a_channel_that_is_not_known_to_be_down_is_not_reconnected(state: str | None) -> None:
    obstacle = Channel(id="c", type="inbox", state=state).obstacle_to_reconnect()
    assert isinstance(obstacle, WrongState)
    assert obstacle.state == state


@pytest.mark.parametrize(
    ("state", "allowed"), [("active", True), ("error", False), ("disconnected", False), ("odd", False)]
)
def test_only_an_active_channel_is_disconnected(state: str, allowed: bool) -> None:
    assert (Channel(id="c", state=state).obstacle_to_disconnect() is None) is allowed


@pytest.mark.parametrize("state", ["Waiting", "AssignedToBot", "AssignedToOperator"])
def test_an_open_session_has_no_obstacle(state: str) -> None:
    session = Session(id="s", state=state)
    assert session.obstacle_to_assign() is None
    assert session.obstacle_to_close() is None
    assert session.obstacle_to_spam(Channel(id="c", type="vkontakte")) is None


@pytest.mark.parametrize("state", ["Closed", "MarkedAsSpam", "Paused"])
def test_a_finished_session_or_one_in_an_unknown_state_cannot_be_assigned_closed_or_spam(state: str) -> None:
    session = Session(id="s", state=state)
    obstacles = (
        session.obstacle_to_assign(),
        session.obstacle_to_close(),
        session.obstacle_to_spam(Channel(id="c", type="inbox")),
    )
    assert [type(obstacle) for obstacle in obstacles] == [WrongState] * 3
    assert all(state in str(obstacle) for obstacle in obstacles)


@pytest.mark.parametrize("kind", ["internal", "support"])
@pytest.mark.parametrize("state", ["Waiting", "Closed"])
def test_the_type_forbids_spam_before_the_state_does(kind: str, state: str) -> None:
    obstacle = Session(id="s", state=state).obstacle_to_spam(Channel(id="c", type=kind))
    assert isinstance(obstacle, SpamNotAllowed)
    assert obstacle.type == kind


@pytest.mark.parametrize(
    ("kind", "is_last", "state", "expected"),
    [
        ("inbox", False, "MarkedAsSpam", None),
        ("telegram", True, "MarkedAsSpam", None),
        ("telegram", False, "MarkedAsSpam", UnspamNotAllowed),
        ("telegram", False, "Closed", UnspamNotAllowed),
        ("inbox", False, "Closed", WrongState),
        ("telegram", True, "Waiting", WrongState),
    ],
)
def test_spam_is_taken_back_for_the_last_session_or_an_inbox(
    kind: str, is_last: bool, state: str, expected: type[Refused] | None
) -> None:
    obstacle = Session(id="s", state=state).obstacle_to_unspam(Channel(id="c", type=kind), is_last=is_last)
    assert (None if obstacle is None else type(obstacle)) is expected


def test_linking_makes_another_client_and_leaves_this_one() -> None:
    client = Client(id="c", username="anna")
    contact = AppItem(namespace="_clients", code="_contacts", id="42")
    assert client.with_application_item(contact) == Client(id="c", username="anna", application_item=contact)
    assert client.application_item is None


def test_files_of_a_message_have_names_and_sizes() -> None:
    message = Message.model_validate(
        {"__id": "m", "files": [{"__id": "f", "__name": "a.png", "size": 5}], "isRead": True},
        by_alias=True,
        by_name=False,
    )
    assert [(file.name, file.size) for file in message.files] == [("a.png", 5)]
    assert message.is_read


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "пароль"])
async def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII") as caught:
        LinesClient("https://example.com", SecretStr(token))
    assert token not in str(caught.value) or not token


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/rpc",
        "ftp://example.com",
        "https://",
        "https://x/?token=s3cret",
        "http://x:port",
        "\0",
    ],
)
async def test_an_address_that_cannot_be_right_or_holds_the_token_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address must be") as caught:
        LinesClient(url, SecretStr("s3cret"))
    assert "s3cret" not in str(caught.value)
