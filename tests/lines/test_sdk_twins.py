"""Every example of the vendor's page on the Lines SDK, in Python, against a company that answers over HTTP.

A session of the page's examples is picked by `Context.data.sessionId`; here by `SESSION` and its like.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from lines_bot.lines import (
    AppItem,
    AppNotBound,
    Channel,
    ChannelState,
    ChannelType,
    Client,
    Line,
    LinesClient,
    NoPriorContact,
    OpenSessionExists,
    Session,
    SessionPriority,
    SessionState,
    SpamNotAllowed,
    UnspamNotAllowed,
    User,
)
from lines_bot.sandbox.lines_server import LinesServer, serve
from lines_bot.sandbox.world import World
from tests.lines.twin_company import COMPANY, OLD_SPAM, SESSION, SPAM, SUPPORT_SESSION

TOKEN = "twins"
CONTACT = AppItem(namespace="_clients", code="_contacts", id="contact-42")


@pytest.fixture
async def company() -> AsyncIterator[LinesServer]:
    async with await serve(World(COMPANY), TOKEN) as server:
        yield server


@pytest.fixture
async def lines(company: LinesServer) -> AsyncIterator[LinesClient]:
    async with LinesClient(company.url, SecretStr(TOKEN)) as lines:
        yield lines


def stored(company: LinesServer, collection: str, identifier: str) -> dict[str, object]:
    return company.world.collections[collection][identifier]


async def test_a_live_chat_is_found_by_its_name(lines: LinesClient) -> None:
    line = (
        await lines.lines.search()
        .where(Line.f.deleted_at.is_null() & (Line.f.name == "Some live chat"))
        .first()
    )
    assert line is not None
    assert line.id == "line"


async def test_inactive_channels_are_found(lines: LinesClient) -> None:
    inactive = (
        await lines.channels.search()
        .where(Channel.f.deleted_at.is_null() & (Channel.f.state != ChannelState.ACTIVE))
        .all()
    )
    assert {channel.id for channel in inactive} == {"broken-bot", "mail", "vk"}


async def test_an_active_channel_is_disconnected(lines: LinesClient, company: LinesServer) -> None:
    channel = (
        await lines.channels.search()
        .where(Channel.f.deleted_at.is_null() & (Channel.f.state == ChannelState.ACTIVE))
        .first()
    )
    assert channel is not None
    channel = await channel.disconnect()
    assert channel.state is ChannelState.DISCONNECTED
    assert stored(company, "channels", channel.id)["_state"] == "disconnected"


async def test_channels_of_the_types_that_can_be_are_reconnected(
    lines: LinesClient, company: LinesServer
) -> None:
    channels = (
        await lines.channels.search()
        .where(
            Channel.f.deleted_at.is_null()
            & (Channel.f.state != ChannelState.ACTIVE)
            & Channel.f.type.in_(
                [
                    ChannelType.INBOX,
                    ChannelType.TELEGRAM_BOT,
                    ChannelType.VIBER_BOT,
                    ChannelType.LIVECHAT,
                    ChannelType.INSTAGRAM,
                ]
            )
        )
        .size(100)
        .all()
    )
    for channel in channels:
        await channel.reconnect()
    states = {each["__id"]: each["_state"] for each in company.world.collections["channels"].values()}
    assert {name for name, state in states.items() if state != "active"} == {"vk", "deleted"}


async def test_a_client_is_found_by_channel_and_account(lines: LinesClient) -> None:
    channel = (
        await lines.channels.search()
        .where(Channel.f.deleted_at.is_null() & (Channel.f.type == ChannelType.TELEGRAM))
        .first()
    )
    assert channel is not None
    client = (
        await lines.clients.search()
        .where(
            Client.f.deleted_at.is_null()
            & (Client.f.channel == channel)
            & (Client.f.username == "telegram_username")
        )
        .first()
    )
    assert client is not None
    assert client.id == "client"


async def find_client(lines: LinesClient, username: str) -> Client:
    client = (
        await lines.clients.search()
        .where(Client.f.deleted_at.is_null() & (Client.f.username == username))
        .first()
    )
    assert client is not None
    return client


async def test_an_app_item_is_linked_with_a_client(lines: LinesClient, company: LinesServer) -> None:
    client = await find_client(lines, "telegram_username")
    client = await client.with_application_item(CONTACT).save()
    assert client.application_item == CONTACT
    assert stored(company, "clients", client.id)["_applicationItem"] == CONTACT.model_dump()


async def test_an_app_that_the_line_does_not_allow_is_not_linked(
    lines: LinesClient, company: LinesServer
) -> None:
    client = await find_client(lines, "telegram_username")
    with pytest.raises(AppNotBound):
        await client.with_application_item(CONTACT.model_copy(update={"code": "orders"})).save()
    assert stored(company, "clients", client.id).get("_applicationItem") is None


async def test_the_open_session_with_a_client_is_found(lines: LinesClient) -> None:
    client = await lines.clients.get("client")
    session = (
        await lines.sessions.search()
        .where(
            Session.f.deleted_at.is_null()
            & Session.f.clients.all_of([client])
            & (Session.f.state != SessionState.CLOSED)
        )
        .first()
    )
    assert session is not None
    assert session.id == SESSION
    assert session.priority is SessionPriority.MEDIUM


async def test_a_session_is_created_for_an_account(lines: LinesClient, company: LinesServer) -> None:
    channel = await lines.channels.get("bot")
    session = await lines.sessions.create(channel, "telegram_username")
    assert session.state is SessionState.ASSIGNED_TO_OPERATOR
    assert session.user_id == "operator"
    assert stored(company, "sessions", session.id)["_clients"] == ["namesake"]


@pytest.mark.parametrize(
    ("channel", "account", "refusal"),
    [("telegram", "telegram_username", OpenSessionExists), ("bot", "never_wrote", NoPriorContact)],
)
async def test_a_session_that_may_not_be_created_is_not(
    lines: LinesClient, company: LinesServer, channel: str, account: str, refusal: type[Exception]
) -> None:
    before = company.world.dump()
    with pytest.raises(refusal):
        await lines.sessions.create(channel, account)
    assert company.world.dump() == before


async def pick_session(lines: LinesClient, identifier: str) -> Session:
    """What the page's examples repeat; `lines.sessions.get(identifier)` is short for it."""
    session = (
        await lines.sessions.search()
        .where(Session.f.deleted_at.is_null() & (Session.f.id == identifier))
        .first()
    )
    assert session == await lines.sessions.get(identifier)
    assert session is not None
    return session


