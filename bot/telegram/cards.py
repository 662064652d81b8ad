"""Live alert cards: what a chat should show is compared with what was delivered there, and mended."""

import asyncio
import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramServerError

from bot.alerts.grouping import choose_group, has_doubled, may_announce
from bot.alerts.incidents import Incident
from bot.alerts.mutes import Mute, Mutes, Window, WindowKind
from bot.settings import Target
from bot.telegram.decks import Card, CardState, Decks
from bot.telegram.delivery import ChatGone, Delivery
from bot.telegram.facts import Facts
from bot.telegram.places import Places
from bot.telegram.refusals import was_never_sent
from bot.telegram.views.cards import show_card
from bot.telegram.views.incidents import show_reminder, show_worsening
from bot.telegram.views.view import View

_log = logging.getLogger(__name__)

_REMINDERS = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
_NEWS_KEPT = timedelta(minutes=10)
_FLAPPING_EDIT = timedelta(seconds=60)
_PATIENCE = 3.0
MISSED = "missed"
_SILENT = frozenset({MISSED, "growth"})


@dataclass(frozen=True)
class Hush:
    """What is muted, and which chats are quiet or in maintenance, at one moment."""

    mutes: Mapping[str, Mute]
    windows: Sequence[Window]
    now: datetime
    zone: ZoneInfo

    def is_quiet(self, chat: int) -> bool:
        return self._covers(chat, WindowKind.QUIET)

    def hides(self, incident: Incident, chat: int) -> bool:
        """Whether nothing new may be said about it there."""
        return incident.key in self.mutes or self._covers(chat, WindowKind.MAINTENANCE)

    def _covers(self, chat: int, kind: WindowKind) -> bool:
        return any(
            each.chat == chat and each.kind is kind and each.covers(self.now, self.zone)
            for each in self.windows
        )


