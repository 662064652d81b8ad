"""A group whose lead decided that talks with clients are shown to the asker alone."""

import pytest

from bot.telegram.callbacks import SetPrivacy
from tests.sessions import CLIENT, take_session
from tests.story import Story

WORDS = "nobody else may read this"
PRIVATE = "I answer you in private."


@pytest.fixture
async def discreet(story: Story) -> Story:
    """A story in whose group the lead turned it on, and an operator who started the bot."""
    for message in story.servers.simulation.world.conversation(take_session(story)):
        message["body"] = WORDS
    asked = await story.ask(story.lead, "/privacy", story.team)
    assert "to everyone who is in it" in asked.text
    await story.press(story.lead, "Show it in private", asked)
    assert "to the asker alone" in asked.text
    await story.ask(story.operator, "/start")
    return story


@pytest.mark.parametrize("command", ["last", "history", "session"])
async def test_a_talk_is_shown_to_the_asker_alone(discreet: Story, command: str) -> None:
    answer = await discreet.ask(discreet.operator, f"/{command} {CLIENT}", discreet.team)
    assert answer.text == PRIVATE
    assert WORDS not in str(discreet.team)
    assert WORDS in discreet.operator.private.answers[-1].text


async def test_a_file_goes_to_the_asker_alone(discreet: Story) -> None:
    await discreet.ask(discreet.operator, f"/export {CLIENT}", discreet.team)
    (upload,) = discreet.servers.telegram.chats.uploads.values()
    assert WORDS in upload.content.decode()
    assert [answer.text for answer in discreet.team.answers[1:]] == [PRIVATE]
    assert discreet.operator.private.answers[-1].text == f"Transcript of {CLIENT}"


async def test_a_tap_is_answered_in_private_and_the_pressed_message_stays(discreet: Story) -> None:
    queue = await discreet.ask(discreet.operator, "/queue Shop", discreet.team)
    before = queue.text
    button = next(text for text in queue.buttons if "Last" in text)
    toast = await discreet.operator.press(button, queue)
    await discreet.driver.quiet()
    assert toast.text == PRIVATE
    assert queue.text == before
    assert discreet.operator.private.answers[-1].text.startswith("👤")


async def test_who_never_started_the_bot_is_told_how(discreet: Story) -> None:
    answer = await discreet.ask(discreet.lead, f"/last {CLIENT}", discreet.team)
    assert answer.text == "I may not write to you first: open @lines_demo_bot, press Start, and repeat this."
    assert WORDS not in discreet.driver.describe()


async def test_it_can_be_turned_off_by_a_lead_only_and_outlives_a_restart(discreet: Story) -> None:
    await discreet.restart()
    asked = await discreet.ask(discreet.lead, "/privacy", discreet.team)
    assert "to the asker alone" in asked.text
    toast = await discreet.operator.press_data(SetPrivacy(discreet=False).pack(), asked)
    assert "This takes the role “lead”" in toast.text
    assert (await discreet.ask(discreet.operator, f"/last {CLIENT}", discreet.team)).text == PRIVATE
    await discreet.press(discreet.lead, "Show it here", asked)
    assert WORDS in (await discreet.ask(discreet.operator, f"/last {CLIENT}", discreet.team)).text


async def test_in_private_there_is_nothing_to_hide(story: Story) -> None:
    answer = await story.ask(story.lead, "/privacy")
    assert answer.text.startswith("⚠️ Nobody else reads here.")
