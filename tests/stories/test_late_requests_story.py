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


async def test_many_commands_of_one_chat_are_told_of_once_with_the_last_of_each_person(calm: Story) -> None:
    await calm.stop()
    for command in ("/channels", "/queue", "/maintenance 2h"):
        await calm.lead.send(command, calm.team)
    await calm.viewer.send("/alerts", calm.team)
    await return_after(calm)
    (told,) = calm.team.answers
    assert told.text == (
        "💤 I was away for 5 h 0 min\n4 commands were not run.\nEach of you can run the last one:"
    )
    assert told.buttons == ["Anna Lead: /maintenance 2h", "Vera Viewer: /alerts"]
    await calm.press(calm.viewer, "Anna Lead", told)
    assert "Maintenance" not in calm.team.answers[-1].text
    await calm.press(calm.lead, "Anna Lead", told)
    assert "Maintenance" in calm.team.answers[-1].text


async def test_a_stranger_is_turned_away_however_much_waited(calm: Story) -> None:
    await calm.stop()
    for _ in range(5):
        await calm.stranger.send("/channels")
    await return_after(calm)
    chat = calm.driver.list_messages(calm.stranger.id)
    assert all("You have no access" in each.text for each in chat if each.by_bot)


async def test_three_commands_are_answered_one_by_one_and_another_bots_are_none(calm: Story) -> None:
    await calm.stop()
    for command in ("/channels", "/queue", "/alerts"):
        await calm.lead.send(command, calm.team)
    for command in ("/weather", "/channels@another_bot", "/queue@another_bot"):
        await calm.viewer.send(command, calm.team)
    await return_after(calm)
    assert not any("I was away" in each.text for each in calm.team.answers)
    assert len(calm.team.answers) == 3


async def test_what_is_said_after_the_return_is_answered_as_ever(calm: Story) -> None:
    await calm.stop()
    for _ in range(5):
        await calm.lead.send("/channels", calm.team)
    await return_after(calm)
    assert "Queue" in (await calm.ask(calm.lead, "/queue", calm.team)).text