class Cards:
    """Keeps every incident's card true in every chat of alerts; `fallbacks` stand in for a lost one."""

    def __init__(
        self,
        decks: Decks,
        delivery: Delivery,
        facts: Facts,
        mutes: Mutes,
        places: Places,
        targets: Sequence[Target],
        fallbacks: Sequence[Target],
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._decks = decks
        self._delivery = delivery
        self._facts = facts
        self._mutes = mutes
        self._places = places
        self._targets = targets
        self._fallbacks = fallbacks
        self._zone = zone
        self._now = now
        self._gone: set[Target] = set()
        self._under_way: dict[Target, asyncio.Task[set[int]]] = {}
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

    async def flush(self, seconds: float) -> None:
        """Deliver what `seconds` allow; the rest is stored and goes out at the next start."""
        try:
            async with asyncio.timeout(seconds):
                await self.deliver()
        except TimeoutError:
            _log.warning("some cards are left for the next start")
        finally:
            left = list(self._under_way.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def deliver(self) -> None:
        """Bring every card that is not final to what it should show. Chats do not wait for each other.

        One that Telegram keeps waiting is left to itself after a moment, and looked at again when it is done.
        """
        async with self._alone:
            unsettled = {each.id: each for each in await self._decks.list_unsettled()}
            hush = Hush(
                await self._mutes.list(self._now()), await self._mutes.list_windows(), self._now(), self._zone
            )
            parts = await self._share_out(unsettled.values())
            if settled := await self._deliver_to_all(parts, unsettled, hush):
                await self._decks.settle(settled)
            well = {key for key, mute in hush.mutes.items() if mute.until is None}
            if over := well - {each.key for each in unsettled.values() if each.closed_at is None}:
                await self._mutes.end_until_well(over)

    async def _deliver_to_all(
        self, parts: Mapping[Target, list[Incident]], unsettled: Mapping[int, Incident], hush: Hush
    ) -> set[int]:
        """Mend every chat that is not being mended still; the incidents whose end all of them show."""
        begun = {
            target: asyncio.create_task(self._deliver_to(target, unsettled, hush, own))
            for target, own in parts.items()
            if target not in self._under_way
        }
        for target, task in begun.items():
            self._under_way[target] = task
            task.add_done_callback(partial(self._under_way.pop, target))
        done, waiting = await asyncio.wait(begun.values(), timeout=_PATIENCE) if begun else (set(), set())
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

    async def _share_out(self, incidents: Iterable[Incident]) -> Mapping[Target, list[Incident]]:
        """Everything goes to every target, what nobody took in time to the next one too.

        While a chat cannot be written to, the administrators stand in for it. Whoever was told once is told
        how it ended.
        """
        everything = list(incidents)
        targets = [await self._places.locate(target) for target in self._targets]
        parts: dict[Target, list[Incident]] = dict.fromkeys(targets, everything)
        if self._gone.intersection(targets):
            parts.update(dict.fromkeys(self._fallbacks, everything))
        for incident in everything:
            next_target = await self._facts.find_next_target(incident)
            if next_target is not None:
                told = parts.setdefault(await self._places.locate(next_target), [])
                if told is not everything:
                    told.append(incident)
        for place in await self._decks.list_places():
            parts.setdefault(place, [])
        return parts

    async def _deliver_to(
        self, target: Target, unsettled: Mapping[int, Incident], hush: Hush, own: Sequence[Incident]
    ) -> set[int]:
        """Mend one chat's cards; the incidents whose end it shows, or need not show."""
        cards = await self._decks.list_cards(target, unsettled)
        cards = await self._place(target, cards, hush, own)
        try:
            for card in cards:
                await self._mend(target, card, hush)
            self._gone.discard(target)
        except (TelegramNetworkError, TelegramServerError) as error:
            _log.warning("Telegram cannot be reached for chat %s: %s", target.chat, error)
        except ChatGone as error:
            _log.error("the bot cannot write to chat %s any more: %s", target.chat, error)
            self._gone.add(target)
        pending = {each.id for card in cards if card.row.state != CardState.FINAL for each in card.incidents}
        return unsettled.keys() - pending

    async def _place(
        self, target: Target, cards: list[Card], hush: Hush, own: Sequence[Incident]
    ) -> list[Card]:
        """Give every incident that this chat must hear of its card."""
        unsent = [card for card in cards if card.row.message is None and card.row.state != CardState.SENDING]
        await self._decks.dissolve(unsent)
        kept = [card for card in cards if card not in unsent]
        held = {each.id for card in kept for each in card.incidents}
        fresh = [each for each in own if each.id not in held and not hush.hides(each, target.chat)]
        if missed := [each for each in fresh if each.closed_at is not None]:
            await self._place_missed(target, kept, missed, hush)
        families: defaultdict[str, list[Incident]] = defaultdict(list)
        for each in fresh:
            if each.closed_at is None:
                families[each.subject.family].append(each)
        news = await self._decks.list_news(target.chat, hush.now - _NEWS_KEPT) if families else []
        for family, incidents in families.items():
            groups = {card.row.id: card for card in kept if card.row.family != MISSED}
            group = choose_group(family, [card.group for card in groups.values()], news, hush.now)
            if group is None:
                kept.append(await self._decks.add(target, family, incidents, hush.now))
            else:
                await self._decks.join(groups[group.card], incidents)
        return kept

    async def _place_missed(
        self, target: Target, kept: list[Card], missed: Sequence[Incident], hush: Hush
    ) -> None:
        """What came and went unheard is one digest, with what may have been heard and is over."""
        unheard = [card for card in kept if card.row.message is None and not card.open]
        if unheard:
            await self._decks.keep(unheard[0], family=MISSED)
            await self._decks.join(unheard[0], missed)
        else:
            kept.append(await self._decks.add(target, MISSED, missed, hush.now))

    async def _mend(self, target: Target, card: Card, hush: Hush) -> None:
        """Bring one card to what is true."""
        row, is_over = card.row, not card.open
        if row.state == CardState.FINAL:
            return
        if row.message is None:
            # A message whose answer was lost may stand in the chat already: its twin says so.
            resent = row.resent or row.state == CardState.SENDING
            await self._decks.keep(card, resent=resent, delivered_at=hush.now)
        elif not is_over and _is_restless(card, hush.now):
            return
        view = show_card(await self._facts.gather(card, hush.mutes, hush.now))
        shown = _digest(view)
        is_shown = row.message is not None and row.shown == shown
        if not is_shown and not await self._put(target, card, view, hush):
            return
        end = CardState.FINAL if is_over else CardState.LIVE
        await self._decks.keep(card, state=end, shown=shown, edited_at=hush.now, trouble=None)
        if not is_over and not hush.is_quiet(target.chat):
            await self._remind(target, card, hush)

    async def _put(self, target: Target, card: Card, view: View, hush: Hush) -> bool:
        """Edit the card, or send it where there is none; False if Telegram refuses it in every form."""
        row = card.row
        await self._decks.keep(card, state=CardState.SENDING)
        try:
            if row.message is None or not await self._delivery.edit(target, row.message, view):
                silent = hush.is_quiet(target.chat) or row.family in _SILENT
                target = await self._places.locate(target)
                message = await self._delivery.send(target, view, silent=silent)
                await self._decks.keep(card, message=message)
                await self._decks.add_news(target.chat, hush.now)
        except (TelegramNetworkError, TelegramServerError) as error:
            if row.message is None and was_never_sent(error):
                await self._decks.keep(card, state=CardState.WAITING)
            raise
        except ChatGone as error:
            await self._decks.keep(card, state=CardState.FAILED, trouble=str(error))
            raise
        except TelegramAPIError as error:
            await self._decks.keep(card, state=CardState.FAILED, trouble=str(error))
            return False
        return True

    async def _remind(self, target: Target, card: Card, hush: Hush) -> None:
        """Say loudly, as an answer to the card, that it got worse or that nobody took it."""
        row = card.row
        free = [
            each for each in card.open if not each.is_owned(hush.now) and not hush.hides(each, target.chat)
        ]
        news = await self._decks.list_news(target.chat, hush.now - _NEWS_KEPT) if free else []
        if not free or not may_announce(news, hush.now):
            return
        broke_through = len(free) < len(card.open) and len(card.incidents) > row.announced
        due = sum(hush.now - row.opened_at >= after for after in _REMINDERS)
        if broke_through or has_doubled(row.announced, len(card.open)):
            await self._answer(target, card, show_worsening(card.open), hush)
            await self._decks.keep(card, announced=len(card.incidents))
        elif due > row.repeats:
            await self._answer(target, card, show_reminder(free, hush.now), hush)
            await self._decks.keep(card, repeats=due)

    async def _answer(self, target: Target, card: Card, view: View, hush: Hush) -> None:
        await self._delivery.send(target, view, silent=False, reply_to=card.row.message)
        await self._decks.add_news(target.chat, hush.now)


def _is_restless(card: Card, now: datetime) -> bool:
    """A card of nothing but flapping is edited once a minute at most."""
    edited = card.row.edited_at
    flaps = all(each.flapping for each in card.open)
    return flaps and edited is not None and now - edited < _FLAPPING_EDIT


def _digest(view: View) -> str:
    shown = view.as_message()
    text, entities, markup = shown["text"], shown["entities"], shown["reply_markup"]
    parts = [text, *(entity.model_dump_json() for entity in entities), markup.model_dump_json()]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
