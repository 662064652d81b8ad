"""Everything a card is made of, gathered for the page that it shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lines_bot.alerts.incidents import Incident, Incidents
from lines_bot.alerts.monitor import find_policy
from lines_bot.alerts.mutes import Mute
from lines_bot.alerts.observations import ChannelSubject, SourceSubject
from lines_bot.alerts.rules import RuleBook
from lines_bot.clock import Clock
from lines_bot.operations.ledger import Entry, Ledger
from lines_bot.pagination import Page, paginate
from lines_bot.references import Kind, References
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_store import Card

CARD_PAGE = 10
_FILTERS = 4
_KINDS = {"channel": Kind.CHANNEL, "queue": Kind.LINE, "growth": Kind.LINE}


@dataclass(frozen=True)
class IncidentSummary:
    """An incident as a card shows it: `ref` names its channel or line, `today` counts it within the day."""

    incident: Incident
    ref: str
    mute: Mute | None = None
    entry: Entry | None = None
    today: int = 1


@dataclass(frozen=True)
class LineFilter:
    """A line that a long card can list alone, with how many of its channels are still in trouble."""

    ref: str
    name: str
    bad: int
    is_chosen: bool


@dataclass(frozen=True)
class CardContent:
    """A card at one moment: all its incidents, and the page of them that is listed."""

    card: int
    family: str
    page: Page[IncidentSummary]
    incidents: list[Incident]
    resent: bool
    happened_at: datetime
    delivered_at: datetime
    muted: bool
    now: datetime
    filters: Sequence[LineFilter] = ()


class CardContentReader:
    """Reads what the views need and nothing else."""

    def __init__(
        self, incidents: Incidents, ledger: Ledger, references: References, rules: RuleBook, clock: Clock
    ) -> None:
        self._incidents = incidents
        self._ledger = ledger
        self._references = references
        self._rules = rules
        self._clock = clock

    async def read(self, card: Card, mutes: Mapping[str, Mute], now: datetime) -> CardContent:
        """What a card shows now: open incidents first, then those that are over."""
        ordered = sorted(card.incidents, key=lambda each: (each.closed_at is not None, each.id))
        chosen = [each for each in ordered if _find_line(each) == card.row.line] if card.row.line else []
        part = paginate(chosen or ordered, card.row.page, CARD_PAGE)
        shown = [await self.summarize(each, mutes, now) for each in part.items]
        return CardContent(
            card=card.row.id,
            family=card.row.family,
            page=part.carry(shown),
            incidents=ordered,
            resent=card.row.resent,
            happened_at=min(each.opened_at for each in card.incidents),
            delivered_at=card.row.delivered_at or now,
            muted=bool(card.open) and all(each.key in mutes for each in card.open),
            now=now,
            filters=await self._list_filters(card) if len(ordered) > CARD_PAGE else (),
        )

    async def _list_filters(self, card: Card) -> Sequence[LineFilter]:
        """The lines in most trouble, and the chosen one."""
        subjects = [each.subject for each in card.incidents]
        lines = {each.line_id: each.line for each in subjects if isinstance(each, ChannelSubject)}
        if len(lines) < 2:
            return ()
        bad = Counter(_find_line(each) for each in card.open if each.well_since is None)
        most = sorted(lines, key=lambda line: (line != card.row.line, -bad[line], lines[line]))[:_FILTERS]
        refs = await self._references.ids_to_refs(Kind.LINE, most)
        return [LineFilter(refs[line], lines[line], bad[line], line == card.row.line) for line in most]

    async def summarize(
        self, incident: Incident, mutes: Mapping[str, Mute], now: datetime
    ) -> IncidentSummary:
        """One incident with its reference, its mute, what was last done about it and its count today."""
        subject = incident.subject
        mute = mutes.get(incident.key)
        if isinstance(subject, SourceSubject):
            return IncidentSummary(incident, "", mute)
        refs = await self._references.ids_to_refs(_KINDS[subject.family], [subject.id])
        entry = await self._ledger.find_last(subject.id, since=incident.opened_at)
        today = await self._incidents.count_since(incident.key, self._clock.midnight())
        return IncidentSummary(incident, refs[subject.id], mute, entry, today)

    async def find_next_target(self, incident: Incident) -> AlertTarget | None:
        """Where an incident that nobody took in time is told too."""
        if incident.escalated_at is None:
            return None
        target = find_policy(incident.subject, await self._rules.load()).escalate_to
        return AlertTarget(*target) if target else None


def _find_line(incident: Incident) -> str | None:
    return incident.subject.line_id if isinstance(incident.subject, ChannelSubject) else None
