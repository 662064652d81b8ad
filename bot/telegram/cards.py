"""Live alert cards: what a chat should show is compared with what was delivered there, and mended."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramServerError
from sqlalchemy import func, select

from bot.alerts.incidents import Incident, Incidents, Mute, read_incident
from bot.alerts.observations import SourceSubject
from bot.ledger import Ledger
from bot.references import Kind, References
from bot.settings import Target
from bot.store.database import Database
from bot.store.tables import CardRow, IncidentRow
from bot.telegram.refusals import Refusal, classify, was_never_sent
from bot.telegram.views.incidents import CardFacts, show_card
from bot.telegram.views.view import View

_log = logging.getLogger(__name__)


class Delivery(StrEnum):
    """`SENDING`: under way, or its answer was lost. `FINAL`: the end is shown, nothing more will change."""

    WAITING = "waiting"
    SENDING = "sending"
    LIVE = "live"
    FAILED = "failed"
    FINAL = "final"


class Cards:
    """Keeps every incident's card true in every chat that alerts go to."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        incidents: Incidents,
        ledger: Ledger,
        references: References,
        targets: Sequence[Target],
        now: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._database = database
        self._incidents = incidents
        self._ledger = ledger
        self._references = references
        self._targets = targets
        self._now = now
        self._alone = asyncio.Lock()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something a card shows has changed."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver whenever woken, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.deliver()
            except Exception:
                _log.exception("cards could not be delivered; the next poll tries again")

    async def deliver(self) -> None:
        """Bring every card that is not final to what it should show. Chats do not wait for each other."""
        async with self._alone:
            incidents = await self._list_unfinished()
            mutes = await self._incidents.list_mutes(self._now())
            facts = [await self.gather_facts(incident, mutes) for incident in incidents]
            await asyncio.gather(*(self._deliver_to(target, facts) for target in self._targets))

    async def flush(self, seconds: float) -> None:
        """Deliver what `seconds` allow; the rest is stored and goes out at the next start."""
        try:
            async with asyncio.timeout(seconds):
                await self.deliver()
        except TimeoutError:
            _log.warning("some cards are left for the next start")

    async def count_undelivered(self) -> int:
        """Cards that Telegram has not taken yet, or refuses."""
        states = (Delivery.WAITING, Delivery.SENDING, Delivery.FAILED)
        async with self._database.begin() as session:
            count = await session.scalar(select(func.count(CardRow.id)).where(CardRow.state.in_(states)))
            return count or 0

    async def gather_facts(self, incident: Incident, mutes: Mapping[str, Mute]) -> CardFacts:
        """Everything the card of an incident is made of."""
        subject = incident.subject
        if isinstance(subject, SourceSubject):
            return CardFacts(incident, "", mutes.get(incident.key))
        refs = await self._references.shorten(Kind(_KINDS[subject.family]), [subject.id])
        entry = await self._ledger.find_last(subject.id, since=incident.opened_at)
        return CardFacts(incident, refs[subject.id], mutes.get(incident.key), entry)

    async def _list_unfinished(self) -> Sequence[Incident]:
        """Open incidents, and closed ones whose end some chat does not show yet."""
        finished = (
            select(func.count(CardRow.id))
            .where(CardRow.incident == IncidentRow.id, CardRow.state == Delivery.FINAL)
            .scalar_subquery()
        )
        unfinished = IncidentRow.closed_at.is_(None) | (finished < len(self._targets))
        async with self._database.begin() as session:
            rows = await session.scalars(select(IncidentRow).where(unfinished).order_by(IncidentRow.id))
            return [read_incident(row) for row in rows]

    async def _deliver_to(self, target: Target, facts: Sequence[CardFacts]) -> None:
        for each in facts:
            try:
                await self._mend(target, each)
            except (TelegramNetworkError, TelegramServerError) as error:
                _log.warning("Telegram cannot be reached for chat %s: %s", target.chat, error)
                return

    async def _mend(self, target: Target, facts: CardFacts) -> None:
        card = await self._load(target, facts.incident)
        if card.state == Delivery.FINAL:
            return
        is_closed = facts.incident.closed_at is not None
        if card.message is None and facts.mute is not None:
            if is_closed:
                await self._store(card, state=Delivery.FINAL)
            return
        if card.state == Delivery.SENDING and card.message is None:
            # It may stand in the chat already; its twin says so.
            await self._store(card, resent=True)
        facts = replace(facts, resent=card.resent)
        view = show_card(facts)
        shown = _digest(view)
        end = Delivery.FINAL if is_closed else Delivery.LIVE
        if card.message is not None and card.shown == shown:
            await self._store(card, state=end)
            return
        await self._store(card, state=Delivery.SENDING)
        try:
            message = await self._put(target, card.message, view)
        except (TelegramNetworkError, TelegramServerError) as error:
            if card.message is None and was_never_sent(error):
                await self._store(card, state=Delivery.WAITING)
            raise
        except TelegramAPIError as error:
            _log.error("Telegram refuses a card in chat %s: %s", target.chat, error)
            gone = classify(error) is Refusal.MESSAGE_GONE
            await self._store(
                card, state=Delivery.FAILED, trouble=str(error), message=None if gone else card.message
            )
            return
        await self._store(card, state=end, message=message, shown=shown, trouble=None)

    async def _put(self, target: Target, message: int | None, view: View) -> int:
        """Edit the card, or send it where there is none; without its topic where that is gone."""
        if message is not None:
            try:
                await self._bot.edit_message_text(
                    chat_id=target.chat, message_id=message, **view.as_message()
                )
                return message
            except TelegramAPIError as error:
                refusal = classify(error)
                if refusal is Refusal.UNCHANGED:
                    return message
                if refusal is not Refusal.MESSAGE_GONE:
                    raise
        try:
            sent = await self._bot.send_message(
                chat_id=target.chat, message_thread_id=target.topic, **view.as_message()
            )
        except TelegramAPIError as error:
            if classify(error) is not Refusal.TOPIC_GONE:
                raise
            sent = await self._bot.send_message(chat_id=target.chat, **view.as_message())
        return sent.message_id

    async def _load(self, target: Target, incident: Incident) -> CardRow:
        async with self._database.begin() as session:
            card = await session.scalar(
                select(CardRow).where(
                    CardRow.incident == incident.id,
                    CardRow.chat == target.chat,
                    CardRow.topic == (target.topic or 0),
                )
            )
            if card is None:
                card = CardRow(
                    incident=incident.id, chat=target.chat, topic=target.topic or 0, state=Delivery.WAITING
                )
                session.add(card)
            return card

    async def _store(self, card: CardRow, **changes: object) -> None:
        """Commit before and after every call, so that a crash in between leaves its trace."""
        if all(getattr(card, name) == value for name, value in changes.items()):
            return
        for name, value in changes.items():
            setattr(card, name, value)
        async with self._database.begin() as session:
            await session.merge(card)


_KINDS = {"channel": Kind.CHANNEL, "queue": Kind.LINE}


def _digest(view: View) -> str:
    shown = view.as_message()
    text, entities, markup = shown["text"], shown["entities"], shown["reply_markup"]
    parts = [text, *(entity.model_dump_json() for entity in entities), markup.model_dump_json()]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
