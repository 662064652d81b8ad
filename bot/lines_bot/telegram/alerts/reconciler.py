"""One chat's cards: what it should show is compared with what was delivered there, and mended."""

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
from lines_bot.telegram.alerts.card_store import MISSED, SILENT, Card, CardState, CardStore
from lines_bot.telegram.alerts.reminders import Reminders
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.outgoing.delivery import ChatGone, Delivery
from lines_bot.telegram.outgoing.errors import was_never_sent
from lines_bot.telegram.views.cards import show_card, show_refused
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)
_FLAPPING_EDIT = timedelta(seconds=60)


class CardReconciler:
    """Places incidents on cards and brings each card to what is true; `administrators` hear of refusals."""

    def __init__(
        self,
        decks: CardStore,
        delivery: Delivery,
        facts: CardContentReader,
        places: ChatRegistry,
        administrators: Collection[AlertTarget],
    ) -> None:
        self._decks = decks
        self._delivery = delivery
        self._facts = facts
        self._places = places
        self._administrators = administrators
        self._reminders = Reminders(decks, delivery)

    async def place(
        self, target: AlertTarget, cards: list[Card], hush: Suppression, own: Sequence[Incident]
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
        news = await self._decks.list_news(target.chat, hush.now) if families else []
        for family, incidents in families.items():
            groups = {card.row.id: card for card in kept if card.row.family != MISSED}
            group = choose_group(family, [card.group for card in groups.values()], news, hush.now)
            if group is None:
                kept.append(await self._decks.add(target, family, incidents, hush.now))
            else:
                await self._decks.join(groups[group.card], incidents)
        return kept

    async def _place_missed(
        self, target: AlertTarget, kept: list[Card], missed: Sequence[Incident], hush: Suppression
    ) -> None:
        """What came and went unheard is one digest, with what may have been heard and is over."""
        digests = [
            card
            for card in kept
            if (card.row.message is None and not card.open) or _is_young_digest(card, hush.now)
        ]
        if digests:
            await self._decks.keep(digests[0], family=MISSED)
            await self._decks.join(digests[0], missed)
        else:
            kept.append(await self._decks.add(target, MISSED, missed, hush.now))

    async def mend(self, target: AlertTarget, card: Card, hush: Suppression) -> None:
        """Bring one card to what is true. Raises ChatGone and what Delivery raises when nobody knows."""
        row, is_over = card.row, not card.open
        if row.state == CardState.FINAL:
            return
        was_heard = row.message is not None
        if not was_heard:
            # A message whose answer was lost may stand in the chat already: its twin says so.
            resent = row.resent or row.state == CardState.SENDING
            await self._decks.keep(card, resent=resent, delivered_at=hush.now)
        elif not is_over and _is_restless(card, hush.now):
            return
        view = show_card(await self._facts.gather(card, hush.mutes, hush.now))
        shown = _digest(view)
        is_shown = was_heard and row.shown == shown
        if not is_shown and not await self._put(target, card, view, hush):
            return
        if is_over and was_heard:
            await self._reminders.tell_end(target, card, hush)
        end = CardState.FINAL if is_over and not _is_young_digest(card, hush.now) else CardState.LIVE
        await self._decks.keep(card, state=end, shown=shown, edited_at=hush.now)
        if not is_over:
            await self._reminders.remind(target, card, hush)

    async def _put(self, target: AlertTarget, card: Card, view: View, hush: Suppression) -> bool:
        """Edit the card, or send it where there is none; False if Telegram refuses it in every form."""
        row = card.row
        # Until the answer comes nobody knows what the message shows.
        await self._decks.keep(card, state=CardState.SENDING, shown=None)
        try:
            receipt = await self._delivery.edit(target, row.message, view) if row.message else None
            if receipt is None:
                silent = hush.is_quiet(target.chat) or row.family in SILENT
                target = await self._places.locate(target)
                receipt = await self._delivery.send(target, view, silent=silent)
                await self._decks.keep(card, message=receipt.message)
                if row.family not in SILENT:
                    await self._decks.add_news(target.chat, hush.now)
        except (TelegramNetworkError, TelegramServerError) as error:
            if row.message is None and was_never_sent(error):
                await self._decks.keep(card, state=CardState.WAITING)
            raise
        except ChatGone as error:
            await self._decks.keep(card, state=CardState.FAILED, trouble=str(error))
            raise
        except TelegramAPIError as error:
            await self._report(target, card, error.message, hush.now, stands=False)
            await self._decks.keep(card, state=CardState.FAILED)
            return False
        await self._report(target, card, receipt.refusal, hush.now, stands=True)
        return True

    async def _report(
        self, target: AlertTarget, card: Card, refusal: str | None, now: datetime, *, stands: bool
    ) -> None:
        """Tell the administrators, once, what Telegram refuses about a card."""
        if refusal is not None and refusal != card.row.trouble:
            for administrator in self._administrators:
                if may_announce(await self._decks.list_news(administrator.chat, now), now):
                    view = show_refused(target.chat, refusal, stands)
                    try:
                        await self._delivery.mention(administrator, view, silent=stands)
                    except ChatGone as error:
                        _log.error("administrator %s cannot be told: %s", administrator.chat, error)
                    await self._decks.add_news(administrator.chat, now)
        await self._decks.keep(card, trouble=refusal)


def _is_young_digest(card: Card, now: datetime) -> bool:
    """More of the kind may join it still."""
    return card.row.family == MISSED and now - card.row.opened_at < JOIN_FOR


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
