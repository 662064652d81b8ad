"""Buttons that are good for a minute are gone after it, and nothing else is."""

import pytest
from aiogram.methods import EditMessageReplyMarkup

from tests.driver import Message
from tests.sessions import ask_about, take_session
from tests.story import Story


async def ask_close(story: Story) -> Message:
    listed = await story.ask(story.lead, "/close", story.team)
    await story.press(story.lead, "1 ·", listed)
    assert listed.text.startswith("Close this session?")
    return listed


async def assign(story: Story) -> Message:
    """To somebody else than who had the session, so that there is a way back."""
    take_session(story).update(_state="AssignedToOperator", _userId=story.user("John Miller")["__id"])
    card = await ask_about(story, "session")
    return await story.reply(story.lead, card, "/assign Kate Brown")


async def wait(story: Story, seconds: float) -> None:
    story.pass_time(seconds)
    await story.app.expiring_buttons.take_away()
    await story.driver.quiet()


async def test_a_question_loses_its_buttons_when_its_time_is_over(story: Story) -> None:
    question = await ask_close(story)
    told = question.text
    await wait(story, 60)
    assert question.buttons == ["Close", "Cancel"]
    await wait(story, 1)
    assert (question.text, question.buttons) == (told, [])


async def test_an_undo_goes_and_the_other_buttons_stay(story: Story) -> None:
    done = await assign(story)
    before = list(done.buttons)
    assert before[0] == "↩️ Undo"
    await wait(story, 61)
    assert done.buttons == before[1:]
    assert done.buttons


async def test_what_was_answered_in_time_is_left_alone(story: Story) -> None:
    question = await ask_close(story)
    await story.press(story.lead, "Cancel", question)
    await wait(story, 61)
    assert question.text == "✖️ Cancelled. Nothing was changed."
    assert story.servers.telegram.calls(EditMessageReplyMarkup) == []


async def test_a_message_that_shows_something_else_by_now_keeps_its_buttons(story: Story) -> None:
    done = await assign(story)
    await story.press(story.lead, "Last", done)
    shown = list(done.buttons)
    assert shown
    await wait(story, 61)
    assert done.buttons == shown


async def test_after_a_restart_the_button_stays_and_says_that_it_is_over(story: Story) -> None:
    question = await ask_close(story)
    await story.restart()
    await wait(story, 61)
    assert question.buttons == ["Close", "Cancel"]
    await story.press(story.lead, "Close", question)
    assert "Too late: " in story.team.answers[-1].text
    assert not story.count_calls("sessions.close")


async def test_a_message_that_is_gone_keeps_no_other_from_losing_its_buttons(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    gone, stands = await ask_close(story), await ask_close(story)
    await story.app.bot.delete_message(gone.chat_id, gone.id)
    await wait(story, 61)
    assert stands.buttons == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == []
