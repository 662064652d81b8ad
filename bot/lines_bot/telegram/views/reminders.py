"""What is said beside a card: that it got worse, that nobody took it, that it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change
from lines_bot.alerts.incidents import Incident
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import View, fill, marked


def render_reminder(free: Sequence[Incident], now: datetime) -> View:
    """Nobody took it, and it is still so."""
    lasted = name_duration(now - min(each.since for each in free))
    return View(marked("⏰", fill(_("Not fixed for {length}, nobody is on it."), length=lasted)))


def render_worsening(incidents: Sequence[Incident]) -> View:
    """It got worse since the last sound."""
    return View(marked("🔺", fill(_("Getting worse: {count} problems now."), count=len(incidents))))


def render_end(incidents: Sequence[Incident], lasted: timedelta) -> View:
    """What was loud and long is over; without a sound."""
    is_removed = any(each.ending is Change.REMOVED for each in incidents)
    if len(incidents) == 1:
        told = _("Removed from Lines after {length}.") if is_removed else _("Fixed after {length}.")
    elif is_removed:
        told = _("All {count} over, some removed from Lines; longest {length}.")
    else:
        told = _("All {count} fixed; longest {length}.")
    words = told.format(count=len(incidents), length=name_duration(lasted))
    return View(fill("{mark} {told}", mark="⚪" if is_removed else "🟢", told=words))
