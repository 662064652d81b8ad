"""The stored cards: which there are, what they hold, and how far each has got."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import itemgetter

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from lines_bot.alerts.families import FAMILIES
from lines_bot.alerts.grouping import NEWS_WINDOW, Group, is_storm
from lines_bot.alerts.incidents import Incident, read_incident
from lines_bot.settings import AlertTarget
from lines_bot.store.database import Database, cut
from lines_bot.store.memory import Memory
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


UNFINISHED = tuple(each for each in CardState if each is not CardState.FINAL)


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


@dataclass(frozen=True)
class Undelivered:
    """What some chat does not show to its end yet, and the cards that hold it or are not final."""

    incidents: Mapping[int, Incident]
    cards: Mapping[AlertTarget, list[Card]]

    def list_places(self) -> list[AlertTarget]:
        """Every chat and topic with a card that is not final."""
        return [
            target
            for target, cards in self.cards.items()
            if any(card.row.state != CardState.FINAL for card in cards)
        ]


class CardStore:
    """Reads and keeps cards. Every step is committed before the next is taken."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sent = Memory(database, self._read_sent)
        self._undelivered = Memory(database, self._read_undelivered)

    def expect(self) -> None:
        """Incidents have changed: there may be something to tell again."""
        self._undelivered.forget()

    async def read_undelivered(self) -> Undelivered:
        """Everything that there may be something to tell about."""
        undelivered = await self._undelivered.get()
        if undelivered.incidents or undelivered.cards:
            # Every step of a delivery changes it; that there is nothing, only the next incident.
            self._undelivered.forget()
        return undelivered

    async def _read_undelivered(self) -> Undelivered:
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(IncidentRow).where(IncidentRow.settled.is_(False)).order_by(IncidentRow.id)
            )
            unsettled = {row.id: read_incident(row) for row in rows}
            holding = (
                select(CardIncidentRow.card)
                .join(IncidentRow, IncidentRow.id == CardIncidentRow.incident)
                .where(IncidentRow.settled.is_(False))
            )
            found = await session.scalars(
                select(CardRow)
                .where(CardRow.state.in_(UNFINISHED) | CardRow.id.in_(holding))
                .order_by(CardRow.id)
            )
            cards = {row.id: Card(row) for row in found}
            await _put_incidents(session, cards, unsettled)
        places: defaultdict[AlertTarget, list[Card]] = defaultdict(list)
        for card in cards.values():
            places[AlertTarget(card.row.chat, card.row.topic or None)].append(card)
        return Undelivered(unsettled, dict(places))

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
        if not cards:
            return
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

    async def begin_sending(self, card: Card) -> None:
        """From now on until the answer comes it is unknown what the message shows."""
        row = card.row
        row.state, row.shown = CardState.SENDING, None
        changes = {"state": row.state, "shown": None, "resent": row.resent, "delivered_at": row.delivered_at}
        async with self._database.begin() as session:
            await session.execute(update(CardRow).where(CardRow.id == row.id).values(**changes))

    async def keep_message(self, card: Card, message: int, now: datetime) -> None:
        """The card stands in its chat as this message, which made a sound unless the card is silent."""
        card.row.message = message
        async with self._database.begin() as session:
            await session.execute(update(CardRow).where(CardRow.id == card.row.id).values(message=message))
            if not card.is_silent:
                await _add_sent(session, card.row.chat, now)
        self._sent.forget()

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
            stale = update(CardRow).where(CardRow.state.in_(UNFINISHED), CardRow.id.not_in(unsettled))
            await session.execute(stale.values(state=CardState.FINAL))

    async def list_sent(self, chat: int, now: datetime) -> list[datetime]:
        """When this chat lately got new messages, as far back as that limits the next one."""
        return [at for each, at in await self._sent.get() if each == chat and at >= now - NEWS_WINDOW]

    async def record_sent(self, chat: int, now: datetime) -> None:
        """The chat got a new message; those that limit nothing any more are forgotten."""
        async with self._database.begin() as session:
            await _add_sent(session, chat, now)
        self._sent.forget()

    async def _read_sent(self) -> Sequence[tuple[int, datetime]]:
        async with self._database.begin() as session:
            rows = await session.execute(select(SentAlertRow.chat, SentAlertRow.at))
            return [(chat, at) for chat, at in rows]

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


async def _add_sent(session: AsyncSession, chat: int, now: datetime) -> None:
    session.add(SentAlertRow(chat=chat, at=now))
    await session.execute(delete(SentAlertRow).where(SentAlertRow.at < now - NEWS_WINDOW))


async def _put_incidents(
    session: AsyncSession, cards: Mapping[int, Card], unsettled: Mapping[int, Incident]
) -> None:
    """Put on each card what it shows, oldest first."""
    members: list[tuple[int, int]] = []
    for chunk in cut(cards):
        held = select(CardIncidentRow.card, CardIncidentRow.incident).where(CardIncidentRow.card.in_(chunk))
        members += [(card, incident) for card, incident in await session.execute(held)]
    incidents = dict(unsettled)
    for chunk in cut({each for _, each in members} - unsettled.keys()):
        settled = await session.scalars(select(IncidentRow).where(IncidentRow.id.in_(chunk)))
        incidents.update((row.id, read_incident(row)) for row in settled)
    for card, incident in sorted(members, key=itemgetter(1)):
        cards[card].incidents.append(incidents[incident])
