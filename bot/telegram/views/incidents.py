"""Alert cards: a function of stored incidents, so an edit shows what is true and never what was."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.alerts.engine import Change
from bot.alerts.incidents import Incident
from bot.alerts.observations import ChannelSubject, QueueSubject, SourceSubject
from bot.ledger import Entry, Outcome
from bot.lines import ChannelState, ChannelType
from bot.telegram.callbacks import (
    AskWhy,
    MuteCard,
    PickSession,
    ReconnectCard,
    ShowDetails,
    ShowQueue,
    TakeCard,
    TurnCard,
)
from bot.telegram.facts import CardFacts, ShownIncident
from bot.telegram.views.errors import explain
from bot.telegram.views.view import View, button, clip, fill, moment, reference, stack, turn_pages
from bot.telegram.views.words import (
    count_channels,
    count_waiting,
    name_channel_type,
    name_duration,
    name_verb,
)

_LATE = timedelta(seconds=60)


def show_card(facts: CardFacts) -> View:
    """The card as it stands now: one incident in full, several as a list, what was missed as a digest."""
    if facts.family == "missed":
        return _show_missed(facts)
    one = len(facts.incidents) == 1
    body = _tell_one(facts.page.items[0], facts.now) if one else _tell_many(facts)
    return View(stack(*body, *_tell_delivery(facts)), _lay_out(facts))


def show_reminder(free: Sequence[Incident], now: datetime) -> View:
    """Nobody took it, and it is still so."""
    lasted = name_duration(now - min(each.since for each in free))
    return View(fill("⏰ {told}", told=fill(_("Still so for {length}, and nobody took it."), length=lasted)))


def show_worsening(incidents: Sequence[Incident]) -> View:
    """It got worse since the last sound."""
    return View(
        fill(
            "🔺 {told}",
            told=fill(_("It got worse: {count} alerts are open on this card now."), count=len(incidents)),
        )
    )


def show_details(shown: ShownIncident, now: datetime) -> View:
    """What is behind a card, told once more with exact times."""
    incident = shown.incident
    end = incident.closed_at or now
    return View(
        stack(
            *_tell_one(shown, now),
            "",
            fill(_("Alert {number}, noticed {time}"), number=incident.id, time=moment(incident.opened_at)),
            fill(_("Open for {length}"), length=name_duration(end - incident.opened_at)),
            fill(_("Alerts about this today: {count}"), count=shown.today),
        )
    )


def describe_incident(shown: ShownIncident, now: datetime) -> Text:
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


def _tell_one(shown: ShownIncident, now: datetime) -> list[Text]:
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
        told.append(_tell_entry(shown.entry))
    if is_open and incident.owned_until and incident.is_owned(now):
        owner = fill(
            _("{name} took it; free again {time}"),
            name=clip(incident.owner or ""),
            time=moment(incident.owned_until),
        )
        told.append(fill("🙋 {told}", told=owner))
    if is_open and shown.mute:
        told.append(_tell_mute(shown))
    if not is_open and shown.today > 1:
        told.append(fill(_("Alerts about this today: {count}"), count=shown.today))
    return told


def _tell_many(facts: CardFacts) -> list[Text | str]:
    """A group: how many of it are open, by line when it is a storm, then a page of its members."""
    open_now = [each for each in facts.incidents if each.closed_at is None]
    bad = [each for each in open_now if each.well_since is None]
    mark = "🔴" if bad else "🟡" if open_now else "🟢"
    if facts.family == "channel":
        title = _("{bad} of {channels} still in trouble").format(
            bad=len(bad), channels=count_channels(len(facts.incidents))
        )
        title = (
            title
            if open_now
            else _("{channels} well again").format(channels=count_channels(len(facts.incidents)))
        )
    else:
        title = _("Queues in trouble: {bad} of {all}").format(bad=len(bad), all=len(facts.incidents))
    by_line = Counter(each.subject.line for each in bad if isinstance(each.subject, ChannelSubject))
    told: list[Text | str] = [fill("{mark} {title}", mark=mark, title=Bold(title))]
    if len(by_line) > 1:
        told.append(" · ".join(f"{clip(line, 30) or '—'}: {count}" for line, count in by_line.most_common(8)))
    told += ["", *(describe_incident(shown, facts.now) for shown in facts.page.items)]
    if entries := [shown.entry for shown in facts.page.items if shown.entry]:
        told.append(_tell_entry(max(entries, key=lambda entry: entry.id)))
    owners = {clip(each.owner or "", 30) for each in open_now if each.is_owned(facts.now)}
    if owners:
        told.append(fill("🙋 {told}", told=_("Taken by {names}").format(names=", ".join(sorted(owners)))))
    return told


def _tell_delivery(facts: CardFacts) -> list[Text | str]:
    told: list[Text | str] = []
    if facts.delivered_at - facts.happened_at > _LATE:
        told.append(
            fill(
                "🕒 {told}",
                told=fill(
                    _("Delivered late: happened {happened}, delivered {delivered}"),
                    happened=moment(facts.happened_at),
                    delivered=moment(facts.delivered_at),
                ),
            )
        )
    if facts.resent:
        told.append(_("(resent)"))
    return told


def _show_missed(facts: CardFacts) -> View:
    title = _("While this chat could not be reached, alerts came and went: {count}").format(
        count=facts.page.total
    )
    return View(
        stack(
            fill("🗒 {title}", title=Bold(title)),
            *(describe_incident(shown, facts.now) for shown in facts.page.items),
            *_tell_delivery(facts),
        )
    )


def _tell_channel(shown: ShownIncident) -> list[Text]:
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
    return [fill("{mark} {title}", mark=_mark(incident), title=title), place, _tell_time(incident)]


def _tell_queue(shown: ShownIncident) -> list[Text]:
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
    return [fill("{mark} {title}", mark=_mark(incident), title=title), numbers, _tell_time(incident)]


def _tell_growth(shown: ShownIncident) -> list[Text]:
    incident, subject = shown.incident, shown.incident.subject
    assert isinstance(subject, QueueSubject)
    line = _name_subject(shown)
    if incident.closed_at or incident.well_since:
        title = fill(_("The queue of {line} has stopped growing"), line=line)
        return [fill("🟢 {title}", title=title), _tell_time(incident)]
    told = [
        fill("🟠 {title}", title=fill(_("The queue of {line} is growing"), line=line)),
        fill(
            _("{waiting}, the limit is {limit}"), waiting=count_waiting(subject.waiting), limit=subject.limit
        ),
    ]
    if subject.full_at:
        told.append(fill(_("At this pace it reaches the limit {time}"), time=moment(subject.full_at)))
    return told


def _tell_source(shown: ShownIncident) -> list[Text]:
    incident, subject = shown.incident, shown.incident.subject
    assert isinstance(subject, SourceSubject)
    if incident.closed_at:
        return [fill("🟢 {told}", told=Bold(_("Lines can be read again"))), _tell_time(incident)]
    return [
        fill("🔴 {told}", told=Bold(_("Lines cannot be read"))),
        explain(subject.rebuild()),
        Text(_("Until Lines can be read, no other alert opens or closes.")),
        _tell_time(incident),
    ]


_TELL = {"channel": _tell_channel, "queue": _tell_queue, "growth": _tell_growth, "source": _tell_source}


def _mark(incident: Incident) -> str:
    if incident.subject.family == "growth" and not incident.closed_at and not incident.well_since:
        return "🟠"
    if incident.ending is Change.REMOVED:
        return "⚪"
    if incident.closed_at:
        return "🟢"
    return "🟡" if incident.well_since else "🔴"


def _name_subject(shown: ShownIncident) -> Text:
    subject = shown.incident.subject
    assert not isinstance(subject, SourceSubject)
    name = subject.name if isinstance(subject, ChannelSubject) else subject.line
    return fill("{name} {ref}", name=Bold(clip(name)), ref=reference(shown.ref))


def _tell_time(incident: Incident) -> Text:
    over = incident.well_since or incident.closed_at
    if over is None:
        return fill(_("Began {time}"), time=moment(incident.since))
    lasted = name_duration(over - incident.since)
    return fill(_("Lasted {length}, ended {time}"), length=lasted, time=moment(over))


def _tell_mute(shown: ShownIncident) -> Text:
    assert shown.mute is not None
    name = clip(shown.mute.person_name)
    if shown.mute.until is None:
        return fill("🔕 {told}", told=_("Muted by {name} until it is well").format(name=name))
    told = fill(_("Muted by {name}, ends {time}"), name=name, time=moment(shown.mute.until))
    return fill("🔕 {told}", told=told)


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
    return fill("{mark} {told}", mark=mark, told=told)


def _lay_out(facts: CardFacts) -> list[list[InlineKeyboardButton]]:
    open_now = [each for each in facts.incidents if each.closed_at is None]
    details = button(_("Details"), ShowDetails(card=facts.card))
    pages = turn_pages(facts.page, lambda page: TurnCard(card=facts.card, page=page))
    if not open_now:
        return [pages, [details]]
    owned = all(each.is_owned(facts.now) for each in open_now)
    take = [] if owned else [button("🙋 " + _("Take"), TakeCard(card=facts.card))]
    first = [*_offer_cure(facts, open_now), *take]
    if facts.muted:
        mutes = [[button("🔔 " + _("Unmute"), MuteCard(card=facts.card, length="end"))]]
    else:
        lengths = {
            "30m": _("Mute 30 min"),
            "1h": _("Mute 1 h"),
            "9": _("Mute until 9:00"),
            "well": _("Mute until well"),
        }
        each = [
            button("🔕 " + title, MuteCard(card=facts.card, length=length))
            for length, title in lengths.items()
        ]
        mutes = [each[:2], each[2:]]
    return [pages, first, *mutes, [details, button(_("Why"), AskWhy(card=facts.card))]]


def _offer_cure(facts: CardFacts, open_now: Sequence[Incident]) -> list[InlineKeyboardButton]:
    """What would end the trouble: reconnecting channels, assigning who waits."""
    if facts.family in ("queue", "growth") and len(facts.page.items) == 1:
        ref = facts.page.items[0].ref
        return [
            button(_("Assign"), PickSession(purpose="assign", line=ref, beside=True), "primary"),
            button(_("Queue"), ShowQueue(line=ref, beside=True)),
        ]
    cures = [
        each
        for each in open_now
        if isinstance(each.subject, ChannelSubject) and each.subject.can_reconnect and each.well_since is None
    ]
    working = any(shown.entry and shown.entry.outcome is None for shown in facts.page.items)
    if not cures or working:
        return []
    title = (
        _("Reconnect") if len(facts.incidents) == 1 else _("Reconnect all ({count})").format(count=len(cures))
    )
    return [button(title, ReconnectCard(card=facts.card), "primary")]
