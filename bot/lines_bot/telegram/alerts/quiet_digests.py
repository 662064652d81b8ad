"""What a chat did not hear during its quiet hours, in one message at their end."""

from sqlalchemy import delete

from lines_bot.settings import AlertTarget
from lines_bot.store.database import Database
from lines_bot.store.tables import TimestampRow
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.views.digests import LISTED, render_quiet_over


class QuietDigests:
    """Remembers since when each chat is quiet. A digest whose answer was lost is sent again."""

    def __init__(
        self, database: Database, card_store: CardStore, delivery: Delivery, content: CardContentReader
    ) -> None:
        self._database = database
        self._card_store = card_store
        self._delivery = delivery
        self._content = content

    async def tell(self, target: AlertTarget, suppression: Suppression) -> None:
        """Note that quiet hours began; when they are over, say what is open and what came and went."""
        name, is_quiet = f"quiet {target.chat} {target.topic or 0}", suppression.is_quiet(target.chat)
        async with self._database.begin() as session:
            began = await session.get(TimestampRow, name)
            if is_quiet and began is None:
                session.add(TimestampRow(name=name, at=suppression.now))
        if is_quiet or began is None:
            return
        told = await self._card_store.list_shown(target, began.at)
        if incidents := [each for each in told if not suppression.suppresses(each, target.chat)]:
            shown = [await self._content.summarize(each, suppression) for each in incidents[:LISTED]]
            view = render_quiet_over(incidents, shown, began.at, suppression.now)
            is_over = all(each.closed_at is not None for each in incidents)
            await self._delivery.mention(target, view, silent=is_over)
            await self._card_store.record_sent(target.chat, suppression.now)
        async with self._database.begin() as session:
            await session.execute(delete(TimestampRow).where(TimestampRow.name == name))
