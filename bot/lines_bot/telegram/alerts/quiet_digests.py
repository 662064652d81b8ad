"""What a chat did not hear during its quiet hours, in one message at their end."""

from sqlalchemy import delete

from lines_bot.settings import AlertTarget
from lines_bot.store.database import Database
from lines_bot.store.tables import TimestampRow
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.views.digests import LISTED, show_quiet_over


class QuietDigests:
    """Remembers since when each chat is quiet. A digest whose answer was lost is sent again."""

    def __init__(
        self, database: Database, decks: CardStore, delivery: Delivery, facts: CardContentReader
    ) -> None:
        self._database = database
        self._decks = decks
        self._delivery = delivery
        self._facts = facts

    async def tell(self, target: AlertTarget, hush: Suppression) -> None:
        """Note that quiet hours began; when they are over, say what is open and what came and went."""
        name, is_quiet = f"quiet {target.chat} {target.topic or 0}", hush.is_quiet(target.chat)
        async with self._database.begin() as session:
            began = await session.get(TimestampRow, name)
            if is_quiet and began is None:
                session.add(TimestampRow(name=name, at=hush.now))
        if is_quiet or began is None:
            return
        told = await self._decks.list_told(target, began.at)
        if incidents := [each for each in told if not hush.hides(each, target.chat)]:
            shown = [await self._facts.show(each, hush.mutes, hush.now) for each in incidents[:LISTED]]
            view = show_quiet_over(incidents, shown, began.at, hush.now)
            is_over = all(each.closed_at is not None for each in incidents)
            await self._delivery.mention(target, view, silent=is_over)
            await self._decks.add_news(target.chat, hush.now)
        async with self._database.begin() as session:
            await session.execute(delete(TimestampRow).where(TimestampRow.name == name))
