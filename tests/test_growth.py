"""The early warning of a queue: evidence grows with the surplus of arrivals and fades in calm."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.alerts.growth import Growth, forecast, is_early, update_growth

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MOVES = some.lists(some.tuples(some.integers(0, 20), some.integers(0, 20)), max_size=50)


def follow(moves: Iterable[tuple[int, int]], growth: Growth | None = None) -> Growth | None:
    """The growth after readings 15 seconds apart."""
    at = growth.at if growth else START
    for arrivals, departures in moves:
        at += timedelta(seconds=15)
        growth = update_growth(growth, arrivals, departures, at)
    return growth


@given(MOVES)
def test_the_evidence_is_never_negative_and_falls_when_as_many_leave_as_come(
    moves: list[tuple[int, int]],
) -> None:
    before = follow([(1, 1), *moves])
    assert before is not None
    assert before.sum >= 0
    after = follow([(3, 3)], before)
    assert after is not None
    assert after.sum == pytest.approx(max(0.0, before.sum - 0.2))


@given(MOVES, some.integers(1, 10))
def test_one_more_arrival_is_more_evidence(moves: list[tuple[int, int]], come: int) -> None:
    before = follow([(1, 1), *moves])
    fewer, more = follow([(come, 0)], before), follow([(come + 1, 0)], before)
    assert fewer is not None
    assert more is not None
    assert more.sum > fewer.sum


def test_a_queue_that_only_grows_is_warned_of_before_its_limit() -> None:
    growth, waiting, limit = None, 0, 30
    at = START
    while growth is None or not is_early(growth, waiting, limit):
        waiting += 1
        at += timedelta(seconds=15)
        growth = update_growth(growth, 1, 0, at)
        assert waiting < limit
    assert waiting >= limit / 2


def test_a_busy_queue_that_stays_level_is_not_warned_of() -> None:
    growth = follow([(9, 8), (8, 9)] * 200)
    assert growth is not None
    assert not is_early(growth, 29, 30)


def test_evidence_without_half_the_limit_warns_nobody() -> None:
    growth = Growth(sum=50.0, pace=1.0, trend=1.0, at=START)
    assert not is_early(growth, 4, 10)
    assert is_early(growth, 5, 10)


def test_the_forecast_is_the_missing_sessions_over_the_rate() -> None:
    growth = Growth(sum=20.0, pace=1.0, trend=0.05, at=START)
    assert forecast(growth, 8, 10) == timedelta(seconds=40)


def test_what_is_years_away_is_not_in_sight() -> None:
    assert forecast(Growth(20.0, 1.0, 1e-300, START), 5, 10) is None
    assert forecast(Growth(20.0, 1.0, 5 / 21_000, START), 5, 10) == timedelta(seconds=21_000)
    assert forecast(Growth(20.0, 1.0, 5 / 22_000, START), 5, 10) is None


@pytest.mark.parametrize(("trend", "waiting"), [(0.0, 5), (-0.1, 5), (0.1, 10), (0.1, 11)])
def test_there_is_no_forecast_for_what_does_not_grow_or_is_reached(trend: float, waiting: int) -> None:
    assert forecast(Growth(20.0, 1.0, trend, START), waiting, 10) is None
