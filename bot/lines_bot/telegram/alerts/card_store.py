"""The stored cards: which there are, what they hold, and how far each has got."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import itemgetter

from sqlalchemy import delete, func, insert, select, update

from lines_bot.alerts.families import FAMILIES
from lines_bot.alerts.grouping import NEWS_WINDOW, Group, is_storm
from lines_bot.alerts.incidents import Incident, read_incident
from lines_bot.settings import AlertTarget
from lines_bot.store.database import Database, cut
from lines_bot.store.tables import CardIncidentRow, CardRow, IncidentRow, SentAlertRow
from lines_bot.telegram.user_errors import UnknownCard

MISSED = "missed"


class CardState(StrEnum):
    """`SENDING`: under way, or its answer was lost. `FINAL`: the end is shown, nothing more will change."""

    WAITING = "waiting"
    SENDING = "sending"
    LIVE = "live"
    FAILED = "failed"
    FINAL = "final"


@dataclass
class Card:
    """One group's message in one chat, with the incidents it shows."""

    row: CardRow
    incidents: list[Incident] = field(default_factory=list)

    @property
    def open(self) -> list[Incident]:
        return [each for each in self.incidents if each.closed_at is None]

    @property
    def is_missed(self) -> bool:
        """Whether it is the digest of what came and went unheard, which is of no family."""
        return self.row.family == MISSED

    @property
    def is_silent(self) -> bool:
        """Whether nothing about it makes a sound."""
        return self.is_missed or FAMILIES[self.row.family].is_silent

    @property
    def group(self) -> Group:
        storms = is_storm([each.subject for each in self.incidents])
        return Group(self.row.id, self.row.family, self.row.opened_at, storms, len(self.open))


