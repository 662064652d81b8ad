"""The figures of a queue: what looks tell, how samples age, what a period adds up to."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as some

from lines_bot.lines import Line, Session, SessionState
from lines_bot.snapshot import Snapshot, list_missing
from lines_bot.statistics.summary import EVERY_LINE, KEPT, Sample, summarize, take_samples, thin

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LOOK = timedelta(seconds=15)
ZONE = ZoneInfo("Europe/Moscow")
COUNT = some.integers(0, 500)


def make_sample(age: timedelta, **figures: int | tuple[int, ...]) -> Sample:
    none = {"watched": 15, "waiting": 0, "oldest": 0, "arrivals": 0, "departures": 0, "waits": ()}
    return Sample(at=NOW - age, **{**none, **figures})  # type: ignore[arg-type]  # mixed by name


SAMPLES = some.lists(
    some.builds(
        Sample,
        at=some.integers(0, int(KEPT.total_seconds()) - 1).map(lambda age: NOW - timedelta(seconds=age)),
        watched=COUNT,
        waiting=COUNT,
        oldest=COUNT,
        arrivals=COUNT,
        departures=COUNT,
        waits=some.lists(COUNT, max_size=3).map(tuple),
    ),
    unique_by=lambda sample: sample.at,
    max_size=60,
)


def add_up(samples: Sequence[Sample]) -> tuple[int, int, int, Counter[int]]:
    waits = Counter(wait for each in samples for wait in each.waits)
    return (
        sum(each.watched for each in samples),
        sum(each.arrivals for each in samples),
        sum(each.departures for each in samples),
        waits,
    )


@given(SAMPLES)
def test_thinning_keeps_every_sum_every_wait_and_the_worst(samples: list[Sample]) -> None:
    thinned = thin(samples, NOW)
    assert add_up(thinned) == add_up(samples)
    for figure in ("waiting", "oldest"):
        assert max((getattr(each, figure) for each in thinned), default=0) == max(
            (getattr(each, figure) for each in samples), default=0
        )


@given(SAMPLES, some.timedeltas(timedelta(0), timedelta(days=20)))
def test_thinning_night_after_night_comes_to_the_same_as_thinning_once(
    samples: list[Sample], later: timedelta
) -> None:
    assert thin(thin(samples, NOW), NOW + later) == thin(samples, NOW + later)


@given(SAMPLES)
def test_the_older_the_coarser(samples: list[Sample]) -> None:
    thinned = thin(samples, NOW)
    assert {each for each in samples if NOW - each.at <= timedelta(hours=48)} <= set(thinned)
    for each in thinned:
        age = NOW - each.at
        if age > timedelta(hours=49):
            assert each.at.minute % 5 == each.at.second == 0
        if age > timedelta(days=14, hours=1):
            assert each.at.minute == 0


def test_what_is_older_than_ninety_days_is_forgotten() -> None:
    assert thin([make_sample(timedelta(days=91), arrivals=1)], NOW) == []


def make_company(at: datetime, *waiting: Session) -> Snapshot:
    return Snapshot({"a": Line(id="a"), "b": Line(id="b")}, {}, waiting, at)


def make_session(
    name: str, line: str, since: datetime, state: SessionState = SessionState.WAITING
) -> Session:
    return Session(id=name, line=line, state=state, accepted_at=since)


def test_two_looks_tell_who_came_who_left_and_how_long_the_served_had_waited() -> None:
    begun = NOW - timedelta(minutes=4)
    served, left = make_session("served", "a", begun), make_session("left", "a", begun)
    before = make_company(NOW - LOOK, served, left, make_session("stays", "b", begun))
    after = make_company(NOW, make_session("stays", "b", begun), make_session("new", "a", NOW))
    assert list_missing(before, after) == [served, left]
    taken = make_session("served", "a", NOW - timedelta(seconds=5), SessionState.ASSIGNED_TO_OPERATOR)
    samples = take_samples(before, after, {"served": taken})
    assert samples == {
        "a": Sample(NOW, 15, waiting=1, oldest=0, arrivals=1, departures=2, waits=(235,)),
        "b": Sample(NOW, 15, waiting=1, oldest=240, arrivals=0, departures=0),
        EVERY_LINE: Sample(NOW, 15, waiting=2, oldest=240, arrivals=1, departures=2, waits=(235,)),
    }


def test_the_first_look_knows_who_waits_but_not_who_came() -> None:
    samples = take_samples(None, make_company(NOW, make_session("new", "a", NOW)), {})
    assert samples["a"] == Sample(NOW, 0, waiting=1, oldest=0, arrivals=0, departures=0)


def test_a_clock_that_runs_behind_makes_no_wait_negative() -> None:
    ahead = make_session("x", "a", NOW + timedelta(minutes=3))
    assert take_samples(None, make_company(NOW, ahead), {})["a"].oldest == 0


def test_a_period_adds_up_and_its_hours_are_those_of_the_zone() -> None:
    samples = [
        make_sample(timedelta(hours=3), waiting=9, oldest=700, arrivals=4, departures=3, waits=(10, 50)),
        make_sample(timedelta(hours=1), waiting=2, oldest=60, arrivals=1, departures=1, waits=(30,)),
    ]
    figures = summarize(samples, NOW - timedelta(hours=24), NOW, ZONE, LOOK)
    assert (figures.waiting, figures.oldest, figures.last) == (9, 700, samples[1])
    assert (figures.arrivals, figures.pickups, figures.others, figures.median) == (5, 3, 1, 30)
    assert figures.watched == 2 * LOOK
    hours = [(each.hour, each.arrivals, each.pickups, each.median) for each in figures.hours]
    assert hours == [(9, 4, 2, 30), (11, 1, 1, 30)]


def test_where_nobody_looked_a_column_is_empty_and_not_zero() -> None:
    samples = [make_sample(timedelta(hours=24)), make_sample(timedelta(0), waiting=3, oldest=8)]
    columns = summarize(samples, NOW - timedelta(hours=24), NOW, ZONE, LOOK).columns
    assert (columns[0] and columns[0].waiting, columns[-1] and columns[-1].waiting) == (0, 3)
    assert set(columns[1:-1]) == {None}


@given(some.integers(1, 2160), some.sampled_from([1, 15, 60, 600, 3600]))
def test_a_look_in_time_leaves_no_column_empty(hours: int, seconds: int) -> None:
    every = timedelta(seconds=seconds)
    period = timedelta(hours=hours)
    samples = [make_sample(period - every * number) for number in range(min(500, period // every))]
    figures = summarize(samples, NOW - period, NOW, ZONE, every)
    reached = (samples[-1].at - figures.begin) // figures.width
    assert None not in figures.columns[: reached + 1]
    assert len(figures.columns) <= 120
    assert figures.width * len(figures.columns) >= period
