"""Live alert cards: which chats must hear of what, each kept true without waiting for the others."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from aiogram.exceptions import TelegramNetworkError, TelegramServerError

from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.mutes import Mutes
from lines_bot.clock import Clock
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardState, CardStore
from lines_bot.telegram.alerts.quiet_digests import QuietDigests
from lines_bot.telegram.alerts.reconciler import CardReconciler
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.outgoing.delivery import ChatGone

_log = logging.getLogger(__name__)
_TIMEOUT = 3.0
_STALE = timedelta(days=7)


class Notifier:
    """Keeps every incident's card true in every chat of alerts; `fallbacks` stand in for a lost one."""

    def __init__(
        self,
        card_store: CardStore,
        reconciler: CardReconciler,
        digests: QuietDigests,
        content: CardContentReader,
        mutes: Mutes,
        chats: ChatRegistry,
        targets: Sequence[AlertTarget],
        fallbacks: Sequence[AlertTarget],
        clock: Clock,
        timeout: float = _TIMEOUT,
    ) -> None:
        self._card_store = card_store
        self._reconciler = reconciler
        self._digests = digests
        self._content = content
        self._mutes = mutes
        self._chats = chats
        self._targets = targets
        self._fallbacks = fallbacks
        self._clock = clock
        self._timeout = timeout
        self._unreachable: set[AlertTarget] = set()
        self._under_way: dict[AlertTarget, asyncio.Task[set[int]]] = {}
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
                await self.reconcile_all()
            except Exception:
                _log.exception("cards could not be delivered; the next poll tries again")

    async def expire(self) -> None:
        """What ended a week ago and could not be told until now is news to nobody."""
        await self._card_store.expire(self._clock.now() - _STALE)

    async def flush(self, seconds: float) -> None:
        """Deliver what `seconds` allow; the rest is stored and goes out at the next start."""
        try:
            async with asyncio.timeout(seconds):
                await self.reconcile_all()
        except TimeoutError:
            _log.warning("some cards are left for the next start")
        finally:
            left = list(self._under_way.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def reconcile_all(self) -> None:
        """Bring every card that is not final to what it should show. Chats do not wait for each other.

        One that Telegram keeps waiting is left to itself after a moment, and looked at again when it is done.
        """
        async with self._alone:
            known = set(self._unreachable)
            await self._reconcile_once()
            if not self._unreachable <= known:
                # The administrators stand in for a lost chat at once.
                await self._reconcile_once()

    async def _reconcile_once(self) -> None:
        unsettled = {each.id: each for each in await self._card_store.list_unsettled()}
        suppression = Suppression(
            await self._mutes.list(self._clock.now()),
            await self._mutes.list_windows(),
            self._clock.now(),
            self._clock.zone,
        )
        parts = await self._route(unsettled.values())
        if settled := await self._reconcile_targets(parts, unsettled, suppression):
            await self._card_store.settle(settled)
        well = {key for key, mute in suppression.mutes.items() if mute.until is None}
        if over := well - {each.key for each in unsettled.values() if each.closed_at is None}:
            await self._mutes.end_until_well(over)

    async def _reconcile_targets(
        self,
        parts: Mapping[AlertTarget, list[Incident]],
        unsettled: Mapping[int, Incident],
        suppression: Suppression,
    ) -> set[int]:
        """Reconcile every chat that is not under way still; the incidents whose end all of them show."""
        begun = {
            target: asyncio.create_task(self._reconcile(target, unsettled, suppression, own))
            for target, own in parts.items()
            if target not in self._under_way
        }
        for target, task in begun.items():
            self._under_way[target] = task
            task.add_done_callback(partial(self._under_way.pop, target))
        done, waiting = await asyncio.wait(begun.values(), timeout=self._timeout) if begun else (set(), set())
        for task in waiting:
            task.add_done_callback(self._come_back)
        if len(done) < len(parts):
            return set()
        closed = {each.id for each in unsettled.values() if each.closed_at is not None}
        return closed.intersection(*(task.result() for task in done))

    def _come_back(self, task: asyncio.Task[set[int]]) -> None:
        """A chat that was left to itself is done: what has changed since is for the next delivery."""
        if not task.cancelled() and (error := task.exception()):
            _log.error("the cards of a chat could not be delivered", exc_info=error)
        self._wake.set()

    async def _route(self, incidents: Iterable[Incident]) -> Mapping[AlertTarget, list[Incident]]:
        """Everything goes to every target, what nobody took in time to the next one too.

        While a chat cannot be written to, the administrators stand in for it. Whoever was told once is told
        how it ended.
        """
        everything = list(incidents)
        targets = [await self._chats.locate(target) for target in self._targets]
        parts: dict[AlertTarget, list[Incident]] = dict.fromkeys(targets, everything)
        if self._unreachable.intersection(targets):
            parts.update(dict.fromkeys(self._fallbacks, everything))
        for incident in everything:
            next_target = await self._content.find_next_target(incident)
            if next_target is not None:
                told = parts.setdefault(await self._chats.locate(next_target), [])
                if told is not everything:
                    told.append(incident)
        for place in await self._card_store.list_places():
            parts.setdefault(place, [])
        return parts

    async def _reconcile(
        self,
        target: AlertTarget,
        unsettled: Mapping[int, Incident],
        suppression: Suppression,
        own: Sequence[Incident],
    ) -> set[int]:
        """Reconcile one chat's cards; the incidents whose end it shows, or need not show."""
        cards = await self._card_store.list_cards(target, unsettled)
        cards = await self._reconciler.assign_to_cards(target, cards, suppression, own)
        try:
            for card in cards:
                await self._reconciler.reconcile(target, card, suppression)
            await self._digests.tell(target, suppression)
            self._unreachable.discard(target)
        except (TelegramNetworkError, TelegramServerError) as error:
            _log.warning("Telegram cannot be reached for chat %s: %s", target.chat, error)
        except ChatGone as error:
            _log.error("the bot cannot write to chat %s any more: %s", target.chat, error)
            self._unreachable.add(target)
        pending = {each.id for card in cards if card.row.state != CardState.FINAL for each in card.incidents}
        return unsettled.keys() - pending
