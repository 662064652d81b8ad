"""What Lines says of the snapshot: one reading for everyone who asks in the same few seconds."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from math import inf

from lines_bot.clock import Clock
from lines_bot.lines import Client, LinesClient, Session, SessionState, User
from lines_bot.lines.sharing import SharedRead
from lines_bot.snapshot_reader import Queue, Snapshot, SnapshotReader, list_missing, waits_since

__all__ = ["LinesCache", "Queue", "Snapshot", "is_last", "list_missing", "waits_since"]

_USERS_AGE = timedelta(minutes=2)
_MOST_CLIENTS = 20_000


class LinesCache:
    """Reads Lines for the product, sparing the quota of requests."""

    def __init__(self, lines: LinesClient, clock: Clock) -> None:
        self._lines = lines
        self._clock = clock
        self._reader = SnapshotReader(lines, clock)
        self._reading: asyncio.Task[Snapshot] | None = None
        self._clients: dict[str, Client] = {}
        self._users: Mapping[str, User] = {}
        self._users_at = -inf
        self._read_users = SharedRead(self._read_users_now)
        self._read_at = -inf
        self.latest: Snapshot | None = None

    async def read(self, max_age: timedelta) -> Snapshot:
        """The company as it is, or as it was at most `max_age` ago. Raises LinesError.

        Lines that is known to be down is asked again only by who wants it as it is.
        """
        if self.latest is not None and self.age < max_age:
            return self.latest
        if not max_age:
            await self._lines.probe()
        elif trouble := self._lines.trouble:
            raise trouble
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._forget_reading)
        return await asyncio.shield(self._reading)

    @property
    def age(self) -> timedelta:
        """How old the newest reading is (there must be one), however the time of day was set since."""
        return timedelta(seconds=self._clock.monotonic() - self._read_at)

    def measure_missed_age(self) -> timedelta | None:
        """How long ago a change was seen that Lines had not dated; None if there was none."""
        missed_at = self._reader.missed_at
        return None if missed_at is None else timedelta(seconds=self._clock.monotonic() - missed_at)

    async def read_users(self) -> Mapping[str, User]:
        """The platform's users by id, at most two minutes old. Raises LinesError."""
        if self._clock.monotonic() - self._users_at >= _USERS_AGE.total_seconds():
            return await self._read_users()
        return self._users

    async def read_clients(self, ids: Iterable[str]) -> Mapping[str, Client]:
        """The clients of these ids; names hardly change, so each is read once. Raises LinesError."""
        wanted = set(ids)
        if missing := wanted - self._clients.keys():
            if len(self._clients) > _MOST_CLIENTS:
                self._clients.clear()
                missing = wanted
            self._clients.update(await self._lines.clients.find(missing))
        return self.recall_clients(wanted)

    def recall_clients(self, ids: Iterable[str]) -> Mapping[str, Client]:
        """Those of them that were read before."""
        return {each: self._clients[each] for each in ids if each in self._clients}

    def recall_users(self) -> Mapping[str, User]:
        """The users as they were last read, however long ago."""
        return self._users

    async def count_held(self) -> Mapping[str, int]:
        """How many sessions each operator holds now. Raises LinesError."""
        return Counter(session.user_id for session in await self.read_held() if session.user_id)

    async def read_held(self) -> Sequence[Session]:
        """The sessions that operators hold now. Raises LinesError."""
        return (
            await self._lines.sessions.search()
            .where(Session.f.deleted_at.is_null(), Session.f.state == SessionState.ASSIGNED_TO_OPERATOR)
            .all()
        )

    async def _read_users_now(self) -> Mapping[str, User]:
        users = await self._lines.users.search().where(User.f.deleted_at.is_null()).all()
        self._users, self._users_at = {user.id: user for user in users}, self._clock.monotonic()
        return self._users

    async def _read(self) -> Snapshot:
        self.latest = await self._reader.read()
        self._read_at = self._clock.monotonic()
        return self.latest

    def _forget_reading(self, reading: asyncio.Task[Snapshot]) -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()


async def is_last(lines: LinesClient, session: Session) -> bool:
    """Whether the session's client has no later one, as Lines sees it now. Raises LinesError."""
    if not session.clients:
        return True
    newest = (
        await lines.sessions.search()
        .where(Session.f.deleted_at.is_null(), Session.f.clients.has(session.clients[0]))
        .sort(Session.f.created_at, ascending=False)
        .first()
    )
    return newest is None or newest.id == session.id
