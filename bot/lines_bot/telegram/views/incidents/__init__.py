"""An incident in words: in full, on one line, in detail."""

from datetime import datetime

from aiogram.utils.formatting import Text
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.operations.ledger import Entry, Outcome
from lines_bot.pagination import Page
from lines_bot.telegram.views.incidents.renderers import find_renderer
from lines_bot.telegram.views.labels import name_duration, name_verb
from lines_bot.telegram.views.models import IncidentSummary
from lines_bot.telegram.views.view import clip, clock, exact, fill, marked, moment, stack

_IN_FULL = 4


def describe_details(page: Page[IncidentSummary], now: datetime) -> Text:
    """What is behind the page that a card shows: its first incidents in full, with exact times."""
    told: list[Text | str] = []
    for shown in page.items[:_IN_FULL]:
        told += [_describe_one(shown, now), ""]
    left = page.total - min(len(page.items), _IN_FULL)
    return stack(*told[:-1], *([_("…and {count} more").format(count=left)] if left else []))


def _describe_one(shown: IncidentSummary, now: datetime) -> Text:
    incident = shown.incident
    end = incident.closed_at or now
    return stack(
        *describe_in_full(shown, now),
        "",
        fill(_("Alert №{number}, opened {time}"), number=incident.id, time=exact(incident.opened_at)),
        fill(_("Closed {time}"), time=exact(incident.closed_at)) if incident.closed_at else None,
        fill(_("Open for {length}"), length=name_duration(end - incident.opened_at)),
        fill(_("Alerts today: {count}"), count=shown.today),
    )


def describe_incident(shown: IncidentSummary, now: datetime) -> Text:
    """One incident on one line of a list."""
    incident, renderer = shown.incident, find_renderer(shown.incident)
    over = incident.well_since or incident.closed_at
    # How long it lasts so far is counted by the reader's app, so that the message need not change.
    lasted = Text(name_duration(over - incident.since)) if over else moment(incident.since)
    owner = (
        f" · 🙋 {clip(incident.owner or '', 30)}" if incident.is_owned(now) and not incident.closed_at else ""
    )
    return fill(
        "{mark} {told} · {lasted}{owner}",
        mark=renderer.mark(incident),
        told=renderer.describe_shortly(shown),
        lasted=lasted,
        owner=owner,
    )


def describe_in_full(shown: IncidentSummary, now: datetime) -> list[Text]:
    """One incident with what people did about it."""
    incident = shown.incident
    is_open = incident.closed_at is None
    told = find_renderer(incident).describe(shown)
    if incident.flapping and is_open:
        times = ngettext(
            "Unstable: down {count} time within an hour",
            "Unstable: down {count} times within an hour",
            incident.flapping,
        )
        told.append(marked("〰️", times.format(count=incident.flapping)))
    if shown.entry and (is_open or shown.entry.outcome is Outcome.DONE):
        told.append(describe_entry(shown.entry))
    if is_open and incident.owned_until and incident.is_owned(now):
        owner = fill(
            _("{name} is on it until {time}"),
            name=clip(incident.owner or ""),
            time=clock(incident.owned_until),
        )
        told.append(marked("🙋", owner))
    if is_open and shown.mute:
        told.append(_describe_mute(shown))
    if not is_open and shown.today > 1:
        told.append(fill(_("Alerts today: {count}"), count=shown.today))
    return told


def _describe_mute(shown: IncidentSummary) -> Text:
    assert shown.mute is not None
    name = clip(shown.mute.person_name)
    if shown.mute.until is None:
        return marked("🔕", _("Muted by {name} until fixed").format(name=name))
    told = fill(_("Muted by {name}, ends {time}"), name=name, time=moment(shown.mute.until))
    return marked("🔕", told)


def describe_entry(entry: Entry) -> Text:
    """What somebody did about a channel, and what came of it."""
    outcomes = {
        None: _("working…"),
        Outcome.DONE: _("done"),
        Outcome.REFUSED: _("refused"),
        Outcome.FAILED: _("not done"),
        Outcome.UNKNOWN: _("no answer; unknown yet"),
    }
    mark = "⏳" if entry.outcome is None else "👉"
    told = fill(
        _("{name} pressed {button} {time}: {outcome}"),
        name=clip(entry.person_name),
        button=name_verb(entry.verb),
        time=moment(entry.intended_at),
        outcome=outcomes[entry.outcome],
    )
    return fill("{mark} {told}", mark=mark, told=told)
