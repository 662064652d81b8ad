"""Alerts in bad weather: storms, hours without Telegram or Lines, channels that flap.

With EVERY_PERIOD set, channels flap with thirty periods instead of three.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lines_bot.lines import BadAnswer, ChannelState, LinesError, QuotaExceeded, TimedOut, Unreachable
from lines_bot.telegram.alerts.card_store import Card
from lines_bot.telegram.views.cards import render_card
from tests.messenger import Fate, Post
from tests.watch import DUTY, TEAM, Watch, make_template, open_watch

MANY = 5_000
TEN_MINUTES, HOUR = 600, 3600
POLL = 15
PERIODS = range(20, 601, 20) if "EVERY_PERIOD" in os.environ else (20, 120, 600)


@pytest.fixture(scope="module", autouse=True)
def quiet_log() -> Iterator[None]:
    """Thousands of expected warnings would only cost time."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    async with open_watch(tmp_path, template=await make_template(tmp_path), targets=(TEAM,)) as opened:
        yield opened


def add_channels(watch: Watch, count: int) -> None:
    for number in range(count):
        watch.lines.add(f"c{number}", f"l{number % 50}")


def set_all(watch: Watch, state: ChannelState) -> None:
    for channel in watch.lines.channels:
        watch.lines.set_state(channel, state)


async def list_cards(watch: Watch) -> list[Card]:
    return (await watch.card_store.read_undelivered()).cards.get(TEAM, [])


def count_news(posts: list[Post]) -> int:
    """The most messages that came within any ten minutes."""
    times = [post.at.timestamp() for post in posts]
    return max((sum(0 <= each - begin < TEN_MINUTES for each in times) for begin in times), default=0)


async def test_five_thousand_channels_in_one_poll_are_one_message_whose_pages_reach_each(
    watch: Watch,
) -> None:
    add_channels(watch, MANY)
    await watch.poll()
    set_all(watch, ChannelState.ERROR)
    await watch.poll(times=2)
    assert watch.telegram.list_all(TEAM) == []
    await watch.poll()
    (storm,) = watch.telegram.list_messages(TEAM)
    assert storm.text.startswith(f"🔴 {MANY} of {MANY} channels down")
    (card,) = await list_cards(watch)
    await watch.poll(after=300, times=2)
    assert count_news(watch.telegram.list_all(TEAM)) <= 3
    assert len(watch.telegram.list_messages(TEAM)) == 1
    assert {each.key for each in card.incidents} == {f"channel:c{number}" for number in range(MANY)}
    seen = set()
    for number, channel in ((0, 0), (250, 2500), (499, 4990)):
        card.row.page = number
        view = render_card(await watch.facts.read(card, await watch.suppressions.read()))
        text = view.as_message()["text"]
        assert f"Channel c{channel} " in text
        assert f"Channel c{channel + 9} " in text
        seen.add(text)
        buttons = {button.text for row in view.make_keyboard().inline_keyboard for button in row}
        assert (f"◀️ {number}/500" in buttons) == (number > 0)
        assert (f"{number + 2}/500 ▶️" in buttons) == (number < 499)
    assert len(seen) == 3


async def test_a_storm_that_comes_in_waves_is_at_most_three_messages_in_ten_minutes(watch: Watch) -> None:
    add_channels(watch, 80)
    await watch.poll()
    for wave in range(20):
        for number in range(4 * wave, 4 * wave + 4):
            watch.lines.set_state(f"c{number}", ChannelState.ERROR)
        await watch.poll(after=30, times=2)
    posts = watch.telegram.list_all(TEAM)
    assert count_news(posts) <= 3
    assert posts[0].text.startswith("🔴 80 of 80")


@pytest.mark.parametrize(("fate", "channels"), [(Fate.FAILED, 250), (Fate.UNCONNECTED, 50)])
async def test_six_hours_without_telegram_are_one_message_for_what_is_open_and_one_digest(
    watch: Watch, fate: Fate, channels: int
) -> None:
    """With 250 channels these are 5,000 openings and ends."""
    add_channels(watch, channels)
    await watch.poll()
    watch.telegram.down = fate
    for _ in range(10):
        set_all(watch, ChannelState.ERROR)
        await watch.poll(after=30, times=2)
        set_all(watch, ChannelState.ACTIVE)
        await watch.poll(after=60, times=2)
        await watch.poll(after=1980)
    for number in range(4):
        watch.lines.set_state(f"c{number}", ChannelState.ERROR)
        await watch.poll(after=150, times=2)
    assert watch.telegram.posts == {}
    watch.telegram.down = None
    await watch.poll(times=2)
    opened = await watch.incidents.list_open()
    messages = watch.telegram.list_messages(TEAM)
    (digest,) = [post for post in messages if post.text.startswith("🗒")]
    alerts = [post for post in messages if post is not digest]
    assert f"Missed while this chat was unreachable: {10 * channels}" in digest.text
    assert digest.silent
    assert all(post.text.startswith("🔴") for post in alerts)
    assert 1 <= len(alerts) <= len(opened) == 4
    assert all("Delivered late" in post.text for post in messages)
    await watch.poll(after=120, times=2)
    await check_nothing_is_lost(watch)


