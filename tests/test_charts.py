"""The chart of a queue as a picture, looked at pixel by pixel."""

import asyncio
import io
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from matplotlib.image import imread

from lines_bot.statistics.summary import Sample, summarize
from lines_bot.telegram import charts
from lines_bot.telegram.charts import HEIGHT, WIDTH, Chart, Charts, Panel, Tick, draw
from lines_bot.telegram.language import Language
from lines_bot.telegram.views.statistics import list_ticks, make_chart, name_period, render_statistics

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
BLUE, AMBER = "#5ec8f8", "#ffb74d"


def make_chart_of(*values: Sequence[float | None]) -> Chart:
    panels = [
        Panel("Ждут", "до 9", colour, each) for each, colour in zip(values, (BLUE, AMBER), strict=False)
    ]
    return Chart(panels, [Tick(0, "09:00"), Tick(2, "10:00")], "нет наблюдений")


def look(content: bytes) -> Any:
    """The pixels as rows of red, green and blue from 0 to 255."""
    return (imread(io.BytesIO(content), format="png")[:, :, :3] * 255).round().astype(int)


def find_colour(pixels: Any, colour: str) -> Any:
    wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return (abs(pixels - wanted) <= 2).all(axis=2)


def test_a_chart_is_a_picture_of_its_size_with_each_panel_in_its_place() -> None:
    pixels = look(draw(make_chart_of([1, 5, 2, 9], [10, 20, 40, 5])))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    blue, amber = find_colour(pixels, BLUE), find_colour(pixels, AMBER)
    between = int(HEIGHT * 0.45)
    assert blue[:between].sum() > 2000
    assert amber[between:].sum() > 2000
    assert not blue[between:].any()
    assert not amber[:between].any()


def test_the_ground_is_the_pictures_own_and_opaque() -> None:
    corners = imread(io.BytesIO(draw(make_chart_of([1, 2]))), format="png")[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == corners[0]).all()
    assert corners[0].max() == corners[0][-1] == 1
    assert corners[0][:3].max() < 0.3


def test_a_gap_has_no_line_and_is_marked() -> None:
    whole, broken = (look(draw(make_chart_of([5, middle, middle, 5]))) for middle in (5, None))
    begin, end = int(WIDTH * 0.335) + 2, int(WIDTH * 0.745) - 2
    area = slice(int(HEIGHT * 0.15), int(HEIGHT * 0.83))
    assert find_colour(whole, BLUE)[area, begin:end].any()
    assert not find_colour(broken, BLUE)[area, begin:end].any()
    assert (broken[-60:] != whole[-60:]).any()


@pytest.mark.parametrize("values", [[None, None], [0, 0], [None, 3, None], [0.001], [1e9, 0]])
def test_any_queue_can_be_drawn(values: list[float | None]) -> None:
    assert look(draw(make_chart_of(values, values))).shape == (HEIGHT, WIDTH, 3)


async def test_pictures_are_drawn_beside_the_event_loop_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[threading.Thread] = []
    drawing = threading.Lock()

    def watch(chart: Chart) -> bytes:
        threads.append(threading.current_thread())
        assert drawing.acquire(blocking=False)
        try:
            return draw(chart)
        finally:
            drawing.release()

    monkeypatch.setattr(charts, "draw", watch)
    drawer, chart = Charts(), make_chart_of([1, 2])
    first, second = await asyncio.gather(drawer.draw(chart), drawer.draw(chart))
    assert first == second
    assert threading.main_thread() not in threads
    assert len(threads) == 2


@pytest.fixture
def _russian() -> Iterator[None]:
    with Language("ru", MOSCOW).speak():
        yield


@pytest.mark.usefixtures("_russian")
def test_the_words_and_times_of_a_chart_are_those_of_the_settings() -> None:
    sample = Sample(NOW - timedelta(hours=2), 15, 4, 300, 1, 1, (60,))
    chart = make_chart(summarize([sample], NOW - timedelta(hours=24), NOW, MOSCOW, timedelta(seconds=15)))
    assert [(each.title, each.note) for each in chart.panels] == [
        ("Ждут", "до 4"),
        ("Дольше всех, мин", "до 5 мин"),
    ]
    assert [tick.label for tick in chart.ticks] == ["10:30", "11:00", "11:30", "12:00", "12:30"]
    assert [value for value in chart.panels[1].values if value is not None] == [5]


def test_the_axis_begins_at_the_first_sample() -> None:
    samples = [Sample(NOW - timedelta(hours=2), 15, 4, 300, 1, 1), Sample(NOW, 15, 1, 15, 0, 0)]
    with Language("en", MOSCOW).speak():
        chart = make_chart(summarize(samples, NOW - timedelta(days=1), NOW, MOSCOW, timedelta(seconds=15)))
    first, *_rest, last = chart.panels[0].values
    assert (first, last) == (4, 1)
    assert all(0 <= tick.place <= len(chart.panels[0].values) for tick in chart.ticks)


@pytest.mark.parametrize(("seconds", "title"), [(7199, "min"), (7200, "h"), (200_000, "d")])
def test_a_long_wait_is_measured_in_larger_units(seconds: int, title: str) -> None:
    sample = Sample(NOW, 15, 1, seconds, 0, 0)
    with Language("en", MOSCOW).speak():
        chart = make_chart(summarize([sample], NOW - timedelta(hours=1), NOW, MOSCOW, timedelta(seconds=15)))
    assert chart.panels[1].title == f"Longest wait, {title}"


@pytest.mark.parametrize("hours", [1, 2, 5, 24, 36, 48, 168, 720, 2160])
def test_ticks_are_few_and_round(hours: int) -> None:
    begin = NOW - timedelta(hours=hours)
    ticks = list_ticks(begin, NOW, MOSCOW)
    assert 2 <= len(ticks) <= 6
    assert all(begin <= at <= NOW for at, _label in ticks)
    assert all(at.astimezone(MOSCOW).minute % 15 == at.second == 0 for at, _label in ticks)


def test_days_begin_at_midnight_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    end = datetime(2026, 10, 28, 12, tzinfo=UTC)
    ticks = list_ticks(end - timedelta(days=5), end, berlin)
    assert [(at.hour, label) for at, label in ticks] == [
        (22, "24.10"),
        (22, "25.10"),
        (23, "26.10"),
        (23, "27.10"),
        (23, "28.10"),
    ]


@pytest.mark.usefixtures("_russian")
def test_a_busy_day_fits_under_a_picture() -> None:
    samples = [
        Sample(NOW - timedelta(hours=hour), 3600, 999, 9000, 999, 999, (3500,) * 999)
        for hour in range(23, -1, -1)
    ]
    figures = summarize(samples, NOW - timedelta(hours=24), NOW, MOSCOW, timedelta(seconds=15))
    assert len(render_statistics(figures, "Магазин" * 20, "4f2a91").text) <= 1024


@pytest.mark.parametrize(
    ("hours", "name"),
    [(1, "1 h"), (1.5, "1 h 30 min"), (24, "24 h"), (36, "36 h"), (48, "2 d"), (720, "30 d")],
)
def test_a_period_is_named_as_people_write_it(hours: float, name: str) -> None:
    with Language("en", MOSCOW).speak():
        assert name_period(timedelta(hours=hours)) == name
