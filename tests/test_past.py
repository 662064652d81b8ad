"""What is stored with the time of day: after that was set back, nothing has happened later than now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from lines_bot.sandbox.faults import Fault
from lines_bot.store.database import Database
from lines_bot.store.past import HAPPENED, bring_to_now
from lines_bot.store.tables import (
    Base,
    IncidentRow,
    MuteRow,
    SampleRow,
    TimestampRow,
    UtcDateTime,
    WindowRow,
)
from tests.actors import Message
from tests.clock import START
from tests.story import Story, find_button

Time = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
AHEAD = (MuteRow.until, WindowRow.until, IncidentRow.owned_until)
APART = (SampleRow.at, TimestampRow.at)
BACK = [timedelta(seconds=-2), timedelta(hours=-3), timedelta(days=-3)]
JUMPS = [*BACK, timedelta(days=3)]


def test_every_stored_time_is_known_to_have_happened_or_to_lie_ahead() -> None:
    times = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, UtcDateTime)
    }
    assert sorted(map(name, (*HAPPENED, *AHEAD, *APART))) == sorted(times)


def name(column: Time) -> str:
    return f"{column.class_.__tablename__}.{column.key}"


async def test_only_what_happened_later_than_now_is_dated_to_now(tmp_path: Path) -> None:
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await database.migrate()
    later, earlier = START + timedelta(days=3), START - timedelta(days=3)
    async with database.begin() as session:
        for number, time in enumerate((later, earlier)):
            for table in Base.metadata.sorted_tables:
                values = {
                    column.name: time if isinstance(column.type, UtcDateTime) else fill(column.type, number)
                    for column in table.columns
                }
                await session.execute(insert(table).values(values))
        session.add(TimestampRow(name="until something", at=later))
    await bring_to_now(database, START)

    async def read(column: Time) -> Sequence[datetime]:
        async with database.begin() as session:
            return sorted(await session.scalars(select(column)))

    told = {name(column): await read(column) for column in (*HAPPENED, *AHEAD, *APART)}
    assert told == {
        **{name(column): [earlier, START] for column in HAPPENED},
        **{name(column): [earlier, later] for column in AHEAD},
        name(SampleRow.at): [earlier],
        name(TimestampRow.at): [earlier, START, later],
    }
    await database.close()


def fill(kind: TypeEngine[object], number: int) -> object:
    """Something of a column's type that no other row has."""
    return {int: number + 1, str: f"text {number}", bool: False}.get(kind.python_type, {})


async def put_up_board(story: Story) -> Message:
    await story.ask(story.lead, "/board", story.team)
    return next(each for each in story.team.answers if each.text.startswith("📋"))


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_board_is_kept_true(calm: Story, jump: timedelta, is_restarted: bool) -> None:
    board = await put_up_board(calm)
    calm.clock.set(jump)
    if is_restarted:
        await calm.restart()
    calm.break_channel("Shop Instagram")
    await calm.poll(times=3)
    assert "1 down" in board.text


@pytest.mark.parametrize("jump", BACK, ids=str)
async def test_a_board_says_that_lines_was_not_read_for_long(calm: Story, jump: timedelta) -> None:
    board = await put_up_board(calm)
    await calm.poll(times=2)
    calm.servers.lines.faults.inject(Fault.DOWN)
    calm.clock.set(jump)
    await calm.poll(times=3)
    assert "Lines was read" in board.text


@pytest.mark.parametrize("jump", BACK, ids=str)
async def test_what_nobody_takes_is_said_again_in_time(calm: Story, jump: timedelta) -> None:
    calm.break_channel("Shop Instagram")
    await calm.poll(times=3)
    calm.clock.set(jump)
    await calm.poll()
    told = len(calm.team.answers)
    await calm.poll(after=31 * 60)
    assert len(calm.team.answers) == told + 1


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_queues_are_sampled_on(calm: Story, jump: timedelta) -> None:
    calm.clock.set(jump)
    looked_at = calm.clock.now() + timedelta(seconds=15)
    await calm.poll(times=2)
    database = Database(calm.settings.database_url)
    async with database.begin() as session:
        taken = list(await session.scalars(select(SampleRow.at).where(SampleRow.line == "")))
    await database.close()
    assert sum(at >= looked_at for at in taken) == 2


@pytest.mark.parametrize("jump", BACK, ids=str)
async def test_what_could_be_undone_for_a_while_cannot_be_for_longer(calm: Story, jump: timedelta) -> None:
    asked = await calm.ask(calm.lead, "/disconnect Чат на сайте", calm.team)
    await calm.press(calm.lead, "Disconnect", asked)
    calm.clock.set(jump)
    await calm.poll()
    calm.pass_time(3600)
    await calm.press(calm.lead, find_button("Undo", asked), asked)
    assert calm.channel("Чат на сайте")["_state"] == "disconnected"