async def test_a_chat_that_telegram_keeps_waiting_keeps_no_other_chat_and_no_poll_waiting(
    tmp_path: Path,
) -> None:
    async with open_watch(tmp_path, targets=(TEAM, DUTY), notifier_timeout=3) as watch:
        add_channels(watch, 2)
        released = watch.telegram.held[TEAM.chat] = asyncio.Event()
        watch.lines.set_state("c0", ChannelState.ERROR)
        await watch.poll(times=3)
        watch.lines.set_state("c1", ChannelState.ERROR)
        await watch.poll(times=3)
        assert watch.telegram.list_all(TEAM) == []
        (card,) = watch.telegram.list_messages(DUTY)
        assert card.text.startswith("🔴 2 of 2 channels")
        set_all(watch, ChannelState.ACTIVE)
        await watch.poll(times=7)
        assert card.text.startswith("🟢 2 channels are back")
        assert len((await watch.card_store.read_undelivered()).incidents) == 2
        working = asyncio.create_task(watch.notifier.run())
        released.set()
        await watch.telegram.wait_until(
            lambda: [post.text[:1] for post in watch.telegram.list_messages(TEAM)] == ["🟢", "🗒"]
        )
        working.cancel()


async def test_an_edit_whose_answer_is_lost_is_made_good_when_the_card_is_as_before_it(
    watch: Watch,
) -> None:
    add_channels(watch, 1)
    set_all(watch, ChannelState.ERROR)
    await watch.poll(times=3)
    (card,) = watch.telegram.list_messages(TEAM)
    before = card.text
    (incident,) = await watch.incidents.list_open()
    await watch.incidents.take([incident.id], "Anna", watch.clock.now() + timedelta(seconds=60))
    watch.telegram.fates.append(Fate.LOST)
    await watch.notifier.reconcile_all()
    assert card.text != before
    await watch.poll(after=120)
    assert card.text == before


async def check_nothing_is_lost(watch: Watch) -> None:
    assert await watch.card_store.count_undelivered() == 0
    opened = await watch.incidents.list_open()
    unsettled = (await watch.card_store.read_undelivered()).incidents
    assert unsettled.keys() == {each.id for each in opened}
    held = {each.id for card in await list_cards(watch) for each in card.incidents}
    assert {each.id for each in opened} <= held


TROUBLES: tuple[LinesError, ...] = (
    BadAnswer("502", status=502),
    TimedOut("late"),
    BadAnswer("a page of HTML", status=200),
    BadAnswer("half a page"),
    Unreachable("no connection"),
    QuotaExceeded("429", retry_after=7.0),
)


async def test_an_hour_of_every_kind_of_bad_answers_is_one_alert_and_opens_and_closes_nothing_else(
    watch: Watch,
) -> None:
    add_channels(watch, 10)
    for number in range(3):
        watch.lines.set_state(f"c{number}", ChannelState.ERROR)
    await watch.poll(times=4)
    before = {each.key for each in await watch.incidents.list_open()}
    assert before == {"channel:c0", "channel:c1", "channel:c2"}
    for number in range(10):
        watch.lines.set_state(f"c{number}", (ChannelState.ERROR, ChannelState.ACTIVE)[number < 3])
    for minute in range(60):
        watch.lines.trouble = TROUBLES[minute % len(TROUBLES)]
        await watch.poll(after=30, times=2)
    opened = [each.key for each in await watch.incidents.list_open()]
    assert sorted(opened) == sorted([*before, "source"])
    blind = [post for post in watch.telegram.list_messages(TEAM) if "No connection to Lines" in post.text]
    assert len(blind) == 1
    watch.lines.trouble = None
    await watch.poll(times=7)
    assert "Lines is back" in blind[0].text
    opened = [each.key for each in await watch.incidents.list_open()]
    assert sorted(opened) == sorted(f"channel:c{number}" for number in range(3, 10))


@pytest.mark.parametrize("period", PERIODS)
async def test_an_hour_of_flapping_is_three_messages_at_most_and_ends_in_the_truth(
    tmp_path: Path, period: int
) -> None:
    async with open_watch(tmp_path) as watch:
        add_channels(watch, 1)
        await watch.poll()
        for second in range(POLL, HOUR + 1, POLL):
            is_bad = second % period < period / 2
            watch.lines.set_state("c0", ChannelState.ERROR if is_bad else ChannelState.ACTIVE)
            await watch.poll(after=POLL)
        assert len(watch.telegram.list_messages(TEAM)) <= 3
        for state, mark in ((ChannelState.ACTIVE, ("🟡", "🟢")), (ChannelState.ERROR, ("🔴",))):
            watch.lines.set_state("c0", state)
            await watch.poll(after=POLL, times=(60 + 30) // POLL)
            if opened := await watch.incidents.list_open():
                newest = watch.telegram.list_messages(TEAM)[-1]
                assert newest.text.startswith(mark)
                assert (opened[0].well_since is None) == (state is ChannelState.ERROR)
            else:
                assert state is ChannelState.ACTIVE
