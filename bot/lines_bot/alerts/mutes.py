"""What is muted, and which chats are quiet or in maintenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from lines_bot.alerts.families import list_muting_keys
from lines_bot.store.database import Database
from lines_bot.store.memory import Memory
from lines_bot.store.tables import MuteRow, WindowRow


@dataclass(frozen=True)
class Mute:
    """Nothing new is said about a key; without a time, until it is well."""

    key: str
    until: datetime | None
    person_name: str


def find_mute(key: str, mutes: Mapping[str, Mute]) -> Mute | None:
    """The mute that covers a key: its own, or that of the line it is about."""
    return next((mutes[each] for each in list_muting_keys(key) if each in mutes), None)


class WindowKind(StrEnum):
    QUIET = "quiet"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True)
class Window:
    """`begin` and `end` are minutes of the day in the settings' zone; `until` is a time."""

    chat: int
    kind: WindowKind
    person_name: str
    begin: int | None = None
    end: int | None = None
    until: datetime | None = None

    def covers(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether it is in force."""
        if self.until is not None:
            return now < self.until
        if self.begin is None or self.end is None:
            return False
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


class Mutes:
    """The stored mutes, and the quiet hours and maintenance of chats."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mutes = Memory(database, self._read_mutes)
        self._windows = Memory(database, self._read_windows)

    async def mute(self, key: str, until: datetime | None, person_name: str) -> None:
        """Say nothing new about a key until a time, or with None until it is well."""
        async with self._database.begin() as session:
            await session.merge(MuteRow(key=key, until=until, person_name=person_name))
        self._mutes.forget()

    async def unmute(self, *keys: str) -> bool:
        """End the mutes of these keys; False if there was none."""
        async with self._database.begin() as session:
            rows = (await session.scalars(select(MuteRow).where(MuteRow.key.in_(keys)))).all()
            for row in rows:
                await session.delete(row)
        self._mutes.forget()
        return bool(rows)

    async def list(self, now: datetime) -> Mapping[str, Mute]:
        """The mutes in force, by key."""
        mutes = await self._mutes.get()
        return {key: each for key, each in mutes.items() if each.until is None or each.until > now}

    async def end_until_well(self, keys: "set[str]") -> None:
        """End those of these mutes that have no time."""
        async with self._database.begin() as session:
            await session.execute(delete(MuteRow).where(MuteRow.key.in_(keys), MuteRow.until.is_(None)))
        self._mutes.forget()

    async def set_window(self, window: Window) -> None:
        """Quiet hours or maintenance for a chat; the newer replaces the older of its kind."""
        async with self._database.begin() as session:
            await session.merge(
                WindowRow(
                    chat=window.chat,
                    kind=window.kind,
                    begin=window.begin,
                    end=window.end,
                    until=window.until,
                    person_name=window.person_name,
                )
            )
        self._windows.forget()

    async def end_window(self, chat: int, kind: WindowKind) -> None:
        async with self._database.begin() as session:
            await session.execute(delete(WindowRow).where(WindowRow.chat == chat, WindowRow.kind == kind))
        self._windows.forget()

    async def list_windows(self) -> "tuple[Window, ...]":
        return await self._windows.get()

    async def _read_mutes(self) -> Mapping[str, Mute]:
        async with self._database.begin() as session:
            rows = await session.scalars(select(MuteRow))
            return {row.key: Mute(row.key, row.until, row.person_name) for row in rows}

    async def _read_windows(self) -> "tuple[Window, ...]":
        async with self._database.begin() as session:
            rows = await session.scalars(select(WindowRow))
            return tuple(
                Window(row.chat, WindowKind(row.kind), row.person_name, row.begin, row.end, row.until)
                for row in rows
            )
