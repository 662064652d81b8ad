"""What administrators are told: everything that is new, but of what strangers bring about only a little."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiogram import Bot
from aiogram.methods import SendMessage
from aiogram.utils.formatting import Text

from lines_bot.sandbox.telegram import TelegramServer
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.views.view import View
from tests.clock import ManualClock
from tests.sandbox.telegram import LEAD, OPERATOR, open_bot, open_telegram

LAST = partial(View, Text("no more of them"))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with open_telegram() as server:
        server.people.say(LEAD, server.chats.chats[LEAD.id], "/start")
        yield server


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with open_bot(telegram) as opened:
        yield opened


def list_told(telegram: TelegramServer) -> list[str]:
    return [call.text for call in telegram.calls(SendMessage) if call.chat_id == LEAD.id]


async def test_one_who_cannot_be_told_keeps_the_others_from_nothing(
    telegram: TelegramServer, bot: Bot
) -> None:
    await Administrators(bot, [OPERATOR.id, LEAD.id], ManualClock()).tell(partial(View, Text("news")))
    assert list_told(telegram) == ["news"]


async def test_a_topic_is_told_once_a_day_whatever_the_time_of_day_says(
    telegram: TelegramServer, bot: Bot
) -> None:
    clock = ManualClock()
    administrators = Administrators(bot, [LEAD.id], clock)
    for hours in (0, 1, 22.9, 0.2):
        clock.move(hours * 3600)
        await administrators.tell_once("odd", partial(View, Text(f"after {hours}")))
    assert list_told(telegram) == ["after 0", "after 0.2"]


async def test_a_crowd_of_strangers_is_told_of_a_few_times_and_then_once_an_hour(
    telegram: TelegramServer, bot: Bot
) -> None:
    clock = ManualClock()
    administrators = Administrators(bot, [LEAD.id], clock)
    for number in range(200):
        await administrators.tell_of_stranger(f"group {number}", partial(View, Text(f"group {number}")), LAST)
        await administrators.tell_of_stranger(f"group {number}", partial(View, Text("again")), LAST)
    assert list_told(telegram) == [*(f"group {number}" for number in range(5)), "no more of them"]
    clock.move(3600)
    await administrators.tell_of_stranger("group 500", partial(View, Text("group 500")), LAST)
    assert list_told(telegram)[6:] == ["group 500"]
