"""Everything a card is made of, gathered for the page that it shows."""

from collections import Counter
from collections.abc import Sequence

from lines_bot.alerts.incidents import Incident, Incidents
from lines_bot.alerts.mutes import find_mute
from lines_bot.clock import Clock
from lines_bot.operations.ledger import Ledger
from lines_bot.pagination import paginate
from lines_bot.references import Kind, References
from lines_bot.telegram.alerts.card_store import Card
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.views.models import CardButton, CardContent, IncidentSummary, LineFilter

CARD_PAGE = 10
_FILTERS = 4


class CardContentReader:
    """Reads what the views need and nothing else; `extras` stand on every card."""

    def __init__(self, incidents: Incidents, ledger: Ledger, references: References, clock: Clock) -> None:
        self._incidents = incidents
        self._ledger = ledger
        self._references = references
        self._clock = clock
        self.extras: list[CardButton] = []

    async def read(self, card: Card, suppression: Suppression) -> CardContent:
        """What a card shows now: open incidents first, then those that are over."""
        ordered = sorted(card.incidents, key=lambda each: (each.closed_at is not None, each.id))
        chosen = [each for each in ordered if _find_line(each) == card.row.line] if card.row.line else []
        part = paginate(chosen or ordered, card.row.page, CARD_PAGE)
        shown = await self.summarize(part.items, suppression)
        return CardContent(
            card=card.row.id,
            family=card.row.family,
            is_missed=card.is_missed,
            page=part.carry(shown),
            incidents=ordered,
            resent=card.row.resent,
            happened_at=min(each.opened_at for each in card.incidents),
            delivered_at=card.row.delivered_at or suppression.now,
            muted=bool(card.open) and all(find_mute(each.key, suppression.mutes) for each in card.open),
            now=suppression.now,
            filters=await self._list_filters(card) if len(ordered) > CARD_PAGE else (),
            extras=self.extras,
        )

    async def _list_filters(self, card: Card) -> Sequence[LineFilter]:
        """The lines in most trouble, and the chosen one."""
        parents = [parent for each in card.incidents if (parent := each.subject.parent) is not None]
        lines = {parent.id: parent.name for parent in parents}
        if len(lines) < 2:
            return ()
        bad = Counter(_find_line(each) for each in card.open if each.well_since is None)
        most = sorted(lines, key=lambda line: (line != card.row.line, -bad[line], lines[line]))[:_FILTERS]
        refs = await self._references.ids_to_refs(Kind.LINE, most)
        return [LineFilter(refs[line], lines[line], bad[line], line == card.row.line) for line in most]

    async def summarize(
        self, incidents: Sequence[Incident], suppression: Suppression
    ) -> Sequence[IncidentSummary]:
        """Each incident with its reference, its mute, what was last done about it and its count today."""
        named = [each for each in incidents if each.subject.kind is not None]
        ids, keys = {each.subject.id for each in named}, {each.key for each in named}
        refs: dict[str, str] = {}
        for kind in Kind:
            if of_kind := [each.subject.id for each in named if each.subject.kind is kind]:
                refs |= await self._references.ids_to_refs(kind, of_kind)
        entries = await self._ledger.list_last(ids) if named else {}
        counts = await self._incidents.count_since(keys, self._clock.midnight()) if named else {}
        summaries = []
        for each in incidents:
            entry = entries.get(each.subject.id)
            summaries.append(
                IncidentSummary(
                    each,
                    refs.get(each.subject.id, ""),
                    find_mute(each.key, suppression.mutes),
                    entry if entry and entry.intended_at >= each.opened_at else None,
                    counts.get(each.key, 1),
                )
            )
        return summaries


def _find_line(incident: Incident) -> str | None:
    parent = incident.subject.parent
    return parent.id if parent else None
