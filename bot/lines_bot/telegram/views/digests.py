"""Several alerts in one message that will not change: what was missed, what came in quiet hours."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change
from lines_bot.alerts.incidents import Incident
from lines_bot.telegram.views.incidents import describe_incident
from lines_bot.telegram.views.models import CardContent, IncidentSummary
from lines_bot.telegram.views.view import View, exact, fill, marked, stack

LISTED = 15


def describe_missed(content: CardContent) -> Text:
    """What came and went while nothing could be delivered, or was cured before anyone was called."""
    if all(each.ending is Change.HEALED for each in content.incidents):
        mark, title = "🩹", _("Fixed by the bot itself: {count}")
    else:
        mark, title = "🗒", _("Missed while this chat was unreachable: {count}")
    return stack(
        fill("{mark} {title}", mark=mark, title=Bold(title.format(count=content.page.total))),
        *(describe_incident(shown, content.now) for shown in content.page.items),
    )


def render_quiet_over(
    incidents: Sequence[Incident], shown: Sequence[IncidentSummary], since: datetime, now: datetime
) -> View:
    """What quiet hours kept without a sound: the open ones first."""
    still = sum(each.closed_at is None for each in incidents)
    numbers = _("Alerts since {time}: {count}, still open: {open}")
    left = len(incidents) - len(shown)
    return View(
        stack(
            marked("☀️", Bold(_("Quiet hours are over."))),
            fill(numbers, time=exact(since), count=len(incidents), open=still),
            "",
            *(describe_incident(each, now) for each in shown),
            _("…and {count} more").format(count=left) if left else None,
        )
    )
