"""Charts as pictures for a chat: readable on a phone, on a ground of their own in light and dark."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 1080, 1080
_DPI = 200
_GROUND, _GRID, _UNSEEN, _HATCH = "#18222d", "#2e3d4c", "#212d3a", "#43566a"
_QUIET, _LOUD = "#a8b8c7", "#f3f7fa"
_LARGE, _SMALL = 17, 16


@dataclass(frozen=True)
class Panel:
    """One figure over time; None where it is not known. `note` is its most important number in words."""

    title: str
    note: str
    colour: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Tick:
    """A label under a place between the first value's begin (0) and the last one's end (their number)."""

    place: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Panels over one axis of time; `unseen` explains the pieces without a value."""

    panels: Sequence[Panel]
    ticks: Sequence[Tick]
    unseen: str


class Charts:
    """Draws off the event loop, one picture at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def draw(self, chart: Chart) -> bytes:
        """The chart as a PNG of WIDTH by HEIGHT pixels."""
        async with self._turn:
            return await asyncio.to_thread(draw, chart)


def draw(chart: Chart) -> bytes:
    """The chart as a PNG of WIDTH by HEIGHT pixels; the first one takes a second longer."""
    # Its import is slow: it belongs to the thread that draws.
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_GROUND)
    drawn: Sequence[Axes] = list(figure.subplots(len(chart.panels), 1, sharex=True, squeeze=False)[:, 0])
    figure.subplots_adjust(left=0.13, right=0.95, top=0.9, bottom=0.15, hspace=0.42)
    for axes, panel in zip(drawn, chart.panels, strict=True):
        _draw_panel(axes, panel)
    last = drawn[-1]
    last.set_xticks([tick.place for tick in chart.ticks], [tick.label for tick in chart.ticks])
    if any(None in panel.values for panel in chart.panels):
        mark = Rectangle((0.13, 0.026), 0.035, 0.028, fc=_UNSEEN, ec=_HATCH, hatch="////", linewidth=0)
        figure.add_artist(mark)
        figure.text(0.185, 0.03, chart.unseen, color=_QUIET, fontsize=_SMALL - 2, parse_math=False)
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()


def _draw_panel(axes: "Axes", panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator

    count = len(panel.values)
    edges = range(count + 1)
    known = [float("nan") if value is None else value for value in panel.values]
    axes.set(facecolor=_GROUND, xlim=(0, count), ylim=(0, _leave_room(panel.values)))
    for is_unseen, run in groupby(range(count), lambda place: panel.values[place] is None):
        first, *rest = run
        if is_unseen:
            axes.axvspan(first, first + len(rest) + 1, fc=_UNSEEN, ec=_HATCH, hatch="//", linewidth=0)
    axes.stairs(known, edges, fill=True, color=panel.colour, alpha=0.28, linewidth=0)
    axes.stairs(known, edges, baseline=None, color=panel.colour, linewidth=2)
    axes.set_title(panel.title, loc="left", color=_LOUD, fontsize=_LARGE, pad=10, parse_math=False)
    axes.set_title(panel.note, loc="right", color=panel.colour, fontsize=_LARGE, pad=10, parse_math=False)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.grid(axis="y", color=_GRID, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_QUIET, labelsize=_SMALL, length=0, pad=6)
    axes.spines[:].set_visible(False)
    axes.spines["bottom"].set(visible=True, color=_QUIET)


def _leave_room(values: Sequence[float | None]) -> float:
    """The top of the axis: a little above the highest value, and never a panel without height."""
    return max(1.0, *(value for value in values if value is not None), 0) * 1.12
