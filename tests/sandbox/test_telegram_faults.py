"""Floods and faults: the server is as unkind as a test asks it to be."""

import asyncio

import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import GetMe, SendMessage

from lines_bot.sandbox.telegram import FloodLimits
from lines_bot.sandbox.telegram.floods import Floods, Rate
from lines_bot.sandbox.telegram.refusals import Refusal
from tests.sandbox.telegram import LEAD, TEAM, open_bot, open_telegram


async def test_without_limits_a_bot_may_write_as_fast_as_it_likes() -> None:
    async with open_telegram(clock=lambda: 0.0) as server, open_bot(server) as bot:
        for number in range(40):
            await bot.send_message(TEAM, str(number))
        assert len(server.chats.chats[TEAM].messages) == 40


async def test_a_flood_is_answered_with_the_seconds_to_wait_and_then_admitted() -> None:
    now = [1_000_000.0]
    limits = FloodLimits(chat=Rate(2, 5.0))
    async with open_telegram(floods=limits, clock=lambda: now[0]) as server, open_bot(server) as bot:
        for _ in range(2):
            card = await bot.send_message(TEAM, "Text")
        with pytest.raises(TelegramRetryAfter) as refusal:
            await bot.edit_message_text("New", chat_id=TEAM, message_id=card.message_id)
        assert refusal.value.retry_after == 5
        now[0] += 5
        assert await bot.edit_message_text("New", chat_id=TEAM, message_id=card.message_id)


def test_the_three_limits_hold_for_a_chat_a_group_and_overall() -> None:
    floods = Floods(FloodLimits(chat=Rate(1, 1.0), group=Rate(3, 60.0), overall=Rate(2, 0.5)))

    def retry_after(chat_id: int, now: float) -> int:
        try:
            floods.admit(chat_id, now)
        except Refusal as refusal:
            return refusal.parameters["retry_after"]
        return 0

    assert [retry_after(-1, now) for now in (0.0, 0.4, 1.0, 2.0, 3.0)] == [0, 1, 0, 0, 57]
    assert [retry_after(7, now) for now in (3.0, 3.5, 4.0)] == [0, 1, 0]
    assert [retry_after(chat_id, 10.0) for chat_id in (1, 2, 3)] == [0, 0, 1]


async def test_a_failed_request_is_recorded_and_not_executed() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        server.faults.fail(SendMessage, times=1)
        server.faults.flood(SendMessage, retry_after=7)
        with pytest.raises(TelegramServerError, match="Bad Gateway"):
            await bot.send_message(TEAM, "One")
        with pytest.raises(TelegramRetryAfter) as refusal:
            await bot.send_message(TEAM, "Two")
        assert refusal.value.retry_after == 7
        await bot.send_message(TEAM, "Three")
        assert [call.text for call in server.calls(SendMessage)] == ["One", "Two", "Three"]
        assert [message.text for message in server.chats.chats[TEAM].messages.values()] == ["Three"]


async def test_a_dropped_answer_is_lost_after_the_message_was_posted() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        server.faults.drop(SendMessage)
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(TEAM, "Posted")
        assert [message.text for message in server.chats.chats[TEAM].messages.values()] == ["Posted"]


async def test_a_held_request_is_executed_when_released() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        hold = server.faults.hang(SendMessage)
        sending = asyncio.create_task(bot.send_message(TEAM, "Late"))
        await hold.arrived.wait()
        assert server.chats.chats[TEAM].messages == {}
        assert await bot.get_me()
        hold.release()
        assert (await sending).text == "Late"


async def test_a_fault_of_one_method_leaves_the_others_alone() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        server.faults.fail(GetMe)
        server.people.say(LEAD, server.chats.chats[TEAM], "/one")
        assert len(await bot.get_updates()) == 1
        with pytest.raises(TelegramServerError):
            await bot.get_me()
