"""Reads the snapshot: everything at first and now and then as the check, in between only what has changed."""

import asyncio
from bisect import insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from math import inf
from operator import sub
from typing import NamedTuple, TypeVar

from lines_bot.clock import Clock
from lines_bot.lines import Channel, ChannelState, Line, LinesClient, LinesError, Session, SessionState

_OVERLAP = timedelta(seconds=60)
_EVERYTHING_EVERY = timedelta(minutes=10)
_MOST_SKEW = timedelta(minutes=5)
_TRIES = 2
_LINE = (Line.f.name, Line.f.updated_at, Line.f.deleted_at)
_CHANNEL = (*_LINE, Channel.f.state, Channel.f.type, Channel.f.line)
_SESSION = (
    *_LINE,
    Session.f.created_at,
    Session.f.state,
    Session.f.line,
    Session.f.channel,
    Session.f.clients,
    Session.f.user_id,
    Session.f.user_group_id,
    Session.f.accepted_at,
    Session.f.external_chat_name,
)

Entry = TypeVar("Entry", Line, Channel)
Item = Line | Channel | Session


@dataclass(frozen=True)
class Queue:
    """How many wait in a line, and since when the first of them."""

    waiting: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Snapshot:
    """One reading: the lines, their channels and who waits, oldest first. Deleted objects are left out.

    What did not change from one reading to the next is the same object in both.
    """

    lines: Mapping[str, Line]
    channels: Mapping[str, Channel]
    waiting: tuple[Session, ...]
    taken_at: datetime

    def seen_again(self, now: datetime) -> "Snapshot":
        """The same at a later time, with everything that was made of it."""
        later = copy(self)
        object.__setattr__(later, "taken_at", now)
        return later

    @cached_property
    def waiting_by_id(self) -> Mapping[str, Session]:
        return {each.id: each for each in self.waiting}

    @cached_property
    def queues(self) -> Mapping[str, Queue]:
        """The queue of each line that has one; those without a line wait under an empty id."""
        oldest: dict[str, datetime] = {}
        for each in self.waiting:
            line, since = each.line or "", waits_since(each)
            if since is not None and (line not in oldest or since < oldest[line]):
                oldest[line] = since
        counts = Counter(each.line or "" for each in self.waiting)
        return {line: Queue(count, oldest.get(line)) for line, count in counts.items()}

    @cached_property
    def troubled(self) -> Sequence[Channel]:
        """The channels that do not work."""
        return [each for each in self.channels.values() if each.state != ChannelState.ACTIVE]

    @cached_property
    def channel_counts(self) -> Mapping[str | None, int]:
        """How many channels each line has."""
        return Counter(channel.line for channel in self.channels.values())

    def name_line(self, line_id: str | None) -> str:
        """The line's name, or its id where Lines does not show that line."""
        line = self.lines.get(line_id or "")
        return (line.name if line else None) or line_id or ""

    def rank(self, channel: Channel) -> tuple[int, str, str, str]:
        """Where a channel stands among others: broken ones first, by line and name."""
        states = [ChannelState.ERROR, ChannelState.DISCONNECTED]
        place = states.index(channel.state) if channel.state in states else len(states)
        if channel.state == ChannelState.ACTIVE:
            place += 1
        return place, self.name_line(channel.line), channel.name or "", channel.id


class Counts(NamedTuple):
    """How many there are, as Lines counts them."""

    waiting: int
    channels: int
    active: int
    lines: int

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Counts":
        channels = len(snapshot.channels)
        return cls(len(snapshot.waiting), channels, channels - len(snapshot.troubled), len(snapshot.lines))


