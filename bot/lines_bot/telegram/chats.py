"""Where the bot works: the chats of the settings, under the ids they have today."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select, update

from lines_bot.settings import AlertTarget
from lines_bot.store.database import Database
from lines_bot.store.memory import Memory
from lines_bot.store.tables import (
    CardRow,
    LanguageRow,
    MigratedChatRow,
    PrivateAnswersRow,
    SentAlertRow,
    WindowRow,
)


class ChatRegistry:
    """Knows open chats; a group that became a supergroup stays the same place."""

    def __init__(self, database: Database, chats: Collection[int]) -> None:
        self._database = database
        self._chats = frozenset(chats)
        self._moved = Memory(database, self._read_moved)
        self._discreet = Memory(database, self._read_discreet)

    async def is_open(self, chat: int) -> bool:
        """Whether commands work there."""
        moved = await self._moved.get()
        return chat in self._chats or chat in {moved.get(old) for old in self._chats}

    async def is_discreet(self, chat: int) -> bool:
        """Whether talks with clients are answered there to the asker alone."""
        return chat in await self._discreet.get()

    async def make_discreet(self, chat: int, discreet: bool, person_name: str) -> None:
        """Answer talks to the asker alone, or to the whole chat again."""
        async with self._database.begin() as session:
            await session.execute(delete(PrivateAnswersRow).where(PrivateAnswersRow.chat == chat))
            if discreet:
                session.add(PrivateAnswersRow(chat=chat, person_name=person_name))
        self._discreet.forget()

    async def locate(self, target: AlertTarget) -> AlertTarget:
        """The target under its present id."""
        return AlertTarget((await self._moved.get()).get(target.chat, target.chat), target.topic)

    async def move(self, old: int, new: int) -> None:
        """Remember a chat's new id; what was set for it is set there."""
        async with self._database.begin() as session:
            await session.merge(MigratedChatRow(old=old, new=new))
            for table in (PrivateAnswersRow, LanguageRow, WindowRow, SentAlertRow):
                await session.execute(update(table).where(table.chat == old).values(chat=new))
            # The messages stayed behind in the old group, where nobody can edit them.
            await session.execute(update(CardRow).where(CardRow.chat == old).values(chat=new, message=None))
        self._database.forget()

    async def _read_moved(self) -> Mapping[int, int]:
        async with self._database.begin() as session:
            return {row.old: row.new for row in await session.scalars(select(MigratedChatRow))}

    async def _read_discreet(self) -> frozenset[int]:
        async with self._database.begin() as session:
            return frozenset(await session.scalars(select(PrivateAnswersRow.chat)))
