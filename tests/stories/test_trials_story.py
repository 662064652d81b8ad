"""/test: whether alerts arrive, seen before one is needed."""

import pytest

from lines_bot.sandbox.embedded import TEAM
from lines_bot.settings import AlertTarget
from tests.story import Story


async def test_a_test_alert_arrives_and_says_so_to_whoever_asked(story: Story) -> None:
    answer = await story.ask(story.lead, "/test")
    assert answer.text == f"Test alert: arrived in 1 of 1 chats\n🟢 {TEAM}: in less than a second"
    (trial,) = story.team.answers
    assert trial.text == "🧪 Test alert\nNothing is wrong. Anna Lead is testing whether alerts arrive here."
    await story.press(story.viewer, "I see it", trial)
    assert trial.text == "🧪 Test alert\nSeen by Vera Viewer: alerts arrive here, and their buttons work."
    assert trial.buttons == []


async def test_a_test_alert_ends_after_ten_minutes_and_counts_nowhere(story: Story) -> None:
    story.make_well()
    await story.poll()
    await story.ask(story.lead, "/test")
    (trial,) = story.team.answers
    story.pass_time(601)
    await story.app.expiring_buttons.take_away()
    await story.driver.quiet()
    assert trial.buttons == []
    assert "No open alerts." in (await story.ask(story.lead, "/alerts")).text


async def test_a_chat_that_takes_nothing_is_named_with_what_to_do(story: Story) -> None:
    await story.restart(alert_chats=(AlertTarget(TEAM), AlertTarget(-1009)))
    answer = await story.ask(story.lead, "/test")
    assert answer.text.startswith("Test alert: arrived in 1 of 2 chats\n")
    assert "🔴 -1009: " in answer.text
    assert "correct ALERT_CHATS" in answer.text


@pytest.mark.parametrize("who", ["viewer", "operator"])
async def test_a_test_alert_takes_a_lead(story: Story, who: str) -> None:
    await story.ask(story.driver.person(who), "/test")
    assert story.team.answers == []
