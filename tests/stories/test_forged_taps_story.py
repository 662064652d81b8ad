"""Taps that no button sends: forged, replayed, and by people who may not."""

from collections import Counter

import pytest
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery
from sqlalchemy import select

from lines_bot.references import Kind
from lines_bot.sandbox import embedded
from lines_bot.store.database import Database
from lines_bot.store.tables import LedgerRow
from lines_bot.telegram.callbacks import Close
from lines_bot.telegram.views.commands import COMMANDS
from tests.driver import Actor, Message
from tests.forgeries import forge, list_classes, name_everything
from tests.story import Story

READS = ("search", "users", "getLastMessage", "getAllMessages", "describe")
PEOPLE = {person.id: person for person in embedded.PERSONS}
GARBAGE = (":", "::::", "\x00", "\u202e" * 21, "🙂" * 16, "a" * 64, "ps1", "ps1:::", "cl1:all:0:x:0:0:0:0")


def press(story: Story, who: Actor, message: Message, data: str) -> CallbackQuery:
    """Tap without waiting for the answer."""
    telegram = story.servers.telegram
    return telegram.people.press(PEOPLE[who.id], telegram.chats.chats[message.chat_id], message.id, data)


def count_answers(story: Story) -> Counter[str]:
    return Counter(call.callback_query_id for call in story.servers.telegram.calls(AnswerCallbackQuery))


def list_changes(story: Story) -> list[str]:
    """The calls that were to change something in Lines."""
    called = [method for request in story.servers.lines.requests for method in request.methods]
    return [method for method in called if method.rpartition(".")[2] not in READS]


async def test_forged_taps_are_answered_once_and_change_nothing(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    board = await story.ask(story.admin, "/status", story.team)
    known = await name_everything(story)
    taps = {press(story, story.admin, board, data).id: data for data in GARBAGE}
    for kind in list_classes():
        taps |= {press(story, story.admin, board, data).id: data for data in forge(kind, known)}
        await story.driver.quiet()
    answers = count_answers(story)
    assert [data for tap, data in taps.items() if answers[tap] != 1] == []
    # What another story left open is told by the event loop, whenever it is collected.
    told = [each for each in caplog.records if each.name.startswith("lines_bot")]
    assert [record.getMessage() for record in told if record.levelname == "ERROR"] == []
    assert [answer.text for answer in story.team.answers if "inside the bot" in answer.text] == []
    assert list_changes(story) == []


async def show_everything(story: Story) -> list[tuple[Message, str]]:
    """Every button of every message that the commands of an administrator make."""
    await story.poll()
    story.break_channel("Shop Telegram")
    await story.poll(times=4)
    for command, *_rest in COMMANDS:
        await story.ask(story.admin, f"/{command}", story.team)
    ref = (await name_everything(story))[Kind.SESSION]
    for command in ("session", "last", "history", "assign", "group", "close"):
        await story.ask(story.admin, f"/{command} {ref}", story.team)
    return [
        (message, key["callback_data"])
        for message in story.team.answers
        for key in message.keyboard
        if "callback_data" in key
    ]


async def test_a_strangers_taps_are_answered_once_and_show_nothing_at_all(story: Story) -> None:
    buttons = await show_everything(story)
    assert len(buttons) > 100
    before, asked = str(story.team), len(story.servers.lines.requests)
    taps = [press(story, story.stranger, message, data).id for message, data in buttons]
    await story.driver.quiet()
    answers = count_answers(story)
    assert {answers[tap] for tap in taps} == {1}
    assert set(story.stranger.toasts) == {
        "You have no access. Send your number 104 to an administrator and ask for a role."
    }
    assert (str(story.team), len(story.servers.lines.requests)) == (before, asked)


async def test_a_viewers_taps_change_nothing_and_read_no_talk(story: Story) -> None:
    buttons = await show_everything(story)
    taps = []
    for message, data in buttons:
        taps.append(press(story, story.viewer, message, data).id)
        await story.driver.quiet()
    answers = count_answers(story)
    assert {answers[tap] for tap in taps} == {1}
    assert list_changes(story) == []
    database = Database(story.settings.database_url)
    async with database.begin() as session:
        done = list(await session.scalars(select(LedgerRow).where(LedgerRow.person == story.viewer.id)))
    await database.close()
    assert done == []


async def test_a_replayed_tap_changes_lines_once_and_is_answered_each_time(story: Story) -> None:
    board = await story.ask(story.lead, "/reconnect", story.team)
    key = board.key("Reconnect Shop Instagram")
    assert key is not None
    for _again in range(3):
        tap = press(story, story.lead, board, key["callback_data"])
        await story.driver.quiet()
        story.servers.telegram.people.press_again(tap)
        await story.driver.quiet()
    assert list_changes(story) == ["channels.reconnect"]
    assert count_answers(story).total() == 6


async def test_an_own_question_cannot_be_made_to_last(story: Story) -> None:
    """Who forges the end of their question gets no more than its minute."""
    board = await story.ask(story.lead, "/status", story.team)
    session = (await name_everything(story))[Kind.SESSION]
    end = int(story.clock.now().timestamp()) + 86_400
    data = Close(session=session, by=story.lead.id, until=end).pack()
    await story.lead.press_data(data, board)
    await story.team.wait_for("Too late: ")
    assert list_changes(story) == []
