"""Everything a card is made of, gathered for the page that it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.incidents import Incident, Incidents
from bot.alerts.monitor import find_policy
from bot.alerts.mutes import Mute
from bot.alerts.observations import SourceSubject
from bot.alerts.rules import RuleBook
from bot.ledger import Entry, Ledger
from bot.pages import Page, paginate
from bot.references import Kind, References
from bot.settings import Target
from bot.telegram.decks import Card

CARD_PAGE = 10
_KINDS = {"channel": Kind.CHANNEL, "queue": Kind.LINE, "growth": Kind.LINE}


@dataclass(frozen=True)
class ShownIncident:
    """An incident as a card shows it: `ref` names its channel or line, `today` counts it within the day."""

    incident: Incident
    ref: str
    mute: Mute | None = None
    entry: Entry | None = None
    today: int = 1


@dataclass(frozen=True)
class CardFacts:
    """A card at one moment. `late`: it was delivered this long after the first of it happened."""

    card: int
    family: str
    page: Page[ShownIncident]
    incidents: list[Incident]
    resent: bool
    happened_at: datetime
    delivered_at: datetime
    muted: bool
    now: datetime


class Facts:
    """Reads what the views need and nothing else."""

    def __init__(
        self, incidents: Incidents, ledger: Ledger, references: References, rules: RuleBook, zone: ZoneInfo
    ) -> None:
        self._incidents = incidents
        self._ledger = ledger
        self._references = references
        self._rules = rules
        self._zone = zone

    async def gather(self, card: Card, mutes: Mapping[str, Mute], now: datetime) -> CardFacts:
        """What a card shows now: open incidents first, then those that are over."""
        ordered = sorted(card.incidents, key=lambda each: (each.closed_at is not None, each.id))
        part = paginate(ordered, card.row.page, CARD_PAGE)
        shown = [await self.show(each, mutes, now) for each in part.items]
        return CardFacts(
            card=card.row.id,
            family=card.row.family,
            page=part.carry(shown),
            incidents=ordered,
            resent=card.row.resent,
            happened_at=min(each.opened_at for each in card.incidents),
            delivered_at=card.row.delivered_at or now,
            muted=bool(card.open) and all(each.key in mutes for each in card.open),
            now=now,
        )

    async def show(self, incident: Incident, mutes: Mapping[str, Mute], now: datetime) -> ShownIncident:
        """One incident with its reference, its mute, what was last done about it and its count today."""
        subject = incident.subject
        mute = mutes.get(incident.key)
        if isinstance(subject, SourceSubject):
            return ShownIncident(incident, "", mute)
        refs = await self._references.shorten(_KINDS[subject.family], [subject.id])
        entry = await self._ledger.find_last(subject.id, since=incident.opened_at)
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        today = await self._incidents.count_since(incident.key, midnight)
        return ShownIncident(incident, refs[subject.id], mute, entry, today)

    async def find_next_target(self, incident: Incident) -> Target | None:
        """Where an incident that nobody took in time is told too."""
        if incident.escalated_at is None:
            return None
        target = find_policy(incident.subject, await self._rules.load()).escalate_to
        return Target(*target) if target else None
