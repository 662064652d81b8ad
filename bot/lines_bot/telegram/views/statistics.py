"""A queue over a period: its figures in words, and the chart of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, ExpandableBlockQuote, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.queries.models import LineSummary
from lines_bot.statistics.summary import Figures, Hour
from lines_bot.telegram.callbacks import ShowStatistics
from lines_bot.telegram.charts import Chart, Panel, Tick
from lines_bot.telegram.language import find_zone
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import View, button, clip, fill, stack

DAY = timedelta(days=1)
_CURRENT = timedelta(minutes=5)
_OFFERED_HOURS = (1, 24, 7 * 24, 30 * 24)
_MOST_TICKS = 5
_TICK_HOURS = (1 / 60, 5 / 60, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 5 * 24, 7 * 24, 14 * 24, 30 * 24)
_BLUE, _AMBER = "#5ec8f8", "#ffb74d"


def render_statistics(figures: Figures, name: str, ref: str) -> View:
    """The figures of a line, or of all lines without a reference, and buttons for other periods."""
    period = figures.end - figures.begin
    others = [hours for hours in _OFFERED_HOURS if timedelta(hours=hours) != period]
    rows = [
        [
            button(name_period(timedelta(hours=hours)), ShowStatistics(line=ref, hours=hours))
            for hours in others
        ]
    ]
    title = fill(
        "📊 {line} · {period}",
        line=Bold(clip(name)),
        period=name_period(period),
    )
    if figures.is_empty:
        nothing = _("No data for this time. I keep only what I saw myself, for 90 days.")
        return View(stack(title, nothing), rows)
    return View(
        stack(
            title,
            *_describe_queue(figures),
            fill(
                _("New: {came} · taken: {taken} · left: {others}"),
                came=Bold(str(figures.arrivals)),
                taken=Bold(str(figures.pickups)),
                others=Bold(str(figures.others)),
            ),
            fill(_("Median wait for an operator: {median}"), median=Bold(_name_seconds(figures.median)))
            if figures.median is not None
            else None,
            _describe_watched(figures.watched, period),
            _list_hours(figures.hours),
        ),
        rows,
    )


def make_chart(figures: Figures) -> Chart:
    """The queue and its oldest wait since the first sample of the period, on times of the settings' zone."""
    unit, seconds = _choose_unit(figures.oldest)
    unseen = next((place for place, column in enumerate(figures.columns) if column is not None), 0)
    columns, begin = figures.columns[unseen:], figures.begin + unseen * figures.width
    return Chart(
        panels=(
            Panel(
                _("Waiting"),
                _("up to {most}").format(most=figures.waiting),
                _BLUE,
                [None if column is None else column.waiting for column in columns],
            ),
            Panel(
                _("Longest wait, {unit}").format(unit=unit),
                _("up to {most}").format(most=_name_seconds(figures.oldest)),
                _AMBER,
                [None if column is None else column.oldest / seconds for column in columns],
            ),
        ),
        ticks=[
            Tick((at - begin) / figures.width, label)
            for at, label in list_ticks(begin, figures.end, find_zone())
        ],
        unseen=_("no data"),
    )


def list_ticks(begin: datetime, end: datetime, zone: ZoneInfo) -> Sequence[tuple[datetime, str]]:
    """A few round times of the zone within a period, with labels."""
    hours = next(each for each in _TICK_HOURS if (end - begin) <= _MOST_TICKS * timedelta(hours=each))
    midnight = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(hours=hours)
    shape = "%H:%M" if step < DAY else "%d.%m"
    # Steps of an aware time are steps of the clock on the wall, which a change of the clocks does not move.
    times = [midnight + step * number for number in range((end - begin + DAY) // step + 1)]
    return [(at.astimezone(UTC), f"{at:{shape}}") for at in times if begin <= at.astimezone(UTC) <= end]


def render_statistics_choice(lines: Sequence[LineSummary], query: str, hours: int) -> View:
    """Several lines match a name: the person chooses."""
    return View(
        fill(_("“{query}” fits several lines. Which one?"), query=clip(query)),
        [[button(line.name, ShowStatistics(line=line.ref, hours=hours))] for line in lines],
    )


def name_period(period: timedelta) -> str:
    days, rest = divmod(period, DAY)
    if days > 1 and not rest:
        return _("{count} d").format(count=days)
    hours, rest = divmod(period, timedelta(hours=1))
    return name_duration(period) if rest else _("{count} h").format(count=hours)


def _describe_queue(figures: Figures) -> Sequence[Text]:
    last = figures.last if figures.last and figures.end - figures.last.at < _CURRENT else None
    waiting, oldest = Bold(str(figures.waiting)), Bold(_name_seconds(figures.oldest))
    if last is None:
        return (
            fill(_("Waiting: {worst} at peak"), worst=waiting),
            fill(_("Longest wait: {worst} at peak"), worst=oldest),
        )
    return (
        fill(
            _("Waiting: {last} now, {worst} at peak"),
            last=Bold(str(last.waiting)),
            worst=waiting,
        ),
        fill(
            _("Longest wait: {last} now, {worst} at peak"),
            last=Bold(_name_seconds(last.oldest)),
            worst=oldest,
        ),
    )


def _list_hours(hours: Sequence[Hour]) -> Text | None:
    told = [
        f"{each.hour:02}:00 +{each.arrivals} −{each.pickups}"
        + (f" · {_name_seconds(each.median)}" if each.median is not None else "")
        for each in hours
        if each.arrivals or each.pickups
    ]
    if not told:
        return None
    return ExpandableBlockQuote("\n".join([_("By hour: + new, − taken, median wait"), *told]))


def _describe_watched(watched: timedelta, period: timedelta) -> str | None:
    if period - watched < timedelta(minutes=1):
        return None
    return _("Data for {watched} of {period}.").format(
        watched=name_duration(watched), period=name_period(period)
    )


def _choose_unit(seconds: float) -> tuple[str, int]:
    """The unit of an axis, as a word and in seconds."""
    if seconds < 2 * 3600:
        return _("min"), 60
    return (_("h"), 3600) if seconds < 2 * 86400 else (_("d"), 86400)


def _name_seconds(seconds: float | None) -> str:
    return name_duration(timedelta(seconds=seconds or 0))
