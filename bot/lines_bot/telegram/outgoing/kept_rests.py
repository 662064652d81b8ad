"""The chats that Telegram wants left alone, kept over a restart."""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from lines_bot.store.database import Database
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.store.tables import AHEAD, TimestampRow

_log = logging.getLogger(__name__)
_PREFIX = f"{AHEAD}chat may be asked again "


class KeptRests:
    """Times beside the other single ones that the bot must remember."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Mapping[int | str, datetime]:
        """Until when each chat rests, by what was last kept. Raises DatabaseTrouble."""
        async with self._database.begin() as session:
            rows = await session.scalars(select(TimestampRow).where(TimestampRow.name.startswith(_PREFIX)))
            return {int(row.name.removeprefix(_PREFIX)): row.at for row in rows}

    async def keep(self, resting: Mapping[int | str, datetime]) -> None:
        """These rest and no others. Without a memory the next process will be told by Telegram again."""
        try:
            async with self._database.begin() as session:
                await session.execute(delete(TimestampRow).where(TimestampRow.name.startswith(_PREFIX)))
                session.add_all(
                    TimestampRow(name=f"{_PREFIX}{chat}", at=until)
                    for chat, until in resting.items()
                    if isinstance(chat, int)
                )
        except DatabaseTrouble as trouble:
            _log.error("that chats rest is not kept: %s", trouble)
