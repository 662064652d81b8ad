"""Live alert cards: which chats must hear of what, each kept true without waiting for the others."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from aiogram.exceptions import TelegramNetworkError, TelegramServerError

from lines_bot.alerts.incidents import Incident
from lines_bot.operations.ledger import Entry
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_store import CardState, CardStore, Undelivered
from lines_bot.telegram.alerts.quiet_digests import QuietDigests
from lines_bot.telegram.alerts.reconciler import CardReconciler
from lines_bot.telegram.alerts.router import AlertRouter
from lines_bot.telegram.alerts.suppression import Suppression, SuppressionReader
from lines_bot.telegram.language import speak_to
from lines_bot.telegram.outgoing.delivery import ChatGone

_log = logging.getLogger(__name__)
_TIMEOUT = 3.0
_STALE = timedelta(days=7)


class Notifier:
    """Keeps every incident's card true in every chat of alerts. `timeout`: seconds that one chat may take."""

    def __init__(
        self,
        card_store: CardStore,
        reconciler: CardReconciler,
        digests: QuietDigests,
        router: AlertRouter,
        suppressions: SuppressionReader,
        timeout: float = _TIMEOUT,
    ) -> None:
        self._card_store = card_store
        self._reconciler = reconciler
        self._digests = digests
        self._router = router
        self._suppressions = suppressions
        self._timeout = timeout
        self._unreachable: set[AlertTarget] = set()
        self._under_way: dict[AlertTarget, asyncio.Task[set[int]]] = {}
        self._alone = asyncio.Lock()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something a card shows has changed."""
        self._wake.set()

    async def redraw(self, _entry: Entry) -> None:
        """Something was done in Lines that a card may show."""
        self.wake()

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
        """Give up on what ended a week ago and could not be told until now."""
        await self._card_store.expire((await self._suppressions.read()).now - _STALE)

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
        undelivered = await self._card_store.read_undelivered()
        suppression = await self._suppressions.read()
        parts = await self._router.route(undelivered, self._unreachable)
        if settled := await self._reconcile_targets(parts, undelivered, suppression):
            await self._card_store.settle(settled)
        opened = [each for each in undelivered.incidents.values() if each.closed_at is None]
        await self._suppressions.end_mutes(suppression, opened)

    async def _reconcile_targets(
        self,
        parts: Mapping[AlertTarget, list[Incident]],
        undelivered: Undelivered,
        suppression: Suppression,
    ) -> set[int]:
        """Reconcile every chat that is not under way still; the incidents whose end all of them show."""
        begun = {
            target: asyncio.create_task(self._reconcile(target, undelivered, suppression, own))
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
        closed = {each.id for each in undelivered.incidents.values() if each.closed_at is not None}
        return closed.intersection(*(task.result() for task in done))

    def _come_back(self, task: asyncio.Task[set[int]]) -> None:
        """A chat that was left to itself is done: what has changed since is for the next delivery."""
        if not task.cancelled() and (error := task.exception()):
            _log.error("the cards of a chat could not be delivered", exc_info=error)
        self._wake.set()

    async def _reconcile(
        self,
        target: AlertTarget,
        undelivered: Undelivered,
        suppression: Suppression,
        own: Sequence[Incident],
    ) -> set[int]:
        """Reconcile one chat's cards; the incidents whose end it shows, or need not show."""
        cards = undelivered.cards.get(target, [])
        cards = await self._reconciler.assign_to_cards(target, cards, suppression, own)
        try:
            with speak_to(target.chat):
                for card in cards:
                    await self._reconciler.reconcile(target, card, suppression)
                await self._digests.tell(target, suppression)
            # Lists of what a refusal can say are never complete: what counts is that the chat has it not.
            if any(card.row.state == CardState.FAILED and card.row.message is None for card in cards):
                self._unreachable.add(target)
            else:
                self._unreachable.discard(target)
        except (TelegramNetworkError, TelegramServerError) as error:
            _log.warning("Telegram cannot be reached for chat %s: %s", target.chat, error)
        except ChatGone as error:
            _log.error("the bot cannot write to chat %s any more: %s", target.chat, error)
            self._unreachable.add(target)
        pending = {each.id for card in cards if card.row.state != CardState.FINAL for each in card.incidents}
        return undelivered.incidents.keys() - pending
