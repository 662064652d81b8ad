"""Incidents and cards with Russian names, for tests of what people are shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lines_bot.alerts.engine import Change
from lines_bot.alerts.families import ChannelSubject, GrowthSubject, QueueSubject, SourceSubject
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.mutes import Mute
from lines_bot.alerts.subjects import Subject
from lines_bot.operations.ledger import Entry, Outcome, Verb
from lines_bot.pagination import paginate
from lines_bot.telegram.views.models import CardContent, IncidentSummary
from lines_bot.telegram.views.view import View

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=10)
CHAT = ChannelSubject(id="1", name="Чат", type="livechat", line="Магазин", state="error", can_reconnect=True)
OTHER = CHAT.model_copy(update={"id": "2", "name": "Почта", "line": "Опт"})
QUEUE = QueueSubject(
    id="3", line="Магазин", waiting=21, oldest=BEGAN, limit=10, longest_wait=timedelta(minutes=5)
)
GROWTH = GrowthSubject(
    id="3", line="Магазин", waiting=7, oldest=BEGAN, limit=10, full_at=NOW + timedelta(minutes=9)
)
BLIND = SourceSubject(trouble="TimedOut")
MUTE = Mute("channel:1", NOW + timedelta(hours=1), "Анна")
TO_THE_END = replace(MUTE, until=None)
ENTRY = Entry(1, Verb.RECONNECT, "1", None, "Олег", NOW, Outcome.DONE, NOW, None)
TAKEN: dict[str, Any] = {"owner": "Олег", "owned_until": NOW + timedelta(hours=1)}
WELL: dict[str, Any] = {"well_since": NOW}
OVER: dict[str, Any] = {**WELL, "closed_at": NOW, "ending": Change.CLOSED}


def make_incident(subject: Subject, **changes: Any) -> Incident:
    return replace(Incident(1, "channel:1", subject, BEGAN, BEGAN), **changes)


def make_shown(subject: Subject = CHAT, **changes: Any) -> IncidentSummary:
    """An incident of a subject; `mute`, `entry` and `today` go around it, the rest into it."""
    around = {name: changes.pop(name) for name in ("mute", "entry", "today") if name in changes}
    return IncidentSummary(make_incident(subject, **changes), "4f2a91", **around)


def make_card(*shown: IncidentSummary, **changes: Any) -> CardContent:
    incidents = [each.incident for each in shown]
    family = incidents[0].subject.family
    facts = CardContent(1, family, False, paginate(shown, 0, 10), incidents, False, NOW, NOW, False, NOW)
    return replace(facts, **changes)


def read(view: View) -> str:
    return view.text.render()[0]


def list_buttons(view: View) -> list[str]:
    return [button.text for row in view.make_keyboard().inline_keyboard for button in row]
