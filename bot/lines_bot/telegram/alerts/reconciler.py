"""One chat's cards: what it should show is compared with what was delivered there, and edited."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramServerError

from lines_bot.alerts.grouping import JOIN_FOR, choose_group, may_announce
from lines_bot.alerts.incidents import Incident
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import MISSED, Card, CardState, CardStore
from lines_bot.telegram.alerts.reminders import Reminders
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.outgoing.delivery import ChatGone, Delivery
from lines_bot.telegram.outgoing.errors import was_never_sent
from lines_bot.telegram.views.cards import render_card, render_refused
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)
_FLAPPING_EDIT = timedelta(seconds=60)


class CardReconciler:
    """Assigns incidents to cards and brings each card to what is true; `administrators` hear of refusals."""

    def __init__(
        self,
        card_store: CardStore,
        delivery: Delivery,
        content: CardContentReader,
        administrators: Collection[AlertTarget],
    ) -> None:
        self._card_store = card_store
        self._delivery = delivery
        self._content = content
        self._administrators = administrators
        self._reminders = Reminders(card_store, delivery)

    async def assign_to_cards(
        self, target: AlertTarget, cards: list[Card], suppression: Suppression, own: Sequence[Incident]
    ) -> list[Card]:
        """Give every incident that this chat must hear of its card."""
        unsent = [card for card in cards if card.row.message is None and card.row.state != CardState.SENDING]
        await self._card_store.discard(unsent)
        kept = [card for card in cards if card not in unsent]
        held = {each.id for card in kept for each in card.incidents}
        fresh = [
            each for each in own if each.id not in held and not suppression.suppresses(each, target.chat)
        ]
        if missed := [each for each in fresh if each.closed_at is not None]:
            await self._assign_missed(target, kept, missed, suppression)
        families: defaultdict[str, list[Incident]] = defaultdict(list)
        for each in fresh:
            if each.closed_at is None:
                families[each.subject.family].append(each)
        news = await self._card_store.list_sent(target.chat, suppression.now) if families else []
        for family, incidents in families.items():
            groups = {card.row.id: card for card in kept if not card.is_missed}
            group = choose_group(family, [card.group for card in groups.values()], news, suppression.now)
            if group is None:
                kept.append(await self._card_store.add(target, family, incidents, suppression.now))
            else:
                await self._card_store.join(groups[group.card], incidents)
        return kept

    async def _assign_missed(
        self, target: AlertTarget, kept: list[Card], missed: Sequence[Incident], suppression: Suppression
    ) -> None:
        """What came and went unheard is one digest, with what may have been heard and is over."""
        digests = [
            card
            for card in kept
            if (card.row.message is None and not card.open) or _is_young_digest(card, suppression.now)
        ]
        if digests:
            await self._card_store.update(digests[0], family=MISSED)
            await self._card_store.join(digests[0], missed)
        else:
            kept.append(await self._card_store.add(target, MISSED, missed, suppression.now))

    async def reconcile(self, target: AlertTarget, card: Card, suppression: Suppression) -> None:
        """Bring one card to what is true. Raises ChatGone, TelegramNetworkError and TelegramServerError."""
        row, is_over = card.row, not card.open
        if row.state == CardState.FINAL:
            return
        was_heard = row.message is not None
        if not was_heard:
            # A message whose answer was lost may stand in the chat already: the second says that it is one.
            resent = row.resent or row.state == CardState.SENDING
            row.resent, row.delivered_at = resent, suppression.now
        elif not is_over and _is_restless(card, suppression.now):
            return
        view = render_card(await self._content.read(card, suppression))
        shown = _digest(view)
        is_shown = was_heard and row.shown == shown
        if not is_shown and not await self._put(target, card, view, suppression):
            return
        if is_over and was_heard:
            await self._reminders.tell_end(target, card, suppression)
        end = CardState.FINAL if is_over and not _is_young_digest(card, suppression.now) else CardState.LIVE
        edited_at = row.edited_at if is_shown else suppression.now
        await self._card_store.update(card, state=end, shown=shown, edited_at=edited_at)
        if not is_over:
            await self._reminders.remind(target, card, suppression)

    async def _put(self, target: AlertTarget, card: Card, view: View, suppression: Suppression) -> bool:
        """Edit the card, or send it where there is none; False if Telegram refuses it in every form."""
        row = card.row
        await self._card_store.begin_sending(card)
        try:
            receipt = await self._delivery.edit(target, row.message, view) if row.message else None
            if receipt is None:
                silent = suppression.is_quiet(target.chat) or card.is_silent
                receipt = await self._delivery.send(target, view, silent=silent)
                await self._card_store.keep_message(card, receipt.message, suppression.now)
        except (TelegramNetworkError, TelegramServerError) as error:
            if row.message is None and was_never_sent(error):
                await self._card_store.update(card, state=CardState.WAITING)
            raise
        except ChatGone as error:
            await self._card_store.update(card, state=CardState.FAILED, trouble=str(error))
            raise
        except TelegramAPIError as error:
            await self._report(target, card, error.message, suppression.now, stands=False)
            await self._card_store.update(card, state=CardState.FAILED)
            return False
        await self._report(target, card, receipt.refusal, suppression.now, stands=True)
        return True

    async def _report(
        self, target: AlertTarget, card: Card, refusal: str | None, now: datetime, *, stands: bool
    ) -> None:
        """Tell the administrators, once, what Telegram refuses about a card."""
        if refusal is not None and refusal != card.row.trouble:
            for administrator in self._administrators:
                if may_announce(await self._card_store.list_sent(administrator.chat, now), now):
                    view = render_refused(target.chat, refusal, stands)
                    try:
                        await self._delivery.mention(administrator, view, silent=stands)
                    except ChatGone as error:
                        _log.error("administrator %s cannot be told: %s", administrator.chat, error)
                    await self._card_store.record_sent(administrator.chat, now)
        await self._card_store.update(card, trouble=refusal)


def _is_young_digest(card: Card, now: datetime) -> bool:
    """Whether it is a digest that others may still join."""
    return card.is_missed and now - card.row.opened_at < JOIN_FOR


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
