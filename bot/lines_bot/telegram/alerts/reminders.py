"""What is said beside a card, as an answer to it: that it got worse, that nobody took it, that it is over."""

from datetime import datetime, timedelta

from lines_bot.alerts.grouping import has_doubled, may_announce
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_store import Card, CardStore
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.views.reminders import render_end, render_reminder, render_worsening
from lines_bot.telegram.views.view import View

_AFTER = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
_WORTH_AN_END = timedelta(minutes=5)


class Reminders:
    """Answers to cards. Each is kept once it was sent: one whose answer was lost is said again."""

    def __init__(self, card_store: CardStore, delivery: Delivery) -> None:
        self._card_store = card_store
        self._delivery = delivery

    async def remind(self, target: AlertTarget, card: Card, suppression: Suppression) -> None:
        """Say loudly that it got worse or that nobody took it."""
        row = card.row
        free = [
            each
            for each in card.open
            if not each.is_owned(suppression.now) and not suppression.suppresses(each, target.chat)
        ]
        if (
            not free
            or suppression.is_quiet(target.chat)
            or not await self._may_announce(target, suppression.now)
        ):
            return
        broke_through = len(free) < len(card.open) and len(card.incidents) > row.announced
        due = sum(suppression.now - row.opened_at >= after for after in _AFTER)
        if broke_through or has_doubled(row.announced, len(card.open)):
            await self._announce(target, card, render_worsening(card.open), suppression.now)
            await self._card_store.update(card, announced=len(card.incidents))
        elif due > row.repeats:
            await self._announce(target, card, render_reminder(free, suppression.now), suppression.now)
            await self._card_store.update(card, repeats=due)

    async def tell_end(self, target: AlertTarget, card: Card, suppression: Suppression) -> None:
        """Say without a sound that what was loud and long is over."""
        lasted = max((each.well_since or suppression.now) - each.since for each in card.incidents)
        is_hidden = all(suppression.suppresses(each, target.chat) for each in card.incidents)
        if lasted <= _WORTH_AN_END or card.is_silent or is_hidden or suppression.is_quiet(target.chat):
            return
        if await self._may_announce(target, suppression.now):
            view = render_end(card.incidents, lasted)
            await self._delivery.mention(target, view, silent=True, reply_to=card.row.message)

    async def _may_announce(self, target: AlertTarget, now: datetime) -> bool:
        return may_announce(await self._card_store.list_sent(target.chat, now), now)

    async def _announce(self, target: AlertTarget, card: Card, view: View, now: datetime) -> None:
        await self._delivery.mention(target, view, silent=False, reply_to=card.row.message)
        await self._card_store.record_sent(target.chat, now)
