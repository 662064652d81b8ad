"""What people do about alerts: take them, mute them, cure them, ask why."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lines_bot.alerts.engine import Condition
from lines_bot.alerts.incidents import Incident, Incidents
from lines_bot.alerts.mutes import Mute, Mutes, Window
from lines_bot.alerts.observations import ChannelSubject, SourceSubject, channel_key, growth_key, queue_key
from lines_bot.alerts.policy import Policy
from lines_bot.alerts.rules import RuleBook
from lines_bot.clock import Clock
from lines_bot.lines import LinesError
from lines_bot.operations.operations import Operations, Unconfirmed
from lines_bot.pagination import Page, paginate
from lines_bot.people import ChatContext, Person
from lines_bot.references import Kind, References
from lines_bot.telegram.alerts.card_content import CardContentReader, IncidentSummary
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.callbacks import MuteLength

_HELD_FOR = timedelta(hours=1)
_MUTE_LENGTHS = {"30m": timedelta(minutes=30), "1h": timedelta(hours=1)}
_AT_ONCE = 5


@dataclass(frozen=True)
class Explanation:
    """Everything that decided whether an alert was sent: condition, rule, mute, windows, history."""

    name: str
    condition: Condition | None
    incident: Incident | None
    mute: Mute | None
    windows: Sequence[Window]
    policy: Policy
    is_queue: bool
    now: datetime


class AlertActions:
    """The one door through which people act on alerts. Raises UnknownCard."""

    def __init__(
        self,
        card_store: CardStore,
        incidents: Incidents,
        mutes: Mutes,
        notifier: Notifier,
        content: CardContentReader,
        rules: RuleBook,
        operations: Operations,
        references: References,
        clock: Clock,
    ) -> None:
        self._card_store = card_store
        self._incidents = incidents
        self._mutes = mutes
        self._notifier = notifier
        self._content = content
        self._rules = rules
        self._operations = operations
        self._references = references
        self._clock = clock

    async def take(self, card_id: int, by: Person) -> None:
        """Everything open on the card is this person's for an hour."""
        card = await self._card_store.get(card_id)
        await self._incidents.take([each.id for each in card.open], by.name, self._clock.now() + _HELD_FOR)
        await self._notifier.reconcile_all()

    async def mute(self, card_id: int, length: MuteLength, by: Person) -> None:
        """Mute everything open on the card, or end that."""
        for each in (await self._card_store.get(card_id)).open:
            if length == "end":
                await self._mutes.unmute(each.key)
            else:
                await self._mutes.mute(each.key, self._find_end(length), by.name)
        await self._notifier.reconcile_all()

    def _find_end(self, length: MuteLength) -> datetime | None:
        """When a mute of this length ends; None: when it is well."""
        if length == "9":
            return self._clock.next_morning()
        return self._clock.now() + _MUTE_LENGTHS[length] if length in _MUTE_LENGTHS else None

    async def mute_key(self, key: str, until: datetime | None, by: Person) -> None:
        """Mute one channel or queue, whether or not it is in trouble."""
        await self._mutes.mute(key, until, by.name)
        await self._notifier.reconcile_all()

    async def unmute_key(self, key: str) -> bool:
        """End a mute; False if there was none."""
        ended = await self._mutes.unmute(key)
        await self._notifier.reconcile_all()
        return ended

    async def turn(self, card_id: int, page: int) -> None:
        """Show another page of a card."""
        await self._card_store.update(await self._card_store.get(card_id), page=page)
        await self._notifier.reconcile_all()

    async def filter(self, card_id: int, line_ref: str) -> None:
        """List one line's channels on a card, or all again. Raises UnknownReference."""
        line = await self._references.ref_to_id(Kind.LINE, line_ref) if line_ref else None
        await self._card_store.update(await self._card_store.get(card_id), line=line, page=0)
        await self._notifier.reconcile_all()

    async def reconnect(self, card_id: int, by: Person, context: ChatContext) -> None:
        """Reconnect every channel on the card that can be; the card shows what comes of it.

        With one channel its refusal is raised; with several each stands in the ledger.
        """
        channels = [
            each.subject.id
            for each in (await self._card_store.get(card_id)).open
            if isinstance(each.subject, ChannelSubject) and each.subject.can_reconnect
        ]
        if len(channels) == 1:
            await self._operations.reconnect(channels[0], by, context)
            return
        free = asyncio.Semaphore(_AT_ONCE)

        async def try_one(channel: str) -> None:
            async with free:
                try:
                    await self._operations.reconnect(channel, by, context)
                except (LinesError, Unconfirmed):
                    # The ledger has it, and the card shows what is still in trouble.
                    return

        await asyncio.gather(*(try_one(channel) for channel in channels))

    async def list_details(self, card_id: int) -> Page[IncidentSummary]:
        """The incidents of the page that a card shows."""
        card, mutes = await self._card_store.get(card_id), await self._mutes.list(self._clock.now())
        return (await self._content.read(card, mutes, self._clock.now())).page

    async def list_open(self, page: int) -> Page[IncidentSummary]:
        """What is open, oldest first."""
        mutes = await self._mutes.list(self._clock.now())
        part = paginate(await self._incidents.list_open(), page)
        return part.carry(
            [await self._content.summarize(each, mutes, self._clock.now()) for each in part.items]
        )

    async def explain_card(self, card_id: int, chat: int) -> Explanation:
        """Why the first incident of a card was told as it was."""
        incident = (await self._card_store.get(card_id)).incidents[0]
        return await self._explain([incident.key], _name(incident), chat)

    async def explain_channel(self, channel_id: str, name: str, chat: int) -> Explanation:
        return await self._explain([channel_key(channel_id)], name, chat)

    async def explain_line(self, line_id: str, name: str, chat: int) -> Explanation:
        return await self._explain([queue_key(line_id), growth_key(line_id)], name, chat)

    async def _explain(self, keys: Sequence[str], name: str, chat: int) -> Explanation:
        conditions = (await self._incidents.load()).conditions
        mutes = await self._mutes.list(self._clock.now())
        incident = await self._incidents.find_latest(keys)
        windows = [each for each in await self._mutes.list_windows() if each.chat == chat]
        book = await self._rules.load()
        subject = incident.subject if incident else None
        kind, _, own_id = keys[0].partition(":")
        if isinstance(subject, ChannelSubject):
            policy = book.find(subject.line_id, subject.id)
        else:
            policy = book.find(own_id) if kind == "queue" else book.find(None, own_id)
        return Explanation(
            name=name,
            condition=next((conditions[key] for key in keys if key in conditions), None),
            incident=incident,
            mute=next((mutes[key] for key in keys if key in mutes), None),
            windows=[each for each in windows if each.covers(self._clock.now(), self._clock.zone)],
            policy=policy,
            is_queue=kind in ("queue", "growth"),
            now=self._clock.now(),
        )


def _name(incident: Incident) -> str:
    subject = incident.subject
    if isinstance(subject, ChannelSubject):
        return subject.name
    return "Lines" if isinstance(subject, SourceSubject) else subject.line
