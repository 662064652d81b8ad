"""Updates reach the bot once it asks, and stay until it confirms them."""

import asyncio
from collections.abc import Callable

import pytest
from aiogram.exceptions import TelegramConflictError
from aiogram.types import CallbackQuery, InaccessibleMessage, Message

from lines_bot.sandbox.telegram import Chat, People
from tests.sandbox.telegram import LEAD, OPERATOR, OTHER_BOT, STRANGER, TEAM, open_bot, open_telegram


async def test_an_update_stays_until_a_higher_offset_confirms_it() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        for command in ("/one", "/two", "/three"):
            server.people.say(LEAD, team, command)
        first, second, third = await bot.get_updates()
        assert [update.update_id for update in (first, second, third)] == [1, 2, 3]
        assert await bot.get_updates(limit=1) == [first]
        assert await bot.get_updates(offset=second.update_id) == [second, third]
        assert await bot.get_updates(offset=-1) == [third]
        assert len(server.chats.updates) == 1
        assert await bot.get_updates(offset=third.update_id + 1) == []
        assert server.is_quiet()


async def test_a_long_poll_ends_with_the_first_update() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        polling = asyncio.create_task(bot.get_updates(timeout=50))
        await server.chats.updates.polled.wait()
        server.people.say(LEAD, server.chats.chats[TEAM], "/one")
        (update,) = await polling
        assert update.message is not None
        assert update.message.text == "/one"


async def test_a_second_poll_terminates_the_first() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_bot(server) as other:
        polling = asyncio.create_task(bot.get_updates(timeout=50))
        await server.chats.updates.polled.wait()
        assert await other.get_updates() == []
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
            await polling


async def test_only_allowed_updates_are_kept_and_the_choice_lasts() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        await bot.get_updates(allowed_updates=["callback_query"])
        team = server.chats.chats[TEAM]
        server.people.say(LEAD, team, "/one")
        server.people.press(LEAD, team, 1, "go")
        (update,) = await bot.get_updates()
        assert update.callback_query is not None
        assert (await bot.get_webhook_info()).allowed_updates == ["callback_query"]


async def test_dropping_pending_updates_forgets_them() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        server.people.say(LEAD, server.chats.chats[TEAM], "/one")
        assert (await bot.get_webhook_info()).pending_update_count == 1
        await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == []


@pytest.mark.parametrize(
    ("text", "reaches_the_bot"),
    [
        ("good morning", False),
        ("/channels", True),
        ("/channels@lines_demo_bot", True),
        ("/channels@other_bot", False),
        ("ask @lines_demo_bot", True),
        ("ask @anna_lead", False),
        ("see a/channels and </channels>", False),
    ],
)
async def test_privacy_mode_shows_the_bot_only_what_is_for_it(text: str, reaches_the_bot: bool) -> None:
    async with open_telegram() as server:
        server.people.say(LEAD, server.chats.chats[TEAM], text)
        assert len(server.chats.updates) == reaches_the_bot


async def test_a_reply_to_the_bot_reaches_it_and_an_administrator_bot_sees_all() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        card = await bot.send_message(TEAM, "Card")
        foreign = server.people.say(OPERATOR, team, "hm")
        server.people.say(LEAD, team, "thanks", reply_to=card.message_id)
        server.people.say(LEAD, team, "yes", reply_to=foreign.message_id)
        server.people.promote_bot(team, LEAD)
        server.people.say(LEAD, team, "good morning")
        kinds = [update.event_type for update in await bot.get_updates()]
        assert kinds == ["message", "my_chat_member", "message"]


def _anonymous(people: People, team: Chat) -> Message:
    return people.say(LEAD, team, "/mute", anonymous=True)


def _forwarded(people: People, team: Chat) -> Message:
    return people.say(LEAD, team, "/mute", forwarded_from=OPERATOR)


def _other_bot(people: People, team: Chat) -> Message:
    return people.say(OTHER_BOT, team, "/mute")


@pytest.mark.parametrize(
    ("write", "is_marked"),
    [
        (_anonymous, lambda m: m.sender_chat.id == TEAM and m.from_user.username == "GroupAnonymousBot"),
        (_forwarded, lambda m: m.forward_origin.sender_user.id == OPERATOR.id),
        (_other_bot, lambda m: m.from_user.is_bot),
    ],
)
async def test_a_message_that_no_person_wrote_is_marked(
    write: Callable[[People, Chat], Message], is_marked: Callable[[Message], bool]
) -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        write(server.people, server.chats.chats[TEAM])
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert is_marked(update.message)


async def test_an_edited_command_comes_as_an_edit() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        message = server.people.say(LEAD, team, "/chanels")
        server.people.edit(LEAD, team, message.message_id, "/channels")
        _, update = await bot.get_updates()
        assert update.edited_message is not None
        assert (update.edited_message.text, update.edited_message.message_id) == (
            "/channels",
            message.message_id,
        )


async def test_who_joins_and_leaves_is_announced_and_loses_the_chat() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        server.people.join(STRANGER, team)
        assert (await bot.get_chat_member(TEAM, STRANGER.id)).status == "member"
        server.people.leave(STRANGER, team)
        assert (await bot.get_chat_member(TEAM, STRANGER.id)).status == "left"
        joined, left = [update.message for update in await bot.get_updates()]
        assert joined is not None
        assert left is not None
        assert joined.new_chat_members is not None
        assert left.left_chat_member is not None
        assert joined.new_chat_members[0].id == left.left_chat_member.id == STRANGER.id


async def test_a_tap_can_be_forged_repeated_and_come_from_outside_the_chat() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        query = server.people.press(STRANGER, server.chats.chats[TEAM], 77, "forged")
        server.people.press_again(query)
        first, again = await bot.get_updates()
        assert isinstance(first.callback_query, CallbackQuery)
        assert first.callback_query.from_user.id == STRANGER.id
        assert isinstance(first.callback_query.message, InaccessibleMessage)
        assert again.callback_query is not None
        assert again.callback_query.id == first.callback_query.id
        assert again.update_id != first.update_id
