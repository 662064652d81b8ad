"""The pinned board: how the company is, at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiogram.utils.formatting import Bold, Italic, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import ChannelState
from lines_bot.telegram.callbacks import ShowChannels, ShowQueue
from lines_bot.telegram.views.labels import count_states, count_waiting
from lines_bot.telegram.views.view import View, button, clip, fill, moment, stack

_MOST_LINES = 20


@dataclass(frozen=True)
class BoardLine:
    name: str
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class BoardContent:
    """`taken_at`: when Lines was last read; None before the first time. `is_fresh`: that is not long ago."""

    counts: Mapping[ChannelState | None, int]
    lines: Sequence[BoardLine]
    incidents: int
    taken_at: datetime | None
    is_fresh: bool = False


def render_board(content: BoardContent) -> View:
    """Channels by state, the queue by line, open alerts, and how old that is once it is old.

    While it is fresh no time of reading is told, so that the message changes only with what it shows.
    """
    left = len(content.lines) - _MOST_LINES
    mark = "🔴" if content.incidents else "🟢"
    age = fill(_("Lines was read {time}"), time=moment(content.taken_at)) if content.taken_at else None
    return View(
        stack(
            Bold("📋 ", _("Live chats now")),
            count_states(content.counts),
            "",
            *(_describe_line(line) for line in content.lines[:_MOST_LINES]),
            _("…and {count} more").format(count=left) if left > 0 else None,
            "",
            fill("{mark} {told}", mark=mark, told=_("Open alerts: {count}").format(count=content.incidents)),
            None if content.is_fresh else Italic(age or _("Lines has not been read yet.")),
        ),
        [
            [
                button(_("Channels"), ShowChannels(state="broken", beside=True)),
                button(_("Queue"), ShowQueue(beside=True)),
            ]
        ],
    )


def _describe_line(line: BoardLine) -> Text:
    waiting = Bold(count_waiting(line.waiting))
    if line.oldest is None:
        return fill("{line}: {waiting}", line=clip(line.name), waiting=waiting)
    return fill(
        _("{line}: {waiting}, oldest {time}"),
        line=clip(line.name),
        waiting=waiting,
        time=moment(line.oldest),
    )
