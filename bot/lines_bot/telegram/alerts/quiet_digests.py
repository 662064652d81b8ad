"""What a chat did not hear during its quiet hours, in one message at their end."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from lines_bot.settings import AlertTarget
from lines_bot.store.database import Database
from lines_bot.store.memory import Memory
from lines_bot.store.tables import TimestampRow
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.views.digests import LISTED, render_quiet_over

_QUIET = "quiet "


class QuietDigests:
    """Remembers since when each chat is quiet. A digest whose answer was lost is sent again."""

    def __init__(
        self, database: Database, card_store: CardStore, delivery: Delivery, content: CardContentReader
    ) -> None:
        self._database = database
        self._card_store = card_store
        self._delivery = delivery
        self._content = content
        self._began = Memory(database, self._read)

    async def tell(self, target: AlertTarget, suppression: Suppression) -> None:
        """Note that quiet hours began; when they are over, say what is open and what came and went."""
        name, is_quiet = f"{_QUIET}{target.chat} {target.topic or 0}", suppression.is_quiet(target.chat)
        began = (await self._began.get()).get(name)
        if is_quiet and began is None:
            async with self._database.begin() as session:
                session.add(TimestampRow(name=name, at=suppression.now))
            self._began.forget()
        if is_quiet or began is None:
            return
        told = await self._card_store.list_shown(target, began)
        if incidents := [each for each in told if not suppression.suppresses(each, target.chat)]:
            shown = await self._content.summarize(incidents[:LISTED], suppression)
            view = render_quiet_over(incidents, shown, began, suppression.now)
            is_over = all(each.closed_at is not None for each in incidents)
            await self._delivery.mention(target, view, silent=is_over)
            await self._card_store.record_sent(target.chat, suppression.now)
        async with self._database.begin() as session:
            await session.execute(delete(TimestampRow).where(TimestampRow.name == name))
        self._began.forget()

    async def _read(self) -> Mapping[str, datetime]:
        """Since when each chat that is quiet is so."""
        async with self._database.begin() as session:
            rows = await session.scalars(select(TimestampRow).where(TimestampRow.name.startswith(_QUIET)))
            return {row.name: row.at for row in rows}
