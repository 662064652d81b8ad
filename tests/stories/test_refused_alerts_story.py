"""A chat that takes no alert, for whatever reason Telegram gives: the administrators get it instead, once."""

import pytest
from aiogram.methods import SendMessage

from tests.story import Story

REASONS = [
    "Bad Request: need administrator rights in the channel chat",
    "Bad Request: CHAT_RESTRICTED",
    "Bad Request: something that nobody foresaw",
]


@pytest.mark.parametrize("reason", REASONS)
async def test_what_the_only_chat_refuses_is_told_to_the_administrators_with_its_content(
    calm: Story, reason: str
) -> None:
    await calm.ask(calm.admin, "/start")
    before = len(calm.admin.private.answers)
    calm.break_channel("Shop Instagram")
    await calm.poll()
    # The card, and the same once more as plain text.
    calm.servers.telegram.faults.fail(SendMessage, times=2, code=400, description=reason)
    await calm.poll(times=2)
    told = [each.text for each in calm.admin.private.answers[before:]]
    assert sum("is down (Error)" in each for each in told) == 1
    assert sum(reason in each for each in told) == 1
    await calm.poll(times=4)
    assert [each.text for each in calm.team.answers if "is down (Error)" in each.text]
    assert len(calm.admin.private.answers[before:]) == len(told)
