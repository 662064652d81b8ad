"""Is the bot itself well."""

from dataclasses import dataclass
from datetime import timedelta

from aiogram.utils.formatting import Bold
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.monitor import Poll
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import View, stack


@dataclass(frozen=True)
class Status:
    """`age` is that of the last look; `*_latency` in seconds, None before the first answer."""

    poll: Poll | None
    age: timedelta
    lines_latency: float | None
    telegram_latency: float | None
    incidents: int
    undelivered: int


def render_status(status: Status) -> View:
    """One line each; a mark tells at a glance."""
    poll = status.poll
    last = "⏳ " + _("Lines has not been read yet.")
    if poll is not None:
        age = name_duration(status.age)
        last = (
            "🔴 " + _("The last look at Lines failed, {age} ago").format(age=age)
            if poll.trouble
            else "🟢 " + _("Last look at Lines: {age} ago").format(age=age)
        )
    return View(
        stack(
            Bold(_("Status of the bot")),
            last,
            describe_error(poll.trouble) if poll and poll.trouble else None,
            _("Lines answers in {latency}").format(latency=_describe_latency(status.lines_latency)),
            _("Telegram answers in {latency}").format(latency=_describe_latency(status.telegram_latency)),
            _("Open alerts: {count}").format(count=status.incidents),
            ("🟢 " if not status.undelivered else "🔴 ")
            + _("Undelivered cards: {count}").format(count=status.undelivered),
        )
    )


def _describe_latency(latency: float | None) -> str:
    return "—" if latency is None else _("{count} ms").format(count=round(latency * 1000))
