"""What is open, and why an alert was sent or was not."""

from datetime import datetime

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change, Phase
from lines_bot.pagination import Page
from lines_bot.telegram.callbacks import ShowAlerts
from lines_bot.telegram.views.incidents import describe_incident
from lines_bot.telegram.views.incidents.renderers import RENDERERS
from lines_bot.telegram.views.models import Explanation, IncidentSummary
from lines_bot.telegram.views.mutes import describe_window
from lines_bot.telegram.views.view import View, clip, fill, moment, stack, turn_pages


def render_alerts(page: Page[IncidentSummary], now: datetime) -> View:
    """Everything open, who holds it, what is muted."""
    if not page.items:
        return View(Text("🟢 ", _("No alert is open.")))
    told: list[Text | str] = []
    for each in page.items:
        told.append(describe_incident(each, now))
        if each.mute:
            told.append(fill("    🔕 {name}", name=clip(each.mute.person_name)))
    title = Bold(_("Open alerts: {count}").format(count=page.total))
    return View(stack(title, "", *told), [turn_pages(page, lambda number: ShowAlerts(page=number))])


def render_why(why: Explanation) -> View:
    """In words: what the engine holds, by which numbers, and what kept a message back."""
    told: list[Text | str | None] = [
        Bold(clip(why.name)),
        _describe_phase(why),
        RENDERERS[why.family].describe_rule(why.policy),
    ]
    if why.mute:
        end = moment(why.mute.until) if why.mute.until else Text(_("when it is well"))
        told.append(fill(_("Muted by {name}, ends {time}"), name=clip(why.mute.person_name), time=end))
    told += [describe_window(window) for window in why.windows]
    if why.incident:
        noticed = moment(why.incident.opened_at)
        told.append(fill(_("Last alert: {number}, noticed {time}"), number=why.incident.id, time=noticed))
    if why.condition:
        score = round(why.condition.flapping.score)
        told.append(_("Flapping score: {score} (flapping starts at 3000)").format(score=score))
        told += [
            fill("    {change} {time}", change=_name_change(each.change), time=moment(each.at))
            for each in why.condition.trail
        ]
    return View(stack(*told))


def _describe_phase(why: Explanation) -> Text:
    if why.condition is None:
        return Text("🟢 ", _("It is well, so there is no alert."))
    phases = {
        Phase.WELL: "🟢 " + _("It is well now; it was in trouble not long ago."),
        Phase.PENDING: "🟡 " + _("It is in trouble, but not long enough for an alert yet."),
        Phase.HEALING: "🟡 " + _("A reconnect is being tried before anyone is called."),
        Phase.BAD: "🔴 " + _("It is in trouble, and the alert is open."),
        Phase.RECOVERING: "🟡 " + _("It looks well; the alert closes if it stays so."),
    }
    return fill("{phase} · {time}", phase=phases[why.condition.phase], time=moment(why.condition.changed_at))


def _name_change(change: str) -> str:
    names = {
        Change.HEAL: _("reconnect tried"),
        Change.HEALED: _("healed by the reconnect"),
        Change.OPENED: _("alert opened"),
        Change.IMPROVED: _("looked well"),
        Change.RELAPSED: _("in trouble again"),
        Change.CLOSED: _("alert closed"),
        Change.REMOVED: _("removed"),
    }
    return names.get(Change(change), change)
