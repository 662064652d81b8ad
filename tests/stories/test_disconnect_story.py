"""/disconnect and /reconnect all, as people use them."""

import asyncio

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from lines_bot.sandbox.embedded import TEAM
from lines_bot.sandbox.faults import Fault
from tests.driver import Message
from tests.story import Story


async def ask(story: Story, channel: str = "Чат на сайте") -> Message:
    return await story.ask(story.lead, f"/disconnect {channel}", story.team)


def break_many(story: Story, count: int) -> None:
    """More channels of a kind that can be reconnected, all in Error."""
    world = story.servers.simulation.world
    for number in range(count):
        values = {"__name": f"Bot {number}", "_type": "telegramBot", "_state": "error"}
        world.add("channels", None, {**values, "_line": story.line("Shop")["__id"]})


async def test_the_question_names_what_stops_and_yes_stops_it(story: Story) -> None:
    asked = await ask(story)
    assert "Clients can no longer write to Shop through it." in asked.text
    assert "open in it" in asked.text
    assert "It can be reconnected from here." in asked.text
    await story.press(story.lead, "Disconnect", asked)
    assert "is disconnected." in asked.text
    assert story.channel("Чат на сайте")["_state"] == "disconnected"


async def test_a_disconnect_is_taken_back_within_a_minute(story: Story) -> None:
    asked = await ask(story)
    await story.press(story.lead, "Disconnect", asked)
    await story.press(story.lead, "↩️ Undo", asked)
    assert "Undone (Reconnect)." in asked.text
    assert story.channel("Чат на сайте")["_state"] == "active"


async def test_what_cannot_come_back_says_so_and_offers_no_undo(story: Story) -> None:
    asked = await ask(story, "Опт ВКонтакте")
    assert "It cannot be reconnected from here: only in ELMA365." in asked.text
    await story.press(story.lead, "Disconnect", asked)
    assert not [text for text in asked.buttons if "Undo" in text]


async def test_only_the_asker_may_answer_and_only_for_a_minute(story: Story) -> None:
    asked = await ask(story)
    await story.press(story.admin, "Disconnect", asked)
    assert "Only the person who asked can answer this." in story.team.answers[-1].text
    story.pass_time(61)
    await story.press(story.lead, "Disconnect", asked)
    assert "Too late: " in story.team.answers[-1].text
    assert not story.count_calls("channels.disconnect")


async def test_a_channel_that_is_not_active_is_told_before_the_question(story: Story) -> None:
    answer = await ask(story, "Shop Instagram")
    assert "This channel does not work, nothing to disconnect." in answer.text


async def test_without_a_name_the_active_channels_are_offered(story: Story) -> None:
    answer = await story.ask(story.lead, "/disconnect", story.team)
    assert "Which channel to disconnect?" in answer.text
    await story.press(story.lead, "Чат на сайте", answer)
    assert "Clients can no longer write to Shop" in answer.text


async def test_reconnect_all_shows_what_it_will_do_and_then_what_came_of_each(story: Story) -> None:
    story.break_channel("Опт ВКонтакте")
    preview = await story.ask(story.lead, "/reconnect all", story.team)
    assert "2 of 3 can be reconnected:" in preview.text
    assert "Опт ВКонтакте: A channel of the type “Vkontakte” cannot be reconnected" in preview.text
    story.servers.lines.faults.inject(Fault.DOWN, times=1, method="channels.reconnect")
    await story.press(story.lead, "Reconnect 2", preview)
    assert "Reconnected 1 of 2." in preview.text
    assert "Not done (confirmed" in preview.text
    # Each channel once: what failed is told, and not tried again.
    assert story.count_calls("channels.reconnect") == 2
    assert len(story.team.answers) == 1


async def test_a_preview_that_is_out_of_date_changes_nothing(story: Story) -> None:
    preview = await story.ask(story.lead, "/reconnect all", story.team)
    story.break_channel("Чат на сайте")
    story.pass_time(10)
    await story.press(story.lead, "Reconnect 2", preview)
    assert "The channels changed since you asked." in story.team.answers[-1].text
    assert not story.count_calls("channels.reconnect")


async def test_more_than_ten_ask_for_their_number(story: Story) -> None:
    break_many(story, 9)
    preview = await story.ask(story.lead, "/reconnect все", story.team)
    assert "Reply to this message with the number 11" in preview.text
    assert preview.buttons == ["Cancel"]
    wrong = await story.reply(story.lead, preview, "10")
    assert "That is not the number of channels." in wrong.text
    lower = await story.reply(story.operator, preview, "11")
    assert "Only leads can do this" in lower.text
    other = await story.reply(story.admin, preview, "11")
    assert "Only the person who asked" in other.text
    assert not story.count_calls("channels.reconnect")
    done = await story.reply(story.lead, preview, "11")
    assert "Reconnected 11 of 11." in done.text
    assert story.count_calls("channels.reconnect") == 11


async def test_a_number_that_answers_nothing_is_no_command(story: Story) -> None:
    answer = await story.ask(story.lead, "11")
    assert "I did not understand." in answer.text


async def test_pressed_again_and_again_every_channel_is_reconnected_once(story: Story) -> None:
    preview = await story.ask(story.lead, "/reconnect all", story.team)
    data = preview.key("Reconnect 2")
    assert data is not None
    await asyncio.gather(*(story.lead.press_data(data["callback_data"], preview) for _ in range(8)))
    await story.driver.quiet()
    assert story.count_calls("channels.reconnect") == 2


@pytest.mark.parametrize(
    "markup",
    [
        InlineKeyboardMarkup(inline_keyboard=[]),
        InlineKeyboardMarkup(inline_keyboard=[[]]),
        InlineKeyboardMarkup(
            inline_keyboard=[[], [InlineKeyboardButton(text="A page", url="https://x.example")]]
        ),
    ],
)
async def test_an_answer_to_a_message_with_an_odd_keyboard_is_heard_like_any_other(
    story: Story, markup: InlineKeyboardMarkup
) -> None:
    preview = await story.ask(story.lead, "/channels", story.team)
    chats = story.servers.telegram.chats
    shown = chats.chats[TEAM].messages[preview.id]
    chats.replace(shown.model_copy(update={"reply_markup": markup}))
    answered = await story.reply(story.lead, preview, "/help")
    assert "you are lead" in answered.text
    await story.lead.send("3", story.team, reply_to=preview)
    await story.driver.quiet()
    assert not [line for line in story.log if "Traceback" in line]