async def test_a_session_is_assigned_to_an_operator(lines: LinesClient, company: LinesServer) -> None:
    session = await pick_session(lines, SESSION)
    session = await session.assign_to_operator(User(id="other"))
    assert (session.state, session.user_id) == (SessionState.ASSIGNED_TO_OPERATOR, "other")
    assert stored(company, "sessions", SESSION)["_userId"] == "other"


async def test_a_session_is_given_to_a_group_then_to_the_bot_and_closed(lines: LinesClient) -> None:
    session = await pick_session(lines, SESSION)
    group = await lines.user_groups.get("group")
    assert [user.name for user in await group.users()] == ["Анна", "John"]
    session = await session.assign_to_operator_group(group)
    assert (session.state, session.user_group_id) == (SessionState.WAITING, "group")
    session = await session.assign_to_bot()
    assert session.state is SessionState.ASSIGNED_TO_BOT
    session = await session.close()
    assert session.state is SessionState.CLOSED
    assert session.closed_at is not None


async def test_the_last_message_of_a_session_is_read(lines: LinesClient) -> None:
    session = await pick_session(lines, SESSION)
    last_message = await session.get_last_message()
    assert last_message is not None
    assert (last_message.body, last_message.client) == ("Anybody here?", "client")
    assert [message.body for message in await session.get_all_messages()] == ["Hello?", "Anybody here?"]
    assert [message.id for message in await session.get_all_messages(offset=1, size=1)] == ["m2"]


async def test_a_system_message_is_sent_to_a_session(lines: LinesClient, company: LinesServer) -> None:
    session = await pick_session(lines, SESSION)
    message = await session.send_system_message("Priority changed to High")
    assert message is not None
    assert (message.client, message.operator) == (None, None)
    assert company.world.messages[-1]["body"] == "Priority changed to High"


async def test_a_session_is_marked_as_spam(lines: LinesClient, company: LinesServer) -> None:
    session = await pick_session(lines, SESSION)
    session = await session.mark_as_spam()
    assert session.state is SessionState.MARKED_AS_SPAM
    assert stored(company, "sessions", SESSION)["_state"] == "MarkedAsSpam"


async def test_support_channels_have_no_spam_with_the_same_refusal_from_either_side(
    lines: LinesClient, company: LinesServer
) -> None:
    session = await pick_session(lines, SUPPORT_SESSION)
    known = session.obstacle_to_spam(await lines.channels.get("portal"))
    with pytest.raises(SpamNotAllowed) as caught:
        await session.mark_as_spam()
    assert isinstance(known, SpamNotAllowed)
    assert (known.reason, known.type) == (caught.value.reason, caught.value.type)
    assert stored(company, "sessions", SUPPORT_SESSION)["_state"] == "Waiting"


async def test_the_last_session_is_taken_out_of_spam(lines: LinesClient) -> None:
    session = await pick_session(lines, SPAM)
    session = await session.unmark_as_spam()
    assert session.state is SessionState.WAITING


async def test_an_earlier_session_stays_spam(lines: LinesClient, company: LinesServer) -> None:
    session = await pick_session(lines, OLD_SPAM)
    with pytest.raises(UnspamNotAllowed):
        await session.unmark_as_spam()
    assert stored(company, "sessions", OLD_SPAM)["_state"] == "MarkedAsSpam"


async def test_a_screen_of_five_collections_costs_one_request(
    lines: LinesClient, company: LinesServer
) -> None:
    await asyncio.gather(
        lines.channels.search().all(),
        lines.sessions.search().where(Session.f.state == SessionState.WAITING).count(),
        lines.users.search().all(),
        lines.user_groups.search().all(),
        lines.describe(),
    )
    assert [len(request.methods) for request in company.requests] == [5]
