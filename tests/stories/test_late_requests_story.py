"""Written or pressed while the bot was away: what only reads is answered, what changes is asked about."""

import pytest

from tests.story import Story

HOURS = 5 * 3600


async def return_after(story: Story, seconds: float = HOURS) -> None:
    """Start the bot again so much later."""
    story.clock.move(seconds)
    await story.start()
    await story.driver.quiet()


@pytest.mark.parametrize("command", ["/maintenance 2h", "/mute Shop 2h", "/reconnect all", "/grant viewer"])
async def test_a_command_that_changes_something_is_asked_about_and_done_after_a_tap(
    calm: Story, command: str
) -> None:
    who = calm.admin if command.startswith("/grant") else calm.lead
    await calm.stop()
    await who.send(command, calm.team)
    await return_after(calm)
    asked = calm.team.answers[-1]
    assert "You wrote this 5 h 0 min ago, while I was away. Nothing was done. Still?" in asked.text
    assert asked.buttons == [command]
    await who.press(command, asked)
    await calm.driver.quiet()
    assert "while I was away" not in calm.team.answers[-1].text


async def test_a_question_is_answered_however_late(calm: Story) -> None:
    await calm.stop()
    await calm.viewer.send("/channels", calm.team)
    await return_after(calm)
    assert "Channels" in calm.team.answers[-1].text


async def test_a_short_absence_asks_nothing(calm: Story) -> None:
    await calm.stop()
    await calm.lead.send("/maintenance 2h", calm.team)
    await return_after(calm, 60)
    assert "Maintenance" in calm.team.answers[-1].text


async def test_a_tap_that_changes_something_is_to_be_pressed_again(calm: Story) -> None:
    listed = await calm.ask(calm.lead, "/maintenance", calm.team)
    await calm.stop()
    [tap] = [key for key in listed.buttons if "1" in key][:1]
    await calm.driver.post(
        "press",
        person=calm.lead.id,
        chat=listed.chat_id,
        message=listed.id,
        data=listed.key(tap)["callback_data"],
    )
    await return_after(calm)
    assert "I was away when you pressed this, up to 5 h 0 min ago." in calm.team.answers[-1].text
    assert "Maintenance" not in calm.team.answers[-1].text
