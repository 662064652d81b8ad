"""An incident in words: in full, on one line, in detail."""

from datetime import datetime

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.alerts.engine import Change
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.observations import ChannelSubject, QueueSubject, SourceSubject
from lines_bot.lines import ChannelState, ChannelType
from lines_bot.operations.ledger import Entry, Outcome
from lines_bot.pagination import Page
from lines_bot.telegram.alerts.card_content import IncidentSummary
from lines_bot.telegram.views.labels import (
    count_waiting,
    name_channel_type,
    name_duration,
    name_verb,
)
from lines_bot.telegram.views.view import View, clip, exact, fill, moment, reference, stack

_IN_FULL = 4


def render_details(page: Page[IncidentSummary], now: datetime) -> View:
    """What is behind the page that a card shows: its first incidents in full, with exact times."""
    told: list[Text | str] = []
    for shown in page.items[:_IN_FULL]:
        told += [_describe_details(shown, now), ""]
    left = page.total - min(len(page.items), _IN_FULL)
    return View(stack(*told[:-1], *([_("…and {count} more").format(count=left)] if left else [])))


def _describe_details(shown: IncidentSummary, now: datetime) -> Text:
    incident = shown.incident
    end = incident.closed_at or now
    return stack(
        *describe_in_full(shown, now),
        "",
        fill(_("Alert {number}, noticed: {time}"), number=incident.id, time=exact(incident.opened_at)),
        fill(_("Closed: {time}"), time=exact(incident.closed_at)) if incident.closed_at else None,
        fill(_("Open for {length}"), length=name_duration(end - incident.opened_at)),
        fill(_("Alerts about this today: {count}"), count=shown.today),
    )


def describe_incident(shown: IncidentSummary, now: datetime) -> Text:
    """One incident on one line of a list."""
    incident, subject = shown.incident, shown.incident.subject
    name = Text(_("Lines cannot be read")) if isinstance(subject, SourceSubject) else _name_subject(shown)
    over = incident.well_since or incident.closed_at
    told = fill("{mark} {name}", mark=_mark(incident), name=name)
    if isinstance(subject, QueueSubject) and not incident.closed_at:
        told = fill("{told}: {waiting}", told=told, waiting=count_waiting(subject.waiting))
    lasted = name_duration((over or now) - incident.since)
    owner = (
        f" · 🙋 {clip(incident.owner or '', 30)}" if incident.is_owned(now) and not incident.closed_at else ""
    )
    return fill("{told} · {lasted}{owner}", told=told, lasted=lasted, owner=owner)


def describe_in_full(shown: IncidentSummary, now: datetime) -> list[Text]:
    incident = shown.incident
    is_open = incident.closed_at is None
    told = list(_TELL[incident.subject.family](shown))
    if incident.flapping and is_open:
        times = ngettext(
            "Flapping: in trouble {count} time within an hour",
            "Flapping: in trouble {count} times within an hour",
            incident.flapping,
        )
        told.append(fill("〰️ {told}", told=times.format(count=incident.flapping)))
    if shown.entry and (is_open or shown.entry.outcome is Outcome.DONE):
        told.append(describe_entry(shown.entry))
    if is_open and incident.owned_until and incident.is_owned(now):
        owner = fill(
            _("{name} took it; free again {time}"),
            name=clip(incident.owner or ""),
            time=moment(incident.owned_until),
        )
        told.append(fill("🙋 {told}", told=owner))
    if is_open and shown.mute:
        told.append(_describe_mute(shown))
    if not is_open and shown.today > 1:
        told.append(fill(_("Alerts about this today: {count}"), count=shown.today))
    return told


def _describe_channel(shown: IncidentSummary) -> list[Text]:
    incident, subject = shown.incident, shown.incident.subject
    assert isinstance(subject, ChannelSubject)
    name = _name_subject(shown)
    place = fill(
        "{line} · {type}",
        line=clip(subject.line) or "—",
        type=clip(name_channel_type(ChannelType(subject.type) if subject.type else None)),
    )
    if incident.ending is Change.REMOVED:
        title = fill(_("{name} was removed from Lines"), name=name)
    elif incident.closed_at:
        title = fill(_("{name} is well again"), name=name)
    elif incident.well_since:
        title = fill(_("{name} looks well; the alert closes if it stays so"), name=name)
    elif subject.state == ChannelState.DISCONNECTED:
        title = fill(_("{name} is disconnected"), name=name)
    else:
        title = fill(_("{name} is in Error"), name=name)
    return [fill("{mark} {title}", mark=_mark(incident), title=title), place, _describe_time(incident)]


