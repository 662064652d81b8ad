"""Cards say what happened, not what time it is: between two changes nobody edits them."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from lines_bot.alerts.mutes import Window, WindowKind
from lines_bot.alerts.policy import Policy
from lines_bot.lines import ChannelState, Unreachable
from lines_bot.store.tables import IncidentRow
from tests.watch import TEAM, Watch, make_template, open_watch

CHANNELS = [f"c{number}" for number in range(24)]
LINES = ["l0", "l1", "l2"]
POLICY = Policy(queue_limit=40, queue_wait=timedelta(days=30))


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    template = await make_template(tmp_path)
    async with open_watch(tmp_path, template=template, policy=POLICY) as opened:
        for number, channel in enumerate(CHANNELS):
            opened.lines.add(channel, LINES[number % 3])
        await opened.poll()
        yield opened


def fail(watch: Watch, count: int, state: ChannelState = ChannelState.ERROR) -> None:
    for channel in CHANNELS[:count]:
        watch.lines.set_state(channel, state)


def queue_up(watch: Watch, count: int, line: str = "l0") -> None:
    for _ in range(count):
        watch.lines.wait(f"s{len(watch.lines.waiting)}", line)


async def flap(watch: Watch) -> None:
    for _ in range(4):
        fail(watch, 1)
        await watch.poll(times=4)
        fail(watch, 1, ChannelState.ACTIVE)
        await watch.poll(times=2)
    fail(watch, 1)
    await watch.poll(after=61, times=3)


async def let_grow(watch: Watch) -> None:
    for count in (1, 6, 6, 6, 6):
        queue_up(watch, count)
        await watch.poll()


async def change_card(watch: Watch, **changes: object) -> None:
    await watch.card_store.update(await watch.card_store.get(1), **changes)
    await watch.poll()


async def take_everything(watch: Watch) -> None:
    opened = await watch.incidents.list_open()
    until = watch.clock.now() + timedelta(days=1)
    await watch.incidents.take([each.id for each in opened], "Anna", until)
    await watch.poll()


def list_shown(watch: Watch) -> list[list[str]]:
    return [list(post.history) for post in watch.telegram.list_messages(TEAM)]


async def assert_rests(watch: Watch, times: int = 12) -> None:
    shown = list_shown(watch)
    assert shown
    for after in (1, 15, 61):
        await watch.poll(after=after, times=times)
    assert list_shown(watch) == shown


@pytest.mark.parametrize("count", [1, 2, 4, 24])
async def test_channels_in_trouble(watch: Watch, count: int) -> None:
    fail(watch, count)
    await watch.poll(times=3)
    await assert_rests(watch)


@pytest.mark.parametrize("changes", [{"page": 1}, {"line": "l1"}], ids=["another page", "one line"])
async def test_a_storm_of_which_a_part_is_shown(watch: Watch, changes: dict[str, object]) -> None:
    fail(watch, 24)
    await watch.poll(times=3)
    await change_card(watch, **changes)
    await assert_rests(watch)


async def test_a_group_of_which_some_are_well_and_some_look_so(watch: Watch) -> None:
    fail(watch, 4)
    await watch.poll(times=3)
    fail(watch, 1, ChannelState.ACTIVE)
    await watch.poll(times=6)
    watch.lines.set_state(CHANNELS[1], ChannelState.ACTIVE)
    await watch.poll()
    shown = list_shown(watch)
    await watch.poll(after=1, times=40)
    assert list_shown(watch) == shown
    await watch.poll(after=15, times=3)
    await assert_rests(watch)


async def test_a_channel_that_flaps(watch: Watch) -> None:
    await flap(watch)
    assert "Unstable" in watch.telegram.list_messages(TEAM)[-1].text
    shown = list_shown(watch)
    await watch.poll(after=30, times=50)
    assert list_shown(watch) == shown


async def test_a_queue_over_its_limit_and_two_of_them(watch: Watch) -> None:
    queue_up(watch, 41)
    await watch.poll(times=6)
    await assert_rests(watch)
    queue_up(watch, 41, "l1")
    await watch.poll(times=6)
    await assert_rests(watch)


async def test_a_queue_that_grew_and_stands_still(watch: Watch) -> None:
    await let_grow(watch)
    assert "it reaches the limit" in watch.telegram.list_messages(TEAM)[-1].text
    await assert_rests(watch)


async def test_lines_that_cannot_be_read(watch: Watch) -> None:
    fail(watch, 2)
    await watch.poll(times=3)
    watch.lines.trouble = Unreachable("no")
    await watch.poll(times=3)
    await assert_rests(watch)


async def test_what_somebody_took_or_muted(watch: Watch) -> None:
    fail(watch, 3)
    await watch.poll(times=3)
    await take_everything(watch)
    await watch.mutes.mute("channel:c0", watch.clock.now() + timedelta(days=1), "Anna")
    await watch.poll()
    await assert_rests(watch)


def list_moves(watch: Watch, random: Random) -> list[Callable[[], object]]:
    channel, line = random.choice(CHANNELS), random.choice(LINES)
    waiting = [each.id for each in watch.lines.waiting.values() if each.line == line]

    def change(state: ChannelState) -> None:
        for each in [channel, *random.sample(CHANNELS, random.choice([0, 0, 1, 8]))]:
            watch.lines.set_state(each, state)

    def serve() -> None:
        for each in waiting[: random.randint(0, len(waiting))]:
            del watch.lines.waiting[each]

    def go_blind_or_see() -> None:
        watch.lines.trouble = None if watch.lines.trouble else Unreachable("no")

    return [
        lambda: change(ChannelState.ERROR),
        lambda: change(ChannelState.ACTIVE),
        lambda: queue_up(watch, random.randint(1, 30), line),
        serve,
        go_blind_or_see,
    ]


async def read_state(watch: Watch) -> object:
    """Everything that happened, without how many times and for how long."""
    now = watch.clock.now()
    incidents = [await watch.incidents.get(number) for number in range(1, await count_incidents(watch) + 1)]
    windows = [each.covers(now, watch.clock.zone) for each in await watch.mutes.list_windows()]
    return (
        [
            (
                each.subject.dump() | {"full_at": None},
                each.well_since,
                each.closed_at,
                bool(each.flapping),
                each.owned_until,
                each.is_owned(now),
            )
            for each in incidents
        ],
        set(await watch.mutes.list(now)),
        windows,
    )


async def count_incidents(watch: Watch) -> int:
    async with watch.database.begin() as session:
        return await session.scalar(select(func.count(IncidentRow.id))) or 0


@pytest.mark.parametrize("seed", range(4))
async def test_a_card_is_edited_only_when_something_happened_since(watch: Watch, seed: int) -> None:
    random = Random(seed)
    edited: dict[int, tuple[int, object]] = {}
    await watch.mutes.set_window(
        Window(TEAM.chat, WindowKind.QUIET, "Anna", until=watch.clock.now() + timedelta(hours=1))
    )
    for _ in range(120):
        if random.random() < 0.2:
            random.choice(list_moves(watch, random))()
        if random.random() < 0.02:
            await take_everything(watch)
        await watch.poll(after=random.choice([1, 15, 15, 20, 61]))
        state = await read_state(watch)
        for post in watch.telegram.list_messages(TEAM):
            count, before = edited.get(post.id, (0, None))
            if len(post.history) > count:
                assert before != state, post.history[-2:]
                edited[post.id] = (len(post.history), state)
