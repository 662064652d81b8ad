"""Ephemeral messages: who may be sent one and when, who sees it, and how it is edited."""

from dataclasses import dataclass
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BufferedInputFile,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
)
from playwright.async_api import expect

from lines_bot.sandbox.telegram import TelegramServer
from tests.browser import in_a_browser, open_page
from tests.driver import open_driver
from tests.sandbox.telegram import LEAD, OPERATOR, OTHER_BOT, STRANGER, TEAM, open_bot, open_telegram

BUTTON = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])


@dataclass
class Clock:
    now: float = 1_800_000_000

    def __call__(self) -> float:
        return self.now


def only(person: int, **more: Any) -> dict[str, Any]:
    """The arguments that make a message ephemeral."""
    return {"ephemeral_message_parameters": EphemeralMessageParameters(receiver_user_id=person, **more)}


def promote(server: TelegramServer) -> None:
    server.chats.chats[TEAM].members[server.chats.bot.id] = "administrator"


async def refuse(call: Any) -> str:
    with pytest.raises(TelegramAPIError) as refusal:
        await call
    return refusal.value.message.rpartition("Bad Request: ")[2]


async def edit(bot: Bot, message: Message, text: str, person: int = OPERATOR.id) -> bool:
    assert message.ephemeral_message_id is not None
    return await bot.edit_ephemeral_message_text(
        chat_id=TEAM, receiver_user_id=person, ephemeral_message_id=message.ephemeral_message_id, text=text
    )


async def test_an_administrator_sends_one_at_any_time_and_one_person_sees_it() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_driver(server.url) as driver:
        promote(server)
        sent = await bot.send_message(TEAM, "Psst", **only(OPERATOR.id))
        file = BufferedInputFile(b"secret", "talk.txt")
        await bot.send_document(TEAM, file, **only(OPERATOR.id))
        assert (sent.message_id, sent.ephemeral_message_id) == (0, 1)
        assert sent.receiver_user is not None
        assert sent.receiver_user.id == OPERATOR.id
        team, operator = driver.chat("Support team"), driver.person("operator")
        await driver.wait(lambda: len(operator.list_ephemeral(team)) == 2, "both messages")
        assert team.messages == []
        assert driver.person("lead").list_ephemeral(team) == []


@pytest.mark.parametrize("receiver", [STRANGER.id, OTHER_BOT.id, 999])
async def test_it_goes_to_members_who_are_no_bots(receiver: int) -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        promote(server)
        assert await refuse(bot.send_message(TEAM, "Psst", **only(receiver))) == "USER_ID_INVALID"
        assert server.chats.chats[TEAM].messages == {}


async def test_it_goes_into_groups_only() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        server.people.say(OPERATOR, server.chats.chats[OPERATOR.id], "/start")
        call = bot.send_message(OPERATOR.id, "Psst", **only(OPERATOR.id))
        assert await refuse(call) == "USER_ID_INVALID"


async def test_any_bot_answers_a_tap_so_for_fifteen_seconds() -> None:
    clock = Clock()
    async with open_telegram(clock=clock) as server, open_bot(server) as bot:
        assert await refuse(bot.send_message(TEAM, "Psst", **only(OPERATOR.id))) == "BOT_NOT_ADMIN"
        card = await bot.send_message(TEAM, "Card", reply_markup=BUTTON)
        tap = server.people.press(OPERATOR, server.chats.chats[TEAM], card.message_id, "go")
        await bot.answer_callback_query(tap.id)
        answer = only(OPERATOR.id, callback_query_id=tap.id)
        assert (await bot.send_message(TEAM, "Psst", **answer)).ephemeral_message_id == 1
        stale = "query is too old and response timeout expired or query ID is invalid"
        others = only(LEAD.id, callback_query_id=tap.id)
        assert await refuse(bot.send_message(TEAM, "Psst", **others)) == stale
        clock.now += 16
        assert await refuse(bot.send_message(TEAM, "Psst", **answer)) == "BOT_NOT_ADMIN"


async def test_a_reply_to_it_is_seen_by_the_bot_alone_and_may_be_answered_so() -> None:
    clock = Clock()
    async with open_telegram(clock=clock) as server, open_bot(server) as bot:
        team = server.chats.chats[TEAM]
        tap = server.people.press(OPERATOR, team, 1, "go")
        await bot.send_message(TEAM, "Psst", **only(OPERATOR.id, callback_query_id=tap.id))
        server.people.say(OPERATOR, team, "What?", reply_to=-1)
        update = (await bot.get_updates())[-1]
        assert update.message is not None
        assert (update.message.message_id, update.message.ephemeral_message_id) == (0, 2)
        assert update.message.receiver_user is not None
        assert update.message.receiver_user.id == bot.id
        reply = ReplyParameters(ephemeral_message_id=2)
        sent = await bot.send_message(TEAM, "That", reply_parameters=reply, **only(OPERATOR.id))
        assert sent.ephemeral_message_id == 3
        others = bot.send_message(TEAM, "That", reply_parameters=reply, **only(LEAD.id))
        assert await refuse(others) == "message to be replied not found"
        assert sorted(team.messages) == [-3, -2, -1]
        clock.now += 16
        late = bot.send_message(TEAM, "That", reply_parameters=reply, **only(OPERATOR.id))
        assert await refuse(late) == "BOT_NOT_ADMIN"


async def test_it_is_edited_under_its_receiver_and_by_no_other_method() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        promote(server)
        sent = await bot.send_message(TEAM, "Psst", **only(OPERATOR.id))
        assert await edit(bot, sent, "Hush")
        assert server.chats.chats[TEAM].messages[-1].text == "Hush"
        assert await refuse(edit(bot, sent, "Hush", LEAD.id)) == "ephemeral message not found"
        assert (await refuse(edit(bot, sent, "Hush"))).startswith("message is not modified")
        for number in (0, -1):
            wrong = bot.edit_message_text("Loud", chat_id=TEAM, message_id=number)
            assert await refuse(wrong) == "message to edit not found"


async def test_a_tap_on_it_says_which_one_it_was() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        promote(server)
        await bot.send_message(TEAM, "Psst", reply_markup=BUTTON, **only(OPERATOR.id))
        server.people.press(OPERATOR, server.chats.chats[TEAM], -1, "go")
        update = (await bot.get_updates())[-1]
        assert update.callback_query is not None
        pressed = update.callback_query.message
        assert isinstance(pressed, Message)
        assert (pressed.message_id, pressed.ephemeral_message_id) == (0, 1)


@in_a_browser
async def test_the_page_shows_it_to_its_receiver_alone() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_page(server, "operator") as page:
        promote(server)
        await bot.send_message(TEAM, "For all")
        sent = await bot.send_message(TEAM, "Psst", reply_markup=BUTTON, **only(OPERATOR.id))
        shown = page.locator(".message", has_text="Psst")
        await expect(shown).to_contain_text("Only you see this")
        await shown.get_by_role("button", name="Go").click()
        await expect(shown.locator(".key.waiting")).to_be_visible()
        await edit(bot, sent, "Hush")
        await expect(page.locator(".message", has_text="Hush")).to_be_visible()
        await page.get_by_text("Anna Lead").click()
        await expect(page.locator(".message", has_text="For all")).to_be_visible()
        await expect(page.locator(".message", has_text="Hush")).to_have_count(0)
        await expect(page.locator("#chats")).not_to_contain_text("Hush")
