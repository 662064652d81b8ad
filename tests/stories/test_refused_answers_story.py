"""Telegram refuses what the bot answers: that is a line in the log, and nobody's fault in the bot."""

import pytest
from aiogram.methods import SendMessage

from tests.story import Story


@pytest.mark.parametrize("text", ["/channels", "/mute Shop tomorrow"])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (400, "Bad Request: message thread not found"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
    ],
)
async def test_a_refused_answer_is_a_warning(
    story: Story, caplog: pytest.LogCaptureFixture, text: str, code: int, reason: str
) -> None:
    story.servers.telegram.faults.fail(SendMessage, code=code, description=reason)
    await story.lead.send(text, story.team)
    await story.driver.quiet()
    assert [record.levelname for record in caplog.records if reason in record.getMessage()] == ["WARNING"]
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert (await story.ask(story.lead, "/channels", story.team)).text.startswith("Channels")


async def test_a_board_for_a_chat_that_rests_is_a_warning(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    story.servers.telegram.faults.flood(SendMessage, retry_after=32_400)
    await story.lead.send("/board", story.team)
    await story.driver.quiet()
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert story.team.answers == []
