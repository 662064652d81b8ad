"""What is said beside a card, as an answer to it: that it got worse, that nobody took it, that it is over."""

from datetime import datetime, timedelta

from lines_bot.alerts.grouping import has_doubled, may_announce
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_store import SILENT, Card, CardStore
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.views.reminders import show_end, show_reminder, show_worsening
from lines_bot.telegram.views.view import View

_AFTER = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
_WORTH_AN_END = timedelta(minutes=5)


class Reminders:
    """Answers to cards. Each is kept once it was sent: one whose answer was lost is said again."""

    def __init__(self, decks: CardStore, delivery: Delivery) -> None:
        self._decks = decks
        self._delivery = delivery

    async def remind(self, target: AlertTarget, card: Card, hush: Suppression) -> None:
        """Say loudly that it got worse or that nobody took it."""
        row = card.row
        free = [
            each for each in card.open if not each.is_owned(hush.now) and not hush.hides(each, target.chat)
        ]
        if not free or hush.is_quiet(target.chat) or not await self._may_announce(target, hush.now):
            return
        broke_through = len(free) < len(card.open) and len(card.incidents) > row.announced
        due = sum(hush.now - row.opened_at >= after for after in _AFTER)
        if broke_through or has_doubled(row.announced, len(card.open)):
            await self._announce(target, card, show_worsening(card.open), hush.now)
            await self._decks.keep(card, announced=len(card.incidents))
        elif due > row.repeats:
            await self._announce(target, card, show_reminder(free, hush.now), hush.now)
            await self._decks.keep(card, repeats=due)

    async def tell_end(self, target: AlertTarget, card: Card, hush: Suppression) -> None:
        """Say without a sound that what was loud and long is over."""
        lasted = max((each.well_since or hush.now) - each.since for each in card.incidents)
        is_hidden = all(hush.hides(each, target.chat) for each in card.incidents)
        if lasted <= _WORTH_AN_END or card.row.family in SILENT or is_hidden or hush.is_quiet(target.chat):
            return
        if await self._may_announce(target, hush.now):
            view = show_end(len(card.incidents), lasted)
            await self._delivery.mention(target, view, silent=True, reply_to=card.row.message)

    async def _may_announce(self, target: AlertTarget, now: datetime) -> bool:
        return may_announce(await self._decks.list_news(target.chat, now), now)

    async def _announce(self, target: AlertTarget, card: Card, view: View, now: datetime) -> None:
        await self._delivery.mention(target, view, silent=False, reply_to=card.row.message)
        await self._decks.add_news(target.chat, now)
