"""Is the bot itself well."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.monitor import Poll
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.view import View, fill, moment, stack


@dataclass(frozen=True)
class Status:
    """`checked_at`: when the last look ended; `*_latency` in seconds, None before the first answer.

    `missed_at`: when a change was last seen that Lines had not dated.
    """

    poll: Poll | None
    checked_at: datetime | None
    lines_latency: float | None
    telegram_latency: float | None
    incidents: int
    undelivered: int
    missed_at: datetime | None = None


def render_status(status: Status) -> View:
    """One line each; a mark tells at a glance."""
    poll = status.poll
    last = Text("⏳ ", _("Lines has not been read yet."))
    if poll is not None:
        told = _("Last check of Lines failed {time}") if poll.trouble else _("Last check of Lines {time}")
        last = Text("🔴 " if poll.trouble else "🟢 ", fill(told, time=moment(status.checked_at)))
    return View(
        stack(
            Bold(_("Status of the bot")),
            last,
            describe_error(poll.trouble) if poll and poll.trouble else None,
            _describe_missed(status.missed_at),
            _("Lines answers in {latency}").format(latency=_describe_latency(status.lines_latency)),
            _("Telegram answers in {latency}").format(latency=_describe_latency(status.telegram_latency)),
            _("Open alerts: {count}").format(count=status.incidents),
            ("🟢 " if not status.undelivered else "🔴 ")
            + _("Undelivered alerts: {count}").format(count=status.undelivered),
        )
    )


def _describe_latency(latency: float | None) -> str:
    return "—" if latency is None else _("{count} ms").format(count=round(latency * 1000))


def _describe_missed(at: datetime | None) -> Text | None:
    if at is None:
        return None
    told = _("Lines did not date a change, seen {time} by reading everything")
    return Text("🟡 ", fill(told, time=moment(at)))
