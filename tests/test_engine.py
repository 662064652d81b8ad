"""The alert engine against random histories, and the rows of its table one by one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter

from lines_bot.alerts.engine import Change, Condition, Level, Observation, Phase, step
from lines_bot.alerts.policy import Hold

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOLD = Hold(bad_for=timedelta(seconds=20), bad_readings=2, well_for=timedelta(seconds=60))
UNWATCHED = Hold(bad_for=timedelta(seconds=20), bad_readings=2, well_for=timedelta(0))
LEVELS = (Level.WELL, Level.BETWEEN, Level.BAD, Level.URGENT, Level.GONE, Level.UNREAD)
STORED = TypeAdapter(Condition)
LETTERS = {
    Change.OPENED: "O",
    Change.IMPROVED: "I",
    Change.RELAPSED: "R",
    Change.CLOSED: "C",
    Change.REMOVED: "X",
    Change.HEAL: "H",
    Change.HEALED: "h",
}
HEAL_FOR = timedelta(seconds=45)


@dataclass(frozen=True)
class Reading:
    """`after`: seconds since the reading before."""

    after: int
    level: Level


HISTORIES = some.lists(some.builds(Reading, some.integers(0, 45), some.sampled_from(LEVELS)), max_size=60)


@dataclass(frozen=True)
class Told:
    """One reading, and what the engine made of it."""

    at: datetime
    level: Level
    before: Condition | None
    after: Condition | None
    change: Change | None


def replay(
    history: Sequence[Reading],
    hold: Hold = HOLD,
    *,
    restarted: bool = False,
    heal_for: timedelta | None = None,
) -> list[Told]:
    """Run a history; `restarted` stores and loads the condition between any two readings."""
    told: list[Told] = []
    condition: Condition | None = None
    now = START
    for reading in history:
        now += timedelta(seconds=reading.after)
        before = condition
        if restarted and before is not None:
            before = STORED.validate_json(STORED.dump_json(before))
        condition, change = step(before, Observation(reading.level), now, hold, heal_for)
        told.append(Told(now, reading.level, before, condition, change))
    return told


def is_open(condition: Condition | None) -> bool:
    return condition is not None and condition.phase in (Phase.BAD, Phase.RECOVERING)


def find_trouble(condition: Condition | None) -> Phase | None:
    """The phase of a trouble that is held; None when all is well, whatever else is remembered."""
    return None if condition is None or condition.phase == "well" else condition.phase


def seen_length(run: Sequence[Told]) -> timedelta:
    """How long a run lasted, without the time beside readings that failed."""
    seen = [b.at - a.at for a, b in pairwise(run) if Level.UNREAD not in (a.level, b.level)]
    return sum(seen, timedelta(0))


def last_run(told: Sequence[Told], *levels: Level) -> list[Told]:
    """The end of a history in which only these levels, or failures, were read; it begins with one of them."""
    run: list[Told] = []
    for each in reversed(told):
        if each.level not in (*levels, Level.UNREAD):
            break
        run.insert(0, each)
    while run and run[0].level is Level.UNREAD:
        run.pop(0)
    return run


@given(HISTORIES)
def test_an_incident_opens_exactly_when_its_hold_is_over_or_it_is_urgent(history: list[Reading]) -> None:
    told = replay(history)
    for place, each in enumerate(told):
        if is_open(each.before):
            assert each.change is not Change.OPENED
            continue
        run = last_run(told[: place + 1], Level.BAD)
        readings = [one for one in run if one.level is Level.BAD]
        lasted = each.level is Level.BAD and len(readings) >= 2 and seen_length(run) >= HOLD.bad_for
        assert (each.change is Change.OPENED) == (lasted or each.level is Level.URGENT)


@given(HISTORIES)
def test_an_incident_closes_only_after_it_read_well_for_its_hold(history: list[Reading]) -> None:
    told = replay(history)
    for place, each in enumerate(told):
        if each.change is Change.CLOSED:
            assert each.level is Level.WELL
            run = last_run(told[: place + 1], Level.WELL, Level.GONE)
            well = run[next(at for at, one in enumerate(run) if one.level is Level.WELL) :]
            assert seen_length(well) >= HOLD.well_for


@given(HISTORIES)
def test_an_incident_is_removed_only_by_two_readings_without_its_key(history: list[Reading]) -> None:
    told = replay(history)
    for place, each in enumerate(told):
        if each.change is Change.REMOVED:
            run = last_run(told[: place + 1], Level.GONE)
            assert [one.level for one in run].count(Level.GONE) == 2


@given(HISTORIES)
def test_a_failed_reading_opens_and_closes_nothing_and_stops_the_timers(history: list[Reading]) -> None:
    for each in replay(history):
        before, after = each.before, each.after
        if each.level is Level.UNREAD:
            assert each.change is None
            assert (before is None) == (after is None)
            if before is not None and after is not None:
                kept = (after.phase, after.since, after.lasted, after.readings)
                assert kept == (before.phase, before.since, before.lasted, before.readings)
        elif before is not None and before.read_at is None and after is not None:
            assert after.lasted in (before.lasted, timedelta(0))


@given(HISTORIES, some.sampled_from([HOLD, UNWATCHED]))
def test_openings_and_ends_alternate(history: list[Reading], hold: Hold) -> None:
    changes = "".join(LETTERS[each.change] for each in replay(history, hold) if each.change)
    incident = r"O(IR)*" if hold is HOLD else "O"
    end = r"(IC|I?X)" if hold is HOLD else "[CX]"
    assert re.fullmatch(rf"({incident}{end})*({incident}I?)?", changes)


@given(HISTORIES)
def test_a_restart_between_any_two_readings_changes_nothing(history: list[Reading]) -> None:
    assert replay(history, restarted=True) == replay(history)


@given(HISTORIES)
def test_since_is_the_first_bad_reading_and_stays_through_relapses(history: list[Reading]) -> None:
    since = None
    for each in replay(history):
        if find_trouble(each.before) is None:
            since = each.at
        if each.after is not None and find_trouble(each.after):
            assert each.after.since == since


def run(*readings: tuple[int, Level]) -> tuple[Phase | None, Change | None]:
    """The phase and the change after the last reading."""
    last = replay([Reading(*reading) for reading in readings])[-1]
    return find_trouble(last.after), last.change


OPEN = ((0, Level.BAD), (20, Level.BAD))
RECOVERING = (*OPEN, (15, Level.WELL))


@pytest.mark.parametrize(
    ("readings", "phase", "change"),
    [
        pytest.param([(0, Level.BAD)], Phase.PENDING, None, id="ok, bad: pending"),
        pytest.param([(0, Level.BETWEEN)], None, None, id="ok, between: ok"),
        pytest.param([(0, Level.GONE)], None, None, id="ok, gone: ok"),
        pytest.param([(0, Level.UNREAD)], None, None, id="ok, unread: ok"),
        pytest.param([(0, Level.BAD), (15, Level.WELL)], None, None, id="pending, well: ok"),
        pytest.param([(0, Level.BAD), (15, Level.BETWEEN)], None, None, id="pending, between: ok"),
        pytest.param([(0, Level.BAD), (15, Level.GONE)], None, None, id="pending, gone: ok"),
        pytest.param([(0, Level.BAD), (19, Level.BAD)], Phase.PENDING, None, id="pending, bad 19 s: pending"),
        pytest.param(OPEN, Phase.BAD, Change.OPENED, id="pending, bad 20 s and 2 readings: opened"),
        pytest.param([(0, Level.URGENT)], Phase.BAD, Change.OPENED, id="ok, urgent: opened at once"),
        pytest.param(
            [(0, Level.BAD), (5, Level.UNREAD), (60, Level.BAD)],
            Phase.PENDING,
            None,
            id="blind time: pending",
        ),
        pytest.param([*OPEN, (15, Level.BAD)], Phase.BAD, None, id="bad, bad: bad"),
        pytest.param([*OPEN, (15, Level.BETWEEN)], Phase.BAD, None, id="bad, between: bad"),
        pytest.param([*OPEN, (900, Level.UNREAD)], Phase.BAD, None, id="bad, unread: bad"),
        pytest.param([*OPEN, (15, Level.GONE)], Phase.BAD, None, id="bad, gone once: bad"),
        pytest.param(
            [*OPEN, (15, Level.GONE), (15, Level.GONE)], None, Change.REMOVED, id="bad, gone twice: removed"
        ),
        pytest.param(
            [*OPEN, (15, Level.GONE), (15, Level.BAD), (15, Level.GONE)],
            Phase.BAD,
            None,
            id="bad, gone and back and gone: bad",
        ),
        pytest.param(RECOVERING, Phase.RECOVERING, Change.IMPROVED, id="bad, well: recovering"),
        pytest.param(
            [*RECOVERING, (59, Level.WELL)], Phase.RECOVERING, None, id="recovering, well 59 s: recovering"
        ),
        pytest.param(
            [*RECOVERING, (60, Level.WELL)], None, Change.CLOSED, id="recovering, well 60 s: closed"
        ),
        pytest.param(
            [*RECOVERING, (15, Level.BAD)],
            Phase.BAD,
            Change.RELAPSED,
            id="recovering, bad: the same incident",
        ),
        pytest.param(
            [*RECOVERING, (15, Level.BETWEEN)], Phase.BAD, Change.RELAPSED, id="recovering, between: relapsed"
        ),
        pytest.param(
            [*RECOVERING, (900, Level.UNREAD)], Phase.RECOVERING, None, id="recovering, unread: recovering"
        ),
        pytest.param(
            [*RECOVERING, (5, Level.UNREAD), (900, Level.WELL)],
            Phase.RECOVERING,
            None,
            id="recovering, blind time does not count",
        ),
        pytest.param(
            [*RECOVERING, (50, Level.WELL), (5, Level.BAD), (5, Level.WELL), (50, Level.WELL)],
            Phase.RECOVERING,
            None,
            id="recovering begins anew after a relapse",
        ),
    ],
)
def test_the_table_of_a_channel(
    readings: list[tuple[int, Level]], phase: Phase | None, change: Change | None
) -> None:
    assert run(*readings) == (phase, change)


def test_since_comes_from_the_source_where_it_can_tell() -> None:
    began = START - timedelta(minutes=3)
    condition, _ = step(None, Observation(Level.BAD, began), START, HOLD)
    assert condition is not None
    assert condition.since == began


def test_a_hold_counts_readings_as_well_as_seconds() -> None:
    slow = Hold(bad_for=timedelta(seconds=20), bad_readings=3, well_for=timedelta(0))
    told = replay([Reading(0, Level.BAD), Reading(60, Level.BAD), Reading(1, Level.BAD)], slow)
    assert [each.change for each in told] == [None, None, Change.OPENED]


@given(HISTORIES)
def test_healing_is_tried_before_every_opening_and_is_the_same_after_a_restart(
    history: list[Reading],
) -> None:
    told = replay(history, heal_for=HEAL_FOR)
    changes = "".join(LETTERS[each.change] for each in told if each.change)
    end = r"(Hh|H)*(HO(IR)*(IC|I?X))*"
    assert re.fullmatch(rf"({end})*(H(O(IR)*I?)?)?", changes)
    assert replay(history, heal_for=HEAL_FOR, restarted=True) == told


def heal(*readings: tuple[int, Level]) -> list[Change | None]:
    return [each.change for each in replay([Reading(*one) for one in readings], heal_for=HEAL_FOR)]


def test_a_channel_that_heals_in_time_calls_nobody() -> None:
    assert heal(*OPEN, (30, Level.WELL), (60, Level.WELL)) == [None, Change.HEAL, Change.HEALED, None]


def test_a_channel_that_does_not_heal_in_time_opens() -> None:
    assert heal(*OPEN, (44, Level.BAD), (1, Level.BAD)) == [None, Change.HEAL, None, Change.OPENED]


def test_the_time_to_heal_does_not_run_while_lines_cannot_be_read() -> None:
    assert heal(*OPEN, (10, Level.UNREAD), (900, Level.BAD)) == [None, Change.HEAL, None, None]


def flap(times: int, bad: int, well: int) -> list[Reading]:
    """Readings every 10 seconds, `bad` in trouble and `well` well, over and over."""
    cycle = [Level.BAD] * bad + [Level.WELL] * well
    return [Reading(10, level) for _ in range(times) for level in cycle]


def find_flapping(told: Sequence[Told]) -> list[bool]:
    return [bool(each.after and each.after.flapping.since) for each in told]


def test_three_returns_within_the_hour_flap_and_one_incident_holds_them_all() -> None:
    told = replay(flap(12, bad=4, well=8))
    changes = "".join(LETTERS[each.change] for each in told if each.change)
    assert changes.startswith("OICOIC")
    assert re.fullmatch(r"OICOICO(IR)*I", changes)
    assert find_flapping(told)[-1]


def test_two_returns_do_not_flap() -> None:
    assert not any(find_flapping(replay(flap(2, bad=4, well=8))))


def test_flapping_ends_after_quiet_and_then_the_incident_closes() -> None:
    told = replay([*flap(5, bad=4, well=3), *[Reading(10, Level.WELL)] * 800])
    restless = find_flapping(told)
    assert any(restless)
    ended = len(restless) - 1 - restless[::-1].index(True) + 1
    quiet_since = next(each.at for each in reversed(told) if each.level is Level.BAD)
    assert told[ended].at - quiet_since >= timedelta(minutes=5)
    assert [each.change for each in told[ended:] if each.change] == [Change.CLOSED]
    assert told[-1].after is None


def test_what_is_never_bad_for_its_whole_hold_but_never_well_either_opens_once() -> None:
    told = replay(flap(20, bad=1, well=1))
    assert next(each.change for each in told if each.change) is Change.OPENED
    opened = next(each for each in told if each.change is Change.OPENED)
    assert opened.after is not None
    assert opened.after.flapping.since == opened.at


def test_a_blink_now_and_then_is_forgotten() -> None:
    told = replay([Reading(0, Level.BAD), Reading(10, Level.WELL), Reading(4 * 3600, Level.WELL)])
    assert told[-1].after is None


def test_returns_of_more_than_an_hour_ago_do_not_count() -> None:
    restless = flap(3, bad=4, well=8)
    told = replay(
        [*restless, *[Reading(60, Level.WELL)] * 70, Reading(10, Level.BAD), Reading(10, Level.WELL)]
    )
    assert any(find_flapping(told[: len(restless)]))
    assert not find_flapping(told)[-1]
