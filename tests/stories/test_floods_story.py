"""People who ask too much at once are told so once; everybody else is served as always."""

from datetime import timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage

from bot.sandbox import embedded
from bot.telegram.limits import Allowance, Patience, Verdict
from tests.story import Clock, Story

TOLD = "That was too much at once. I listen to you again in 30 s."
LEAD = embedded.PERSONS[0]


@pytest.fixture
async def limited(story: Story) -> Story:
    """A story in which three requests in 30 s are enough."""
    story.allowance = Allowance(requests=3)
    await story.restart()
    return story


async def test_who_floods_is_told_once_and_then_not_answered_until_it_is_over(limited: Story) -> None:
    for _ in range(10):
        await limited.lead.send("/status", limited.team)
    await limited.driver.quiet()
    told = [answer.text for answer in limited.team.answers]
    assert told.count(TOLD) == 1
    assert len(told) == 4
    assert (await limited.ask(limited.operator, "/status", limited.team)).text != TOLD
    limited.pass_time(31)
    assert (await limited.ask(limited.lead, "/status", limited.team)).text != TOLD


async def test_each_tap_too_many_is_answered_and_the_first_says_why(limited: Story) -> None:
    board = await limited.ask(limited.lead, "/channels", limited.team)
    telegram = limited.servers.telegram
    taps = [
        telegram.people.press(LEAD, telegram.chats.chats[limited.team.id], board.id, f"cb1:{number}")
        for number in range(10)
    ]
    await limited.driver.quiet()
    answers = telegram.calls(AnswerCallbackQuery)
    assert sorted(call.callback_query_id for call in answers) == sorted(tap.id for tap in taps)
    assert limited.lead.toasts == [TOLD]


async def test_what_people_say_to_each_other_is_no_request(limited: Story) -> None:
    for _ in range(10):
        await limited.lead.send("@lines_demo_bot is a fine bot", limited.team)
    assert (await limited.ask(limited.lead, "/status", limited.team)).text != TOLD


async def test_a_flooding_stranger_is_told_once_in_private_and_never_in_a_group(limited: Story) -> None:
    chats = limited.servers.telegram.chats
    chats.add_group(-2002, "A foreign group", [embedded.PERSONS[3]])
    await limited.driver.wait(lambda: -2002 in limited.driver.chats, "the group")
    for _ in range(10):
        await limited.stranger.send("/status", limited.driver.chat("A foreign group"))
        await limited.stranger.send("/status")
    await limited.driver.quiet()
    sent = limited.servers.telegram.calls(SendMessage)
    assert {call.chat_id for call in sent} == {limited.stranger.id}
    assert [call.text for call in sent].count(TOLD) == 1
    assert len(sent) <= 4


def test_a_pause_ends_by_itself_however_much_is_asked_in_it() -> None:
    clock = Clock()
    patience = Patience(Allowance(requests=2, window=timedelta(seconds=10)), clock)
    verdicts = []
    for _second in range(14):
        verdicts.append(patience.judge(1))
        clock.at += timedelta(seconds=1)
    heard, told, ignored = Verdict.HEARD, Verdict.TOLD, Verdict.IGNORED
    assert verdicts == [heard, heard, told, *[ignored] * 9, heard, heard]


def test_one_persons_flood_is_not_anothers() -> None:
    patience = Patience(Allowance(requests=1), Clock())
    assert [patience.judge(person) for person in (1, 1, 2, 1)] == [
        Verdict.HEARD,
        Verdict.TOLD,
        Verdict.HEARD,
        Verdict.IGNORED,
    ]
