"""Telegram wants a chat left alone for hours: it is, over a restart too, and the alert is told elsewhere."""

from datetime import timedelta

import pytest
from aiogram.methods import EditMessageText, SendMessage

from tests.story import Story

HOURS = 32_400


def count_requests(story: Story) -> int:
    """How often Telegram was asked to write into the team's chat."""
    telegram = story.servers.telegram
    calls = [*telegram.calls(SendMessage), *telegram.calls(EditMessageText)]
    return sum(call.chat_id == story.team.id for call in calls)


def count_alerts(story: Story) -> int:
    return sum("is down (Error)" in each.text for each in story.admin.private.answers)


async def open_alert(story: Story) -> None:
    story.break_channel("Shop Instagram")
    await story.poll(times=3)


async def test_a_rest_of_hours_outlives_a_restart_and_administrators_have_the_alert(calm: Story) -> None:
    await calm.ask(calm.admin, "/start")
    calm.servers.telegram.faults.flood(SendMessage, retry_after=HOURS)
    await open_alert(calm)
    assert (count_requests(calm), count_alerts(calm)) == (1, 1)
    await calm.restart()
    await calm.poll(times=3)
    calm.pass_time(HOURS - 300)
    await calm.poll()
    assert (count_requests(calm), count_alerts(calm)) == (1, 1)
    calm.pass_time(300)
    await calm.poll(times=2)
    assert len([each for each in calm.team.answers if "is down (Error)" in each.text]) == 1
    await calm.restart()
    assert calm.app.health.rate_limiter.resting.list() == {}


@pytest.mark.parametrize("jump", [timedelta(seconds=-1), timedelta(hours=-3), timedelta(days=-3)])
async def test_a_clock_set_back_over_the_restart_makes_a_rest_no_longer_than_a_day(
    calm: Story, jump: timedelta
) -> None:
    calm.servers.telegram.faults.flood(SendMessage, retry_after=HOURS)
    await open_alert(calm)
    calm.clock.set(jump)
    await calm.restart()
    await calm.poll(times=2)
    assert count_requests(calm) == 1
    calm.pass_time(86_400)
    await calm.poll(times=2)
    assert calm.team.find("is down (Error)") is not None


async def test_a_second_chat_that_rests_is_kept_beside_the_first(calm: Story) -> None:
    await calm.ask(calm.admin, "/start")
    calm.servers.telegram.faults.flood(SendMessage, retry_after=HOURS, times=2)
    await open_alert(calm)
    await calm.restart()
    assert set(calm.app.health.rate_limiter.resting.list()) == {calm.team.id, calm.admin.id}
