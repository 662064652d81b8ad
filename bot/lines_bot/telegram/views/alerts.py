"""What is open, and why an alert was sent or was not."""

from datetime import datetime

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change, Phase
from lines_bot.alerts.flapping import BEGIN_SCORE
from lines_bot.operations.ledger import Entry, Verb
from lines_bot.pagination import Page
from lines_bot.telegram.callbacks import ShowAlerts
from lines_bot.telegram.views.incidents import describe_incident
from lines_bot.telegram.views.incidents.renderers import RENDERERS
from lines_bot.telegram.views.models import Explanation, IncidentSummary
from lines_bot.telegram.views.mutes import describe_window
from lines_bot.telegram.views.view import View, clip, fill, marked, moment, stack, turn_pages

_PHASE_MARKS = {Phase.WELL: "🟢", Phase.BAD: "🔴"}


def render_alerts(page: Page[IncidentSummary], now: datetime) -> View:
    """Everything open, who holds it, what is muted."""
    if not page.items:
        return View(Text("🟢 ", _("No open alerts.")))
    told: list[Text | str] = []
    for each in page.items:
        told.append(describe_incident(each, now))
        if each.mute:
            told.append(marked("    🔕", clip(each.mute.person_name)))
    title = Bold(_("Open alerts: {count}").format(count=page.total))
    return View(stack(title, "", *told), [turn_pages(page, lambda number: ShowAlerts(page=number))])


def render_why(why: Explanation) -> View:
    """In words: what the engine holds, by which numbers, and what kept a message back."""
    return View(stack(Bold(clip(why.name)), *describe_reasons(why)))


def describe_reasons(why: Explanation) -> list[Text | str]:
    """As `render_why`, without the name."""
    told: list[Text | str] = [
        _describe_phase(why),
        RENDERERS[why.family].describe_rule(why.policy),
    ]
    if why.mute:
        end = moment(why.mute.until) if why.mute.until else Text(_("when fixed"))
        told.append(fill(_("Muted by {name}, ends {time}"), name=clip(why.mute.person_name), time=end))
    told += [describe_window(window) for window in why.windows]
    if why.incident:
        noticed = moment(why.incident.opened_at)
        told.append(fill(_("Last alert: №{number}, opened {time}"), number=why.incident.id, time=noticed))
    if why.condition:
        if score := round(why.condition.flapping.score):
            told.append(_("Unstable: {score} of {limit}").format(score=score, limit=round(BEGIN_SCORE)))
        told += [
            fill("    {change} {time}", change=_name_change(each.change), time=moment(each.at))
            for each in why.condition.trail
        ]
    told += [_describe_move(each) for each in why.moves]
    return told


def _describe_phase(why: Explanation) -> Text:
    phases = RENDERERS[why.family].phases
    if why.condition is None:
        return Text("🟢 ", _(phases[None]))
    phase = why.condition.phase
    told = f"{_PHASE_MARKS.get(phase, '🟡')} {_(phases[phase])}"
    return fill("{told} · {time}", told=told, time=moment(why.condition.changed_at))


def _describe_move(entry: Entry) -> Text:
    """Who took it, released it or handed it over."""
    moves = {
        Verb.TAKE: _("🙋 {name} took it {time}"),
        Verb.RELEASE: _("🙋 {name} released it {time}"),
        Verb.HAND_OVER: _("🙋 {name} handed it to {to} {time}"),
    }
    return fill(
        moves[entry.verb],
        name=clip(entry.person_name, 30),
        to=clip(entry.argument or "", 30),
        time=moment(entry.intended_at),
    )


def _name_change(change: str) -> str:
    names = {
        Change.HEAL: _("reconnect tried"),
        Change.HEALED: _("fixed by the reconnect"),
        Change.OPENED: _("alert opened"),
        Change.IMPROVED: _("better, watching"),
        Change.RELAPSED: _("worse again"),
        Change.CLOSED: _("alert closed"),
        Change.REMOVED: _("removed"),
    }
    return names.get(Change(change), change)