class CardStore:
    """Reads and keeps cards. Every step is committed before the next is taken."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_unsettled(self) -> Sequence[Incident]:
        """Incidents that some chat does not show to their end yet, oldest first."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(IncidentRow).where(IncidentRow.settled.is_(False)).order_by(IncidentRow.id)
            )
            return [read_incident(row) for row in rows]

    async def list_cards(self, target: AlertTarget, unsettled: Mapping[int, Incident]) -> list[Card]:
        """The cards of a target that hold an unsettled incident or are not final, oldest first."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(CardRow)
                .where(CardRow.chat == target.chat, CardRow.topic == (target.topic or 0))
                .where(
                    (CardRow.state != CardState.FINAL)
                    | CardRow.id.in_(
                        select(CardIncidentRow.card)
                        .join(IncidentRow, IncidentRow.id == CardIncidentRow.incident)
                        .where(IncidentRow.settled.is_(False))
                    )
                )
                .order_by(CardRow.id)
            )
            cards = {row.id: Card(row) for row in rows}
            members: list[tuple[int, int]] = []
            for chunk in cut(cards):
                held = select(CardIncidentRow.card, CardIncidentRow.incident).where(
                    CardIncidentRow.card.in_(chunk)
                )
                members += [(card, incident) for card, incident in await session.execute(held)]
            incidents = dict(unsettled)
            for chunk in cut(each for _, each in members if each not in unsettled):
                settled = await session.scalars(select(IncidentRow).where(IncidentRow.id.in_(chunk)))
                incidents.update((row.id, read_incident(row)) for row in settled)
            for card, incident in sorted(members, key=itemgetter(1)):
                cards[card].incidents.append(incidents[incident])
            return list(cards.values())

    async def list_places(self) -> list[AlertTarget]:
        """Every chat and topic with a card that is not final."""
        async with self._database.begin() as session:
            rows = await session.execute(
                select(CardRow.chat, CardRow.topic).where(CardRow.state != CardState.FINAL).distinct()
            )
            return [AlertTarget(chat, topic or None) for chat, topic in rows]

    async def get(self, card_id: int) -> Card:
        """One card with its incidents. Raises UnknownCard."""
        async with self._database.begin() as session:
            row = await session.get(CardRow, card_id)
            if row is None:
                raise UnknownCard
            members = await session.scalars(
                select(IncidentRow)
                .join(CardIncidentRow, CardIncidentRow.incident == IncidentRow.id)
                .where(CardIncidentRow.card == card_id)
                .order_by(IncidentRow.id)
            )
            return Card(row, [read_incident(each) for each in members])

    async def add(
        self, target: AlertTarget, family: str, incidents: Sequence[Incident], now: datetime
    ) -> Card:
        """A new card; nothing is sent yet."""
        row = CardRow(
            family=family,
            chat=target.chat,
            topic=target.topic or 0,
            state=CardState.WAITING,
            opened_at=now,
            announced=len(incidents),
        )
        async with self._database.begin() as session:
            session.add(row)
            await session.flush()
            await session.execute(
                insert(CardIncidentRow), [{"card": row.id, "incident": each.id} for each in incidents]
            )
        return Card(row, list(incidents))

    async def join(self, card: Card, incidents: Sequence[Incident]) -> None:
        """Put more incidents on a card."""
        async with self._database.begin() as session:
            await session.execute(
                insert(CardIncidentRow), [{"card": card.row.id, "incident": each.id} for each in incidents]
            )
        card.incidents.extend(incidents)

    async def discard(self, cards: Sequence[Card]) -> None:
        """Forget cards of which nothing was ever sent; what they held is placed anew."""
        async with self._database.begin() as session:
            for chunk in cut(card.row.id for card in cards):
                await session.execute(delete(CardIncidentRow).where(CardIncidentRow.card.in_(chunk)))
                await session.execute(delete(CardRow).where(CardRow.id.in_(chunk)))

    async def update(self, card: Card, **changes: object) -> None:
        """Commit what changed about a card."""
        if all(getattr(card.row, name) == value for name, value in changes.items()):
            return
        for name, value in changes.items():
            setattr(card.row, name, value)
        async with self._database.begin() as session:
            await session.execute(update(CardRow).where(CardRow.id == card.row.id).values(**changes))

    async def settle(self, incidents: Iterable[int]) -> None:
        """Every chat shows the end of these."""
        async with self._database.begin() as session:
            for chunk in cut(incidents):
                await session.execute(
                    update(IncidentRow).where(IncidentRow.id.in_(chunk)).values(settled=True)
                )

    async def list_shown(self, target: AlertTarget, since: datetime) -> list[Incident]:
        """What this target's cards hold that is open or ended since then, the open ones first."""
        held = (
            select(CardIncidentRow.incident)
            .join(CardRow, CardRow.id == CardIncidentRow.card)
            .where(CardRow.chat == target.chat, CardRow.topic == (target.topic or 0))
        )
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(IncidentRow)
                .where(IncidentRow.id.in_(held))
                .where(IncidentRow.closed_at.is_(None) | (IncidentRow.closed_at >= since))
                .order_by(IncidentRow.closed_at.is_not(None), IncidentRow.id)
            )
            return [read_incident(row) for row in rows]

    async def expire(self, ended_before: datetime) -> None:
        """Settle what ended before a time, whether or not every chat shows its end."""
        async with self._database.begin() as session:
            old = update(IncidentRow).where(IncidentRow.closed_at < ended_before)
            await session.execute(old.values(settled=True))
            unsettled = (
                select(CardIncidentRow.card)
                .join(IncidentRow, IncidentRow.id == CardIncidentRow.incident)
                .where(IncidentRow.settled.is_(False))
            )
            stale = update(CardRow).where(CardRow.state != CardState.FINAL, CardRow.id.not_in(unsettled))
            await session.execute(stale.values(state=CardState.FINAL))

    async def list_sent(self, chat: int, now: datetime) -> list[datetime]:
        """When this chat lately got new messages, as far back as that limits the next one."""
        async with self._database.begin() as session:
            recent = select(SentAlertRow.at).where(
                SentAlertRow.chat == chat, SentAlertRow.at >= now - NEWS_WINDOW
            )
            return list(await session.scalars(recent))

    async def record_sent(self, chat: int, now: datetime) -> None:
        """The chat got a new message; those that limit nothing any more are forgotten."""
        async with self._database.begin() as session:
            session.add(SentAlertRow(chat=chat, at=now))
            await session.execute(delete(SentAlertRow).where(SentAlertRow.at < now - NEWS_WINDOW))

    async def count_undelivered(self) -> int:
        """Cards that Telegram has not taken yet, or refuses."""
        states = (CardState.WAITING, CardState.SENDING, CardState.FAILED)
        async with self._database.begin() as session:
            count = await session.scalar(select(func.count(CardRow.id)).where(CardRow.state.in_(states)))
            return count or 0

    async def find_oldest_undelivered(self) -> datetime | None:
        """Since when the oldest of them waits."""
        states = (CardState.WAITING, CardState.SENDING)
        async with self._database.begin() as session:
            found: datetime | None = await session.scalar(
                select(CardRow.opened_at)
                .where(CardRow.state.in_(states))
                .order_by(CardRow.opened_at)
                .limit(1)
            )
            return found
