"""The time of day is set back or forth while the bot runs: nothing stops, opens or closes because of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.alerts.engine import Change, Condition, Level, Observation, step
from lines_bot.alerts.incidents import EngineState
from lines_bot.alerts.jumps import shift_state
from lines_bot.alerts.policy import Policy
from lines_bot.jobs import replan
from lines_bot.lines import ChannelState
from tests.clock import START, ManualClock
from tests.story import Story
from tests.watch import Watch, open_watch

JUMPS = [timedelta(seconds=-1), timedelta(hours=-3), timedelta(days=-3), timedelta(days=3)]
LEVELS = some.sampled_from([Level.WELL, Level.BAD, Level.URGENT, Level.BETWEEN, Level.UNREAD, Level.GONE])


@given(
    readings=some.lists(some.tuples(LEVELS, some.integers(1, 900)), min_size=1, max_size=40),
    at=some.integers(0, 39),
    jump=some.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_the_engine_decides_as_if_the_clock_had_not_been_set(
    readings: list[tuple[Level, int]], at: int, jump: timedelta
) -> None:
    def run(jump: timedelta) -> list[Change | None]:
        now, condition, changes = START, None, []
        for number, (level, seconds) in enumerate(readings):
            now += timedelta(seconds=seconds)
            if number == at:
                now += jump
                condition = _shift(condition, jump)
            if condition is None and level not in (Level.BAD, Level.URGENT):
                continue
            condition, change = step(condition, Observation(level), now, Policy().channel)
            changes.append(change)
        return changes

    assert run(jump) == run(timedelta(0))


def _shift(condition: Condition | None, jump: timedelta) -> Condition | None:
    held = {"key": condition} if condition else {}
    return shift_state(EngineState(conditions=held), jump).conditions.get("key")


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_an_alert_opens_and_closes_after_its_hold_whatever_the_clock_says(
    watch: Watch, jump: timedelta
) -> None:
    watch.lines.add("c1", "shop")
    await watch.poll()
    watch.lines.set_state("c1", ChannelState.ERROR)
    await watch.poll()
    watch.clock.set(jump)
    await watch.poll(after=5)
    assert await watch.incidents.list_open() == []
    await watch.poll(after=16)
    assert len(await watch.incidents.list_open()) == 1
    watch.lines.set_state("c1", ChannelState.ACTIVE)
    await watch.poll()
    watch.clock.set(jump)
    await watch.poll(after=30)
    assert len(await watch.incidents.list_open()) == 1
    await watch.poll(after=31)
    assert await watch.incidents.list_open() == []


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_look_is_as_old_as_it_is(calm: Story, jump: timedelta) -> None:
    calm.clock.set(jump)
    calm.pass_time(30)
    assert await calm.app.health.list_troubles() == []
    status = await calm.ask(calm.viewer, "/status", calm.team)
    (read_at,) = (each["unix_time"] for each in status.entities if each["type"] == "date_time")
    assert calm.clock.now().timestamp() - read_at == 30
    calm.pass_time(600)
    assert await calm.app.health.list_troubles() == ["the last look at Lines is too old"]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_lines_is_asked_again_however_the_clock_was_set(calm: Story, jump: timedelta) -> None:
    before = len(calm.servers.lines.requests)
    calm.clock.set(jump)
    calm.pass_time(60)
    await calm.ask(calm.viewer, "/channels", calm.team)
    assert len(calm.servers.lines.requests) > before


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_repeated_jobs_run_at_once_when_the_clock_was_set(jump: timedelta) -> None:
    scheduler, clock = AsyncIOScheduler(), ManualClock()

    async def look() -> None: ...

    scheduler.start(paused=True)
    repeated = scheduler.add_job(look, "interval", seconds=15)
    nightly = scheduler.add_job(look, "cron", hour=3)
    planned = nightly.next_run_time
    clock.set(jump)
    replan(scheduler, clock.now())
    assert repeated.next_run_time == clock.now()
    assert repeated.trigger.get_next_fire_time(clock.now(), clock.now()) == clock.now() + timedelta(
        seconds=15
    )
    assert nightly.next_run_time == planned
    scheduler.shutdown(wait=False)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    async with open_watch(tmp_path) as opened:
        yield opened
