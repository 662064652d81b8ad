"""What people type comes back from buttons to whom it was for: themselves, or the group they typed it in."""

from lines_bot.telegram.callbacks import RunCommand, ShowChannels, ShowSessions
from lines_bot.telegram.company_callbacks import ShowAudit, ShowClients
from tests.driver import Message
from tests.story import Story, find_button


def read_data(message: Message, button: str) -> str:
    key = message.key(find_button(button, message))
    assert key is not None
    return str(key["callback_data"])


async def test_a_list_that_was_asked_for_in_a_group_is_leafed_through_by_others_there(story: Story) -> None:
    listed = await story.ask(story.lead, "/sessions zebra", story.team)
    await story.press(story.viewer, "Refresh", listed)
    assert listed.text.startswith("Sessions: 0 · zebra")
    assert story.viewer.toasts == []


async def test_a_text_that_was_typed_alone_is_nobody_elses_in_any_button(story: Story) -> None:
    listed = await story.ask(story.lead, "/sessions zebra")
    text = ShowSessions.unpack(read_data(listed, "Refresh")).text
    board = await story.ask(story.admin, "/status")
    for data in (
        ShowSessions(text=text),
        ShowChannels(text=text),
        ShowClients(text=text),
        ShowAudit(text=text),
        RunCommand(command="channels", words=text),
    ):
        await story.admin.press_data(data.pack(), board)
        await story.driver.quiet()
    assert "zebra" not in str(story.admin.private)
    await story.press(story.lead, "Refresh", listed)
    assert story.lead.toasts == []
    assert story.lead.private.answers == [listed]


async def test_the_rest_of_a_command_goes_with_the_choice_of_whoever_may_and_is_there(story: Story) -> None:
    asked = await story.ask(story.lead, "/mute Tele 2h", story.team)
    words = RunCommand.unpack(read_data(asked, "Telegram")).words
    assert words
    outside = await story.ask(story.admin, "/status")
    await story.admin.press_data(RunCommand(command="channels", words=words).pack(), outside)
    await story.driver.quiet()
    assert "Nothing is known under" in "".join([*story.admin.toasts, str(story.admin.private)])
    await story.press(story.admin, "Shop Telegram", asked)
    assert "Shop Telegram is muted" in str(story.team)
