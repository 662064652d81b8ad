"""Alert cards: a function of the stored incident, so an edit shows what is true and never what was."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from bot.alerts.engine import Change
from bot.alerts.incidents import Incident, Mute
from bot.alerts.observations import ChannelSubject, QueueSubject, SourceSubject
from bot.ledger import Entry, Outcome
from bot.lines import ChannelType
from bot.telegram.callbacks import MuteIncident, PickSession, ReconnectFromCard, ShowDetails, ShowQueue
from bot.telegram.views.view import View, button, clip, fill, moment, reference, stack
from bot.telegram.views.words import count_waiting, name_channel_type, name_duration, name_verb


@dataclass(frozen=True)
class CardFacts:
    """Everything an alert card is made of. `ref` names the channel or the line."""

    incident: Incident
    ref: str
    mute: Mute | None = None
    entry: Entry | None = None
    resent: bool = False


def show_card(facts: CardFacts) -> View:
    """The card of an incident as it stands now."""
    incident = facts.incident
    return View(
        stack(
            *_TELL[incident.subject.family](facts),
            _tell_entry(facts.entry) if facts.entry and incident.closed_at is None else None,
            fill(
                "🔕 {told}",
                told=fill(
                    _("Muted by {name}, ends {time}"),
                    name=clip(facts.mute.person_name),
                    time=moment(facts.mute.until),
                ),
            )
            if facts.mute and incident.closed_at is None
            else None,
            _("(resent)") if facts.resent else None,
        ),
        _lay_out(facts),
    )


def _tell_channel(facts: CardFacts) -> list[Text]:
    incident, subject = facts.incident, facts.incident.subject
    assert isinstance(subject, ChannelSubject)
    name = fill("{name} {ref}", name=Bold(clip(subject.name)), ref=reference(facts.ref))
    place = fill(
        "{line} · {type}",
        line=clip(subject.line) or "—",
        type=clip(name_channel_type(ChannelType(subject.type) if subject.type else None)),
    )
    if incident.ending is Change.REMOVED:
        title = fill("⚪ {told}", told=fill(_("{name} was removed from Lines"), name=name))
    elif incident.closed_at:
        title = fill("🟢 {told}", told=fill(_("{name} is well again"), name=name))
    elif incident.well_since:
        told = fill(_("{name} reads well again; watching whether it lasts"), name=name)
        title = fill("🟡 {told}", told=told)
    else:
        title = fill("🔴 {told}", told=fill(_("{name} is in Error"), name=name))
    return [title, place, _tell_time(incident)]


def _tell_queue(facts: CardFacts) -> list[Text]:
    incident, subject = facts.incident, facts.incident.subject
    assert isinstance(subject, QueueSubject)
    line = fill("{line} {ref}", line=Bold(clip(subject.line)), ref=reference(facts.ref))
    numbers = (
        fill(
            _("{waiting}, the oldest since {time}"),
            waiting=count_waiting(subject.waiting),
            time=moment(subject.oldest),
        )
        if subject.oldest
        else Text(count_waiting(subject.waiting))
    )
    if incident.closed_at:
        title = fill("🟢 {told}", told=fill(_("The queue of {line} has drained"), line=line))
    elif incident.well_since:
        told = fill(_("The queue of {line} drains; watching whether it lasts"), line=line)
        title = fill("🟡 {told}", told=told)
    else:
        title = fill("🔴 {told}", told=fill(_("The queue of {line} is too long"), line=line))
    return [title, numbers, _tell_time(incident)]


def _tell_source(facts: CardFacts) -> list[Text]:
    incident, subject = facts.incident, facts.incident.subject
    assert isinstance(subject, SourceSubject)
    if incident.closed_at:
        return [fill("🟢 {told}", told=Bold(_("Lines can be read again"))), _tell_time(incident)]
    return [
        fill("🔴 {told}", told=Bold(_("Lines cannot be read"))),
        Text(clip(subject.trouble, 300)),
        Text(_("Until it can, no other alert opens or closes.")),
        _tell_time(incident),
    ]


_TELL = {"channel": _tell_channel, "queue": _tell_queue, "source": _tell_source}


def _tell_time(incident: Incident) -> Text:
    over = incident.well_since or incident.closed_at
    if over is None:
        return fill(_("Since {time}"), time=moment(incident.since))
    lasted = name_duration(over - incident.since)
    return fill(_("Lasted {length}, until {time}"), length=lasted, time=moment(over))


def _tell_entry(entry: Entry) -> Text:
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
    detail = clip(entry.detail, 200) if entry.detail and entry.outcome is not Outcome.DONE else None
    return stack(fill(f"{mark} {{told}}", told=told), detail)


def _lay_out(facts: CardFacts) -> list[list[InlineKeyboardButton]]:
    incident, subject = facts.incident, facts.incident.subject
    details = button(_("Details"), ShowDetails(incident=incident.id))
    if incident.closed_at:
        return [[details]] if not isinstance(subject, SourceSubject) else []
    mute = (
        button("🔔 " + _("Unmute"), MuteIncident(incident=incident.id, mute=False))
        if facts.mute
        else button("🔕 " + _("Mute 1 h"), MuteIncident(incident=incident.id))
    )
    if isinstance(subject, ChannelSubject):
        working = facts.entry is not None and facts.entry.outcome is None
        can = subject.can_reconnect and incident.well_since is None and not working
        reconnect = (
            [button(_("Reconnect"), ReconnectFromCard(incident=incident.id), "primary")] if can else []
        )
        return [reconnect, [mute, details]]
    if isinstance(subject, QueueSubject):
        return [
            [
                button(_("Assign"), PickSession(purpose="assign", line=facts.ref, beside=True), "primary"),
                button(_("Queue"), ShowQueue(line=facts.ref, beside=True)),
            ],
            [mute],
        ]
    return [[mute]]


def show_details(facts: CardFacts, now: datetime) -> View:
    """What is behind a card, told once more with exact times."""
    incident = facts.incident
    end = incident.closed_at or now
    return View(
        stack(
            *_TELL[incident.subject.family](facts),
            "",
            fill(_("Alert {number}, sent {time}"), number=incident.id, time=moment(incident.opened_at)),
            fill(_("Open for {length}"), length=name_duration(end - incident.opened_at)),
            _tell_entry(facts.entry) if facts.entry else None,
        )
    )