class SnapshotReader:
    """Reads what changed since the reading before, by the times that Lines gives its own changes.

    Each reading counts as well. What does not add up, or was changed without a new time, is found by reading
    everything; `missed_at` tells when that last happened, in monotonic seconds.
    """

    def __init__(self, lines: LinesClient, clock: Clock) -> None:
        self._clock = clock
        self._client = lines
        self._lines = lines.lines.search().only(*_LINE)
        self._channels = lines.channels.search().only(*_CHANNEL)
        self._sessions = lines.sessions.search().only(*_SESSION)
        self._present = self._channels.where(Channel.f.deleted_at.is_null())
        self._queue = self._sessions.where(
            Session.f.deleted_at.is_null(), Session.f.state == SessionState.WAITING
        )
        self._latest: Snapshot | None = None
        self._since: datetime | None = None
        # The time at Lines is at least this, at that monotonic moment.
        self._reached: tuple[datetime, float] | None = None
        self._all_read_at = -inf
        self.missed_at: float | None = None

    async def read(self) -> Snapshot:
        """The company as it is. Raises LinesError."""
        before, since = self._latest, self._since
        if before is None or since is None:
            return await self._read_everything()
        lost: list[tuple[int, ...]] = []
        for _ in range(0 if self._is_check_due() else _TRIES):
            # Between two calls of one request something may happen: then they are asked once more.
            found, told = await self._read_changes(before, since)
            counted = Counts.of(found)
            if told == counted:
                return found
            lost.append(tuple(map(sub, told, counted)))
        found = await self._read_everything()
        is_lost = len(lost) == _TRIES and len(set(lost)) == 1
        if is_lost or await asyncio.to_thread(_has_undated, before, found, since):
            self.missed_at = self._clock.monotonic()
        return found

    def _is_check_due(self) -> bool:
        return self._clock.monotonic() - self._all_read_at >= _EVERYTHING_EVERY.total_seconds()

    async def _read_changes(self, before: Snapshot, since: datetime) -> tuple[Snapshot, Counts]:
        begun = self._clock.monotonic()
        lines, channels, sessions, counted = await asyncio.gather(
            self._lines.where(Line.f.updated_at >= since).all(),
            self._channels.where(Channel.f.updated_at >= since).all(),
            self._sessions.where(Session.f.updated_at >= since).all(),
            self._count(),
        )
        after = Snapshot(
            _merge(before.lines, lines),
            _merge(before.channels, channels),
            _merge_waiting(before, sessions),
            self._clock.now(),
        )
        parts = ("lines", "channels", "waiting")
        if all(getattr(after, part) is getattr(before, part) for part in parts):
            after = before.seen_again(after.taken_at)
        self._keep(after, (each.updated_at for each in chain(lines, channels, sessions)), begun)
        return after, counted

    async def _count(self) -> Counts:
        active = self._present.where(Channel.f.state == ChannelState.ACTIVE)
        there = self._lines.where(Line.f.deleted_at.is_null())
        searches = (self._queue, self._present, active, there)
        return Counts(*await asyncio.gather(*(each.count() for each in searches)))

    async def _read_everything(self) -> Snapshot:
        begun = self._clock.monotonic()
        lines, channels, waiting, told = await asyncio.gather(
            self._lines.where(Line.f.deleted_at.is_null()).all(),
            self._present.all(),
            self._queue.all(),
            self._ask_time(),
        )
        found = Snapshot(
            {line.id: line for line in lines},
            {channel.id: channel for channel in channels},
            tuple(await asyncio.to_thread(sorted, waiting, key=_order)),
            self._clock.now(),
        )
        self._keep(found, (told, *(each.updated_at for each in chain(lines, channels, waiting))), begun)
        self._all_read_at = self._clock.monotonic()
        return found

    async def _ask_time(self) -> datetime | None:
        """The time at Lines; without it, that of the newest change has to do."""
        try:
            return (await self._client.describe()).now
        except LinesError:
            return None

    def _keep(self, found: Snapshot, times: Iterable[datetime | None], begun: float) -> None:
        """Remember the reading, and up to which time at Lines it holds all changes."""
        now = self._clock.monotonic()
        # A time far ahead is none that Lines gave a change.
        latest = self._clock.now() + _MOST_SKEW
        credible = [each for each in times if each and each <= latest]
        if self._reached is not None:
            credible.append(self._reached[0] + timedelta(seconds=now - self._reached[1]))
        if credible:
            self._reached = max(credible), now
            self._since = self._reached[0] - timedelta(seconds=now - begun) - _OVERLAP
        self._latest = found


def waits_since(session: Session) -> datetime | None:
    """When a session joined the queue: its last change of state, else its beginning."""
    return session.accepted_at or session.created_at


def list_missing(before: Snapshot, after: Snapshot) -> Sequence[Session]:
    """Who waits in the one and does not in the other."""
    if before.waiting is after.waiting:
        return []
    return [each for each in before.waiting if each.id not in after.waiting_by_id]


def _order(session: Session) -> tuple[float, str]:
    """By the time in the queue; equal times by id, so that pages stay put."""
    since = waits_since(session)
    return since.timestamp() if since else inf, session.id


def _merge(held: Mapping[str, Entry], changed: Iterable[Entry]) -> Mapping[str, Entry]:
    """What is there after these changes; the very same where they say nothing new."""
    new = {each.id: each for each in changed if held.get(each.id) != each}
    gone = {each.id for each in new.values() if each.deleted_at is not None}
    if not new.keys() - gone and not gone & held.keys():
        return held
    return {each: item for each, item in {**held, **new}.items() if each not in gone}


def _merge_waiting(before: Snapshot, changed: Collection[Session]) -> tuple[Session, ...]:
    """Who waits after these changes; the very same where they say nothing new."""
    if not changed:
        return before.waiting
    held = before.waiting_by_id
    waits = {each.id: each for each in changed if _is_waiting(each)}
    came = [each for each in waits.values() if held.get(each.id) != each]
    moved = {each.id for each in changed if each.id in held and waits.get(each.id) != held[each.id]}
    if not came and not moved:
        return before.waiting
    merged = [each for each in before.waiting if each.id not in moved]
    for each in came:
        insort(merged, each, key=_order)
    return tuple(merged)


def _is_waiting(session: Session) -> bool:
    return session.deleted_at is None and session.state == SessionState.WAITING


def _has_undated(before: Snapshot, after: Snapshot, since: datetime) -> bool:
    """Whether something is new that Lines gave no time since then."""
    known = {each.id: each for each in _list_items(before)}
    return any(
        known.get(each.id) != each and (each.updated_at is None or each.updated_at < since)
        for each in _list_items(after)
    )


def _list_items(snapshot: Snapshot) -> Iterator[Item]:
    return chain(snapshot.lines.values(), snapshot.channels.values(), snapshot.waiting)