def _describe_queue(shown: IncidentSummary) -> list[Text]:
    incident, subject = shown.incident, shown.incident.subject
    assert isinstance(subject, QueueSubject)
    line = _name_subject(shown)
    numbers = Text(count_waiting(subject.waiting))
    if subject.oldest:
        numbers = fill(_("{waiting}, the first came {time}"), waiting=numbers, time=moment(subject.oldest))
    if incident.closed_at:
        title = fill(_("The queue of {line} is within its limit again"), line=line)
    elif incident.well_since:
        title = fill(_("The queue of {line} is within its limit; the alert closes if it stays so"), line=line)
    else:
        title = fill(_("The queue of {line} is over its limit"), line=line)
    return [fill("{mark} {title}", mark=_mark(incident), title=title), numbers, _describe_time(incident)]


def _describe_growth(shown: IncidentSummary) -> list[Text]:
    incident, subject = shown.incident, shown.incident.subject
    assert isinstance(subject, QueueSubject)
    line = _name_subject(shown)
    if incident.closed_at or incident.well_since:
        title = fill(_("The queue of {line} has stopped growing"), line=line)
        return [fill("🟢 {title}", title=title), _describe_time(incident)]
    told = [
        fill("🟠 {title}", title=fill(_("The queue of {line} is growing"), line=line)),
        fill(
            _("{waiting}, the limit is {limit}"), waiting=count_waiting(subject.waiting), limit=subject.limit
        ),
    ]
    if subject.full_at:
        told.append(fill(_("At this pace it reaches the limit {time}"), time=moment(subject.full_at)))
    return told


def _describe_source(shown: IncidentSummary) -> list[Text]:
    incident, subject = shown.incident, shown.incident.subject
    assert isinstance(subject, SourceSubject)
    if incident.closed_at:
        return [fill("🟢 {told}", told=Bold(_("Lines can be read again"))), _describe_time(incident)]
    return [
        fill("🔴 {told}", told=Bold(_("Lines cannot be read"))),
        Text(_describe_blindness(subject)),
        Text(_("Until Lines can be read, no other alert opens or closes.")),
        _describe_time(incident),
    ]


def _describe_blindness(subject: SourceSubject) -> str:
    status = f" (HTTP {subject.status})" if subject.status else ""
    known = {
        "Unreachable": _("It cannot be reached."),
        "TimedOut": _("It does not answer in time."),
        "BadAnswer": _("What it answers is unreadable{status}; it may be restarting.").format(status=status),
        "QuotaExceeded": _("The quota of requests to Lines is used up."),
        "AccessDenied": _("Lines refuses the bot's token. An administrator must check LINES_TOKEN."),
        "WrongAddress": _("There is no bridge at the Lines address. An administrator must check LINES_URL."),
    }
    return known.get(
        subject.trouble, _("The bridge did not understand the bot. An administrator runs: lines-bot check")
    )


_TELL = {
    "channel": _describe_channel,
    "queue": _describe_queue,
    "growth": _describe_growth,
    "source": _describe_source,
}


def _mark(incident: Incident) -> str:
    if incident.subject.family == "growth" and not incident.closed_at and not incident.well_since:
        return "🟠"
    if incident.ending is Change.REMOVED:
        return "⚪"
    if incident.closed_at:
        return "🟢"
    return "🟡" if incident.well_since else "🔴"


def _name_subject(shown: IncidentSummary) -> Text:
    subject = shown.incident.subject
    assert not isinstance(subject, SourceSubject)
    name = subject.name if isinstance(subject, ChannelSubject) else subject.line
    return fill("{name} {ref}", name=Bold(clip(name)), ref=reference(shown.ref))


def _describe_time(incident: Incident) -> Text:
    over = incident.well_since or incident.closed_at
    if over is None:
        return fill(_("Began {time}"), time=moment(incident.since))
    lasted = name_duration(over - incident.since)
    return fill(_("Lasted {length}, ended {time}"), length=lasted, time=moment(over))


def _describe_mute(shown: IncidentSummary) -> Text:
    assert shown.mute is not None
    name = clip(shown.mute.person_name)
    if shown.mute.until is None:
        return fill("🔕 {told}", told=_("Muted by {name} until it is well").format(name=name))
    told = fill(_("Muted by {name}, ends {time}"), name=name, time=moment(shown.mute.until))
    return fill("🔕 {told}", told=told)


def describe_entry(entry: Entry) -> Text:
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
