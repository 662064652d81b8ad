"""The read side of channels, lines and operators: plain rows with short references."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from lines_bot.lines import (
    Channel,
    ChannelState,
    LinesClient,
    LinesError,
    NotFound,
    Presence,
    Session,
    Unavailable,
    UserGroup,
)
from lines_bot.lines.enums import OPEN_STATES
from lines_bot.pagination import Page, paginate
from lines_bot.queries.matching import find, find_near
from lines_bot.queries.models import (
    ChannelList,
    ChannelSummary,
    DisconnectPreview,
    GroupSummary,
    LineDetails,
    LineSummary,
    OperatorSummary,
)
from lines_bot.queries.names import name_user
from lines_bot.references import Kind, References
from lines_bot.snapshot import LinesCache, Snapshot, waits_since

_FRESH = timedelta(seconds=5)


@dataclass(frozen=True)
class Reading:
    snapshot: Snapshot
    trouble: LinesError | None


def _is_in(channel: Channel, state: ChannelState | Literal["broken"] | None) -> bool:
    if state == "broken":
        return channel.state != ChannelState.ACTIVE
    return state is None or channel.state == state


class CompanyQueries:
    """Answers every question of a handler with one call."""

    def __init__(self, lines: LinesClient, cache: LinesCache, references: References) -> None:
        self._lines = lines
        self._cache = cache
        self._references = references

    async def list_channels(
        self,
        text: str = "",
        state: ChannelState | Literal["broken"] | None = None,
        page: int = 0,
        *,
        reader: int,
    ) -> ChannelList:
        """The channels whose name, line or type match. Raises LinesError if nothing was ever read.

        `reader`: who may leaf through them, as in `References.ref_of_text`.
        """
        reading = await self.read()
        channels = sorted(reading.snapshot.channels.values(), key=reading.snapshot.rank)
        is_near = False
        if text:
            name = partial(_describe, snapshot=reading.snapshot)
            named = find(text, channels, name)
            is_near, channels = not named, named or find_near(text, channels, name)
        chosen = [channel for channel in channels if _is_in(channel, state)]
        part = paginate(chosen, page)
        return ChannelList(
            page=part.carry(await self._summarize_channels(part.items, reading.snapshot)),
            counts=Counter(str(channel.state or "") for channel in channels),
            state=state,
            text=text,
            text_ref=await self._references.ref_of_text(text, reader),
            is_near=is_near,
            taken_at=reading.snapshot.taken_at,
            trouble=reading.trouble,
        )

    async def list_broken_channels(self) -> Sequence[ChannelSummary]:
        """The channels that are not active, those that can be reconnected first."""
        snapshot = await self._cache.read(_FRESH)
        broken = [each for each in snapshot.channels.values() if each.state != ChannelState.ACTIVE]
        broken.sort(key=lambda each: (not each.can_reconnect, snapshot.rank(each)))
        return await self._summarize_channels(broken, snapshot)

    async def find_channels(self, query: str) -> Sequence[ChannelSummary]:
        """The channels that are called so."""
        snapshot = await self._cache.read(_FRESH)
        return await self._summarize_channels(find(query, snapshot.channels.values(), _name), snapshot)

    async def find_channels_near(self, query: str) -> Sequence[str]:
        """The names of channels that come close, as of `find_near`."""
        channels = (await self._cache.read(_FRESH)).channels.values()
        return [_name(each) for each in find_near(query, channels, _name)]

    async def open_channel(self, short: str) -> ChannelSummary:
        """The channel of a short reference, read now. Raises UnknownReference, and LinesError as always."""
        return await self.get_channel(await self._references.ref_to_id(Kind.CHANNEL, short))

    async def get_channel(self, channel_id: str) -> ChannelSummary:
        """One channel, read now. Raises LinesError, NotFound included."""
        return await self.summarize_channel(await self._lines.channels.get(channel_id))

    async def summarize_channel(self, channel: Channel) -> ChannelSummary:
        """A channel just read, with its line's name."""
        snapshot = await self._cache.read(timedelta(minutes=5))
        return (await self._summarize_channels([channel], snapshot))[0]

    async def find_lines(self, query: str) -> Sequence[LineSummary]:
        """The lines that are called so."""
        lines = await self.summarize_lines(await self._cache.read(_FRESH))
        return find(query, lines, lambda line: line.name)

    async def find_lines_near(self, query: str) -> Sequence[str]:
        """The names of lines that come close, as of `find_near`."""
        lines = (await self._cache.read(_FRESH)).lines.values()
        return find_near(query, [line.name or line.id for line in lines], str)

    async def list_line_cards(self) -> Sequence[LineDetails]:
        """Every line with its channels, queue and operators, those with the longest queue first."""
        snapshot, held, users = await asyncio.gather(
            self._cache.read(_FRESH), self._cache.read_held(), self._cache.read_users()
        )
        cards = []
        for line in await self.summarize_lines(snapshot):
            states = Counter(each.state or "" for each in snapshot.channels.values() if each.line == line.id)
            busy = Counter(name_user(users, each.user_id) for each in held if each.line == line.id)
            cards.append(LineDetails(line, states, busy.most_common()))
        return cards

    async def describe_stop(self, short: str) -> DisconnectPreview:
        """What stops when the channel of a short reference is disconnected. Raises as `open_channel` does."""
        channel_id = await self._references.ref_to_id(Kind.CHANNEL, short)
        channel, opened = await asyncio.gather(
            self._lines.channels.get(channel_id),
            self._lines.sessions.search()
            .where(
                Session.f.deleted_at.is_null(),
                Session.f.channel == channel_id,
                Session.f.state.in_(sorted(OPEN_STATES)),
            )
            .count(),
        )
        stopped = channel.model_copy(update={"state": ChannelState.DISCONNECTED})
        return DisconnectPreview(
            channel=await self.summarize_channel(channel),
            is_active=channel.obstacle_to_disconnect() is None,
            can_return=stopped.can_reconnect,
            open_sessions=opened,
        )

    async def list_active_channels(self, page: int = 0) -> Page[ChannelSummary]:
        """The channels that can be disconnected, by line and name."""
        snapshot = await self._cache.read(_FRESH)
        active = [each for each in snapshot.channels.values() if each.state == ChannelState.ACTIVE]
        part = paginate(sorted(active, key=snapshot.rank), page)
        return part.carry(await self._summarize_channels(part.items, snapshot))

    async def list_operators(self, page: int = 0) -> Page[OperatorSummary]:
        """Everyone a session can go to: online first, then who holds the fewest."""
        return paginate(await self._summarize_operators(), page)

    async def find_operators(self, query: str) -> Sequence[OperatorSummary]:
        """The operators who are called so."""
        return find(query, await self._summarize_operators(), lambda operator: operator.name)

    async def find_operators_near(self, query: str) -> Sequence[str]:
        """The names of operators that come close, as of `find_near`."""
        return find_near(query, [each.name for each in await self._summarize_operators()], str)

    async def open_operator(self, short: str) -> OperatorSummary:
        """The operator of a short reference. Raises UnknownReference, and LinesError as always."""
        return await self.get_operator(await self._references.ref_to_id(Kind.OPERATOR, short))

    async def get_operator(self, user_id: str) -> OperatorSummary:
        """One operator. Raises LinesError, NotFound included."""
        for operator in await self._summarize_operators():
            if operator.id == user_id:
                return operator
        raise NotFound(collection="users", id=user_id)

    async def list_groups(self, page: int = 0) -> Page[GroupSummary]:
        """The groups of operators, by name."""
        return paginate(await self._summarize_groups(await self._read_groups()), page)

    async def open_group(self, short: str) -> GroupSummary:
        """The group of a short reference, read now. Raises UnknownReference, and LinesError as always."""
        group_id = await self._references.ref_to_id(Kind.GROUP, short)
        return (await self._summarize_groups([await self._lines.user_groups.get(group_id)]))[0]

    async def find_groups(self, query: str) -> Sequence[GroupSummary]:
        """The groups that are called so."""
        return find(query, await self._summarize_groups(await self._read_groups()), lambda group: group.name)

    async def find_groups_near(self, query: str) -> Sequence[str]:
        """The names of groups that come close, as of `find_near`."""
        return find_near(query, [group.name or group.id for group in await self._read_groups()], str)

    async def read(self) -> Reading:
        """What is true now, or the last known truth beside what keeps it from being read."""
        try:
            return Reading(await self._cache.read(_FRESH), None)
        except Unavailable as error:
            if self._cache.latest is None:
                raise
            return Reading(self._cache.latest, error)

    async def _summarize_channels(
        self, channels: Sequence[Channel], snapshot: Snapshot
    ) -> Sequence[ChannelSummary]:
        refs = await self._references.ids_to_refs(Kind.CHANNEL, [channel.id for channel in channels])
        return [
            ChannelSummary(
                id=channel.id,
                ref=refs[channel.id],
                name=channel.name or channel.id,
                type=channel.type,
                state=channel.state,
                line=snapshot.name_line(channel.line),
                since=channel.updated_at,
                obstacle=channel.obstacle_to_reconnect(),
            )
            for channel in channels
        ]

    async def summarize_lines(self, snapshot: Snapshot) -> Sequence[LineSummary]:
        refs = await self._references.ids_to_refs(Kind.LINE, snapshot.lines)
        shown = []
        for line in snapshot.lines.values():
            waiting = [session for session in snapshot.waiting if session.line == line.id]
            oldest = waits_since(waiting[0]) if waiting else None
            shown.append(LineSummary(line.id, refs[line.id], line.name or line.id, len(waiting), oldest))
        return sorted(shown, key=lambda line: (-line.waiting, line.name))

    async def _summarize_operators(self) -> Sequence[OperatorSummary]:
        users, held = await self._cache.read_users(), await self._cache.count_held()
        refs = await self._references.ids_to_refs(Kind.OPERATOR, users)
        shown = [
            OperatorSummary(
                user.id, refs[user.id], name_user(users, user.id), user.presence, held.get(user.id, 0)
            )
            for user in users.values()
        ]
        return sorted(shown, key=lambda each: (each.presence == Presence.OFFLINE, each.sessions, each.name))

    async def _read_groups(self) -> Sequence[UserGroup]:
        return await self._lines.user_groups.search().where(UserGroup.f.deleted_at.is_null()).all()

    async def _summarize_groups(self, groups: Sequence[UserGroup]) -> Sequence[GroupSummary]:
        refs = await self._references.ids_to_refs(Kind.GROUP, [group.id for group in groups])
        shown = [GroupSummary(group.id, refs[group.id], group.name or group.id) for group in groups]
        return sorted(shown, key=lambda group: (group.name, group.id))


def _name(channel: Channel) -> str:
    return channel.name or channel.id


def _describe(channel: Channel, snapshot: Snapshot) -> str:
    return f"{channel.name} {snapshot.name_line(channel.line)} {channel.type} {channel.state}"
