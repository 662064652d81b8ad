"""People who ask too much at once are told so once; everybody else is served as always."""

from datetime import timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage

from lines_bot.people import Person, Role
from lines_bot.sandbox import embedded
from lines_bot.sandbox import telegram as sandbox
from lines_bot.telegram.incoming.flood_control import FloodControl, FloodLimits, Verdict
from tests.clock import ManualClock
from tests.story import Story, find_button

TOLD = "Too many requests. Try again in 30 s."
GROUP_TOLD = "Too many requests in this chat. Try again in 30 s; in private, right away."
LEAD = embedded.PERSONS[0]


@pytest.fixture
async def limited(story: Story) -> Story:
    """A story in which three requests in 30 s are enough."""
    story.flood_limits = FloodLimits(requests=3)
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


@pytest.fixture
async def crowded(story: Story) -> Story:
    """A story in which six requests of a group in 30 s are enough."""
    story.flood_limits = FloodLimits(group_requests=6)
    await story.restart()
    return story


async def gather_crowd(story: Story, role: Role | None) -> list[sandbox.Person]:
    """Ten new people in the team's chat."""
    telegram = story.servers.telegram
    crowd = [sandbox.Person(number, f"Person {number}") for number in range(201, 211)]
    for each in crowd:
        telegram.chats.add_person(each, started=True)
        telegram.people.join(each, telegram.chats.chats[story.team.id])
        if role is not None:
            await story.app.people.grant(each.id, each.name, role, Person(0, "test"))
    return crowd


async def flood(story: Story, crowd: list[sandbox.Person]) -> None:
    """Each of the crowd asks once."""
    telegram = story.servers.telegram
    for each in crowd:
        telegram.people.say(each, telegram.chats.chats[story.team.id], "/status")
    await story.driver.quiet()


async def test_a_group_that_floods_together_is_told_once_and_other_chats_are_served(crowded: Story) -> None:
    crowd = await gather_crowd(crowded, Role.VIEWER)
    await flood(crowded, crowd)
    await flood(crowded, crowd)
    told = [answer.text for answer in crowded.team.answers]
    assert told.count(GROUP_TOLD) == 1
    assert len(told) == 7
    for who in (crowded.lead, crowded.viewer):
        assert (await crowded.ask(who, "/status")).text not in (TOLD, GROUP_TOLD)
    crowded.pass_time(31)
    assert (await crowded.ask(crowded.lead, "/status", crowded.team)).text != GROUP_TOLD


async def test_each_tap_in_a_flooding_group_is_answered_with_the_reason(crowded: Story) -> None:
    crowd = await gather_crowd(crowded, Role.VIEWER)
    board = await crowded.ask(crowded.lead, "/channels", crowded.team)
    telegram = crowded.servers.telegram
    taps = [
        telegram.people.press(each, telegram.chats.chats[crowded.team.id], board.id, "cl1:all:0::0")
        for each in crowd
    ]
    await crowded.driver.quiet()
    answers = {call.callback_query_id: call.text for call in telegram.calls(AnswerCallbackQuery)}
    assert [answers[tap.id] for tap in taps] == [None] * 5 + [GROUP_TOLD] * 5
    assert [answer.text for answer in crowded.team.answers].count(GROUP_TOLD) == 1


async def test_strangers_together_do_not_silence_the_team(crowded: Story) -> None:
    await flood(crowded, await gather_crowd(crowded, role=None))
    assert [answer.text for answer in crowded.team.answers].count(GROUP_TOLD) == 1
    assert (await crowded.ask(crowded.lead, "/channels", crowded.team)).text.startswith("Channels")


async def test_an_alert_reaches_a_group_that_is_not_heard(crowded: Story) -> None:
    crowd = await gather_crowd(crowded, Role.VIEWER)
    await crowded.poll()
    crowded.break_channel("Чат на сайте")
    await crowded.poll(times=2)
    assert not crowded.team.find("🔴 Чат на сайте")
    await flood(crowded, crowd)
    await crowded.poll()
    assert crowded.team.find(GROUP_TOLD)
    assert crowded.team.find("🔴 Чат на сайте")
    before = len(crowded.team.answers)
    await flood(crowded, crowd)
    assert len(crowded.team.answers) == before, "it is still not heard"


@pytest.mark.parametrize("button", ["🙋 Take", "🔕 Mute…", "Why", "Reconnect"])
async def test_what_ends_trouble_is_heard_while_the_group_asks_too_much(crowded: Story, button: str) -> None:
    crowd = await gather_crowd(crowded, Role.VIEWER)
    crowded.break_channel("Чат на сайте")
    await crowded.poll(times=3)
    card = crowded.team.find("🔴 Чат на сайте")
    assert card is not None
    await flood(crowded, crowd)
    await flood(crowded, crowd)
    assert crowded.team.find(GROUP_TOLD)
    toast = await crowded.lead.press(find_button(button, card), card)
    assert toast.text == "", "no refusal"


def test_taps_on_alerts_are_counted_by_themselves() -> None:
    flood_control = FloodControl(FloodLimits(requests=1), ManualClock())
    assert flood_control.judge(1) is Verdict.ALLOWED
    assert flood_control.judge(1) is Verdict.WARNED
    assert [flood_control.judge_alert_tap(1) for _ in range(3)] == [
        Verdict.ALLOWED,
        Verdict.WARNED,
        Verdict.DROPPED,
    ]
    assert flood_control.judge_alert_tap(2) is Verdict.ALLOWED


def test_whoever_is_calm_is_forgotten() -> None:
    clock = ManualClock()
    flood_control = FloodControl(FloodLimits(), clock)
    for person in range(1000):
        flood_control.judge(person)
    clock.move(31)
    flood_control.judge(5000)
    assert list(flood_control._asked) == [("person", 5000)]


def test_a_pause_ends_by_itself_however_much_is_asked_in_it() -> None:
    clock = ManualClock()
    flood_control = FloodControl(FloodLimits(requests=2, window=timedelta(seconds=10)), clock)
    verdicts = []
    for _second in range(14):
        verdicts.append(flood_control.judge(1))
        clock.move(1)
    heard, told, ignored = Verdict.ALLOWED, Verdict.WARNED, Verdict.DROPPED
    assert verdicts == [heard, heard, told, *[ignored] * 9, heard, heard]


def test_one_persons_flood_is_not_anothers() -> None:
    flood_control = FloodControl(FloodLimits(requests=1), ManualClock())
    assert [flood_control.judge(person) for person in (1, 1, 2, 1)] == [
        Verdict.ALLOWED,
        Verdict.WARNED,
        Verdict.ALLOWED,
        Verdict.DROPPED,
    ]


def test_one_groups_flood_is_neither_anothers_nor_a_persons_nor_the_teams() -> None:
    flood_control = FloodControl(FloodLimits(group_requests=1), ManualClock())
    assert [flood_control.judge_group(-1, are_strangers=True) for _ in range(3)] == [
        Verdict.ALLOWED,
        Verdict.WARNED,
        Verdict.DROPPED,
    ]
    assert flood_control.judge_group(-2, are_strangers=True) is Verdict.ALLOWED
    assert flood_control.judge_group(-1, are_strangers=False) is Verdict.ALLOWED
    assert flood_control.judge(-1) is Verdict.ALLOWED
