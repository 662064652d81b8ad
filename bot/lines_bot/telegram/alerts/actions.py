"""What people do about alerts: take them, mute them, cure them, leaf through a card."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from lines_bot.alerts.families import list_muting_keys, list_related_keys
from lines_bot.alerts.incidents import Incident, Incidents
from lines_bot.alerts.mutes import Mutes
from lines_bot.clock import Clock
from lines_bot.lines import LinesError
from lines_bot.operations.ledger import Ledger, Verb
from lines_bot.operations.operations import Operations, Unconfirmed
from lines_bot.people import Action, ChatContext, Person, may
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.callbacks import MuteLength
from lines_bot.telegram.user_errors import HeldByAnother

_HELD_FOR = timedelta(hours=1)
_MUTE_LENGTHS = {"30m": timedelta(minutes=30), "1h": timedelta(hours=1)}
_AT_ONCE = 5


class AlertActions:
    """The one door through which people act on alerts. What names a card raises UnknownCard."""

    def __init__(
        self,
        card_store: CardStore,
        incidents: Incidents,
        mutes: Mutes,
        notifier: Notifier,
        operations: Operations,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._card_store = card_store
        self._incidents = incidents
        self._mutes = mutes
        self._notifier = notifier
        self._operations = operations
        self._ledger = ledger
        self._clock = clock

    async def take(self, card_id: int, by: Person, context: ChatContext) -> None:
        """What is open on the card and nobody's is this person's for an hour; they keep what is theirs."""
        now = self._clock.now()
        card = await self._card_store.get(card_id)
        free = [each for each in card.open if not each.is_owned(now) or each.owner == by.name]
        await self._give(free, by, Verb.TAKE, by, context)

    async def release(self, card_id: int, by: Person, context: ChatContext) -> None:
        """What is open on the card is nobody's. Raises HeldByAnother."""
        held = await self._list_changeable(card_id, by, context)
        for each in held:
            await self._ledger.record(Verb.RELEASE, each.key, by, context)
        await self._incidents.release([each.id for each in held])
        await self._notifier.reconcile_all()

    async def hand_over(self, card_id: int, to: Person, by: Person, context: ChatContext) -> None:
        """What is open on the card is this person's for an hour from now. Raises HeldByAnother."""
        held = await self._list_changeable(card_id, by, context)
        await self._give(held, to, Verb.TAKE if to == by else Verb.HAND_OVER, by, context)

    async def _give(
        self, incidents: Sequence[Incident], to: Person, verb: Verb, by: Person, context: ChatContext
    ) -> None:
        for each in incidents:
            await self._ledger.record(verb, each.key, by, context, argument=to.name)
        until = self._clock.now() + _HELD_FOR
        await self._incidents.take([each.id for each in incidents], to.name, until)
        await self._notifier.reconcile_all()

    async def _list_changeable(self, card_id: int, by: Person, context: ChatContext) -> Sequence[Incident]:
        """What is open on a card, if nobody else is on it or this person is a lead. Raises HeldByAnother."""
        now = self._clock.now()
        opened = (await self._card_store.get(card_id)).open
        others = [each.owner or "" for each in opened if each.is_owned(now) and each.owner != by.name]
        if others and not may(by, Action.MUTE, context):
            raise HeldByAnother(others[0])
        return opened

    async def mute(self, card_id: int, length: MuteLength, by: Person) -> None:
        """Mute everything open on the card, or end every mute that covers it."""
        for each in (await self._card_store.get(card_id)).open:
            if length == "end":
                await self._mutes.unmute(*list_muting_keys(each.key))
            else:
                await self._mutes.mute(each.key, self._find_end(length), by.name)
        await self._notifier.reconcile_all()

    def _find_end(self, length: MuteLength) -> datetime | None:
        """When a mute of this length ends; None: when it is well."""
        if length == "9":
            return self._clock.next_morning()
        return self._clock.now() + _MUTE_LENGTHS[length] if length in _MUTE_LENGTHS else None

    async def mute_key(self, key: str, until: datetime | None, by: Person) -> None:
        """Mute one channel or line, whether or not it is in trouble."""
        await self._mutes.mute(key, until, by.name)
        await self._notifier.reconcile_all()

    async def unmute_key(self, key: str) -> bool:
        """End every mute of the channel or line that a key is about; False if there was none."""
        ended = await self._mutes.unmute(*list_related_keys(key))
        await self._notifier.reconcile_all()
        return ended

    async def turn(self, card_id: int, page: int) -> None:
        """Show another page of a card."""
        await self._card_store.update(await self._card_store.get(card_id), page=page)
        await self._notifier.reconcile_all()

    async def filter(self, card_id: int, line: str | None) -> None:
        """List the channels of one line on a card, or all again."""
        await self._card_store.update(await self._card_store.get(card_id), line=line, page=0)
        await self._notifier.reconcile_all()

    async def reconnect(self, card_id: int, by: Person, context: ChatContext) -> None:
        """Reconnect every channel on the card that can be; the card shows what comes of it.

        With one channel its refusal is raised; with several each stands in the ledger.
        """
        card = await self._card_store.get(card_id)
        channels = [each.subject.id for each in card.open if each.subject.is_curable]
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
