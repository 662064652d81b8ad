"""What is said beside a card: that it got worse, that nobody took it, that it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.incidents import Incident
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import View, fill


def render_reminder(free: Sequence[Incident], now: datetime) -> View:
    """Nobody took it, and it is still so."""
    lasted = name_duration(now - min(each.since for each in free))
    return View(fill("⏰ {told}", told=fill(_("Still so for {length}, and nobody took it."), length=lasted)))


def render_worsening(incidents: Sequence[Incident]) -> View:
    """It got worse since the last sound."""
    return View(
        fill(
            "🔺 {told}",
            told=fill(_("It got worse: {count} alerts are open on this card now."), count=len(incidents)),
        )
    )


def render_end(count: int, lasted: timedelta) -> View:
    """What was loud and long is over; without a sound."""
    if count == 1:
        return View(
            fill("🟢 {told}", told=_("Well again after {length}.").format(length=name_duration(lasted)))
        )
    told = _("All {count} are well again; the longest lasted {length}.")
    return View(fill("🟢 {told}", told=told.format(count=count, length=name_duration(lasted))))
