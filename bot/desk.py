"""The read side: everything a person can look at, as plain rows with short references."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts.observations import channel_key, queue_key
from bot.company import Company, Directory, is_last, waits_since
from bot.lines import (
    Channel,
    ChannelState,
    Client,
    LinesClient,
    LinesError,
    Message,
    Presence,
    Session,
    Unavailable,
    User,
)
from bot.matching import find
from bot.operations import fingerprint
from bot.pages import Page, paginate
from bot.references import Kind, References, UnknownReference
from bot.rows import (
    ShownChannel,
    ShownChannels,
    ShownLine,
    ShownMessage,
    ShownOperator,
    ShownQueue,
    ShownSession,
    ShownTalk,
)

_FRESH = timedelta(seconds=5)
_ALL_MESSAGES = 10_000
EARLIER = 5


@dataclass(frozen=True)
class _Reading:
    company: Company
    trouble: LinesError | None


class Desk:
    """Answers every question of a handler with one call."""

    def __init__(
        self, lines: LinesClient, directory: Directory, references: References, now: Callable[[], datetime]
    ) -> None:
        self._lines = lines
        self._directory = directory
        self._references = references
        self._now = now

    async def list_channels(
        self, text: str = "", state: ChannelState | None = None, page: int = 0
    ) -> ShownChannels:
        """The channels whose name, line or type match. Raises LinesError if nothing was ever read."""
        reading = await self._read()
        channels = sorted(reading.company.channels.values(), key=lambda each: _rank(each, reading.company))
        if text:
            channels = find(text, channels, lambda each: _describe(each, reading.company))
        chosen = [channel for channel in channels if state is None or channel.state == state]
        part = paginate(chosen, page)
        refs = await self._references.shorten(Kind.TEXT, [text]) if text else {}
        return ShownChannels(
            page=part.carry(await self._show_channels(part.items, reading.company)),
            counts=Counter(str(channel.state or "") for channel in channels),
            state=state,
            text=text,
            text_ref=refs.get(text, ""),
            taken_at=reading.company.taken_at,
            trouble=reading.trouble,
        )

    async def list_broken_channels(self) -> Sequence[ShownChannel]:
        """The channels that are not active, those that can be reconnected first."""
        company = await self._directory.read(_FRESH)
        broken = [each for each in company.channels.values() if each.state != ChannelState.ACTIVE]
        broken.sort(key=lambda each: (not each.can_reconnect, _rank(each, company)))
        return await self._show_channels(broken, company)

    async def resolve(self, kind: Kind, short: str) -> str:
        """The id behind a short reference. Raises UnknownReference."""
        return await self._references.resolve(kind, short)

    async def find_channels(self, query: str) -> Sequence[ShownChannel]:
        """What a person may have meant by a name."""
        company = await self._directory.read(_FRESH)
        return await self._show_channels(
            find(query, company.channels.values(), lambda each: each.name or each.id), company
        )

    async def find_keys(self, query: str) -> Mapping[str, str]:
        """The alert keys of the channels and lines meant by a reference or a name, with their names."""
        company = await self._directory.read(_FRESH)
        if query.startswith("#"):
            for kind in (Kind.CHANNEL, Kind.LINE):
                try:
                    found = await self._references.resolve(kind, query)
                except UnknownReference:
                    continue
                key = channel_key(found) if kind is Kind.CHANNEL else queue_key(found)
                return await self.name_keys([key])
            raise UnknownReference(query)
        named = {queue_key(line.id): line.name or line.id for line in company.lines.values()}
        named |= {channel_key(each.id): each.name or each.id for each in company.channels.values()}
        return dict(find(query, named.items(), lambda item: item[1]))

    async def name_keys(self, keys: Iterable[str]) -> dict[str, str]:
        """What the alert keys are about, by name; what Lines does not show goes by its id."""
        company = await self._directory.read(timedelta(minutes=5))
        names = {}
        for key in keys:
            kind, _, own_id = key.partition(":")
            item = company.channels.get(own_id) if kind == "channel" else company.lines.get(own_id)
            names[key] = (item.name if item else None) or own_id
        return names

    async def get_channel(self, channel_id: str) -> ShownChannel:
        """One channel, read now. Raises LinesError, NotFound included."""
        return await self.show_channel(await self._lines.channels.get(channel_id))

    async def show_channel(self, channel: Channel) -> ShownChannel:
        """A channel just read, with its line's name."""
        company = await self._directory.read(timedelta(minutes=5))
        return (await self._show_channels([channel], company))[0]

    async def list_queue(self, line: str | None = None, page: int = 0) -> ShownQueue:
        """Who waits, in all lines or in one (its id)."""
        reading = await self._read()
        company = reading.company
        waiting = [session for session in company.waiting if line is None or session.line == line]
        part = paginate(waiting, page)
        lines = await self._show_lines(company)
        return ShownQueue(
            lines=lines,
            line=next((shown for shown in lines if shown.id == line), None),
            page=part.carry(await self._show_sessions(part.items)),
            taken_at=company.taken_at,
            trouble=reading.trouble,
        )

    async def find_lines(self, query: str) -> Sequence[ShownLine]:
        """The lines a person may have meant."""
        lines = await self._show_lines(await self._directory.read(_FRESH))
        return find(query, lines, lambda line: line.name)

    async def find_sessions(self, query: str) -> Sequence[ShownSession]:
        """The waiting sessions whose client may have been meant, oldest first."""
        company = await self._directory.read(_FRESH)
        shown = await self._show_sessions(company.waiting)
        return find(query, shown, lambda session: session.client)

    async def get_session(self, session_id: str) -> ShownSession:
        """One session, read now. Raises LinesError, NotFound included."""
        return await self.show_session(await self._lines.sessions.get(session_id))

    async def show_session(self, session: Session) -> ShownSession:
        """A session just read, with the names around it."""
        return (await self._show_sessions([session]))[0]

    async def list_operators(self, page: int = 0) -> Page[ShownOperator]:
        """Everyone a session can go to: online first, then who holds the fewest."""
        return paginate(await self._show_operators(), page)

    async def find_operators(self, query: str) -> Sequence[ShownOperator]:
        """The operators a person may have meant."""
        return find(query, await self._show_operators(), lambda operator: operator.name)

    async def read_talk(self, session_id: str, back: int = 0) -> ShownTalk:
        """The last message of a session, or with `back` the five before it, and so on."""
        session = await self._lines.sessions.get(session_id)
        if back == 0:
            last = await session.get_last_message()
            messages, has_earlier = ([last] if last else []), last is not None
        else:
            everything = sorted(
                await session.get_all_messages(size=_ALL_MESSAGES),
                key=lambda message: message.created_at or self._now(),
            )
            end = max(0, len(everything) - 1 - (back - 1) * EARLIER)
            messages, has_earlier = everything[max(0, end - EARLIER) : end], end > EARLIER
        shown = await self.show_session(session)
        return ShownTalk(shown, await self._show_messages(messages), back, has_earlier)

    async def _show_sessions(self, sessions: Sequence[Session]) -> Sequence[ShownSession]:
        """Sessions with the names of their clients, channels, lines and operators."""
        company = await self._directory.read(timedelta(minutes=5))
        clients, users, refs, undoable = await asyncio.gather(
            self._directory.read_clients(each for session in sessions for each in session.clients),
            self._read_users(session.user_id for session in sessions),
            self._references.shorten(Kind.SESSION, [session.id for session in sessions]),
            asyncio.gather(*(self._can_unspam(session, company) for session in sessions)),
        )
        return [
            ShownSession(
                id=session.id,
                ref=refs[session.id],
                client=_name_clients(session, clients),
                channel=(channel.name or channel.id) if channel else session.channel or "",
                channel_type=channel.type if channel else None,
                line=company.name_line(session.line),
                state=session.state,
                operator=_name_user(users, session.user_id),
                since=waits_since(session),
                seen=fingerprint(session),
                is_open=session.obstacle_to_assign() is None,
                spam_obstacle=session.obstacle_to_spam(channel) if channel else None,
                can_unspam=can_unspam,
            )
            for session, can_unspam in zip(sessions, undoable, strict=True)
            for channel in [company.channels.get(session.channel or "")]
        ]

    async def _can_unspam(self, session: Session, company: Company) -> bool:
        channel = company.channels.get(session.channel or "")
        if channel is None or session.obstacle_to_unspam(channel, is_last=True):
            return False
        last = await is_last(self._lines, session)
        return session.obstacle_to_unspam(channel, is_last=last) is None

    async def _read_users(self, ids: Iterable[str | None]) -> Mapping[str, User]:
        """The users, if any is asked for at all."""
        return await self._directory.read_users() if any(ids) else {}

    async def _read(self) -> _Reading:
        """What is true now, or the last known truth beside what keeps it from being read."""
        try:
            return _Reading(await self._directory.read(_FRESH), None)
        except Unavailable as error:
            if self._directory.latest is None:
                raise
            return _Reading(self._directory.latest, error)

    async def _show_channels(self, channels: Sequence[Channel], company: Company) -> Sequence[ShownChannel]:
        refs = await self._references.shorten(Kind.CHANNEL, [channel.id for channel in channels])
        return [
            ShownChannel(
                id=channel.id,
                ref=refs[channel.id],
                name=channel.name or channel.id,
                type=channel.type,
                state=channel.state,
                line=company.name_line(channel.line),
                since=channel.updated_at,
                obstacle=channel.obstacle_to_reconnect(),
            )
            for channel in channels
        ]

    async def _show_lines(self, company: Company) -> Sequence[ShownLine]:
        refs = await self._references.shorten(Kind.LINE, company.lines)
        shown = []
        for line in company.lines.values():
            waiting = [session for session in company.waiting if session.line == line.id]
            oldest = waits_since(waiting[0]) if waiting else None
            shown.append(ShownLine(line.id, refs[line.id], line.name or line.id, len(waiting), oldest))
        return sorted(shown, key=lambda line: (-line.waiting, line.name))

    async def _show_operators(self) -> Sequence[ShownOperator]:
        users, held = await self._directory.read_users(), await self._directory.count_held()
        refs = await self._references.shorten(Kind.OPERATOR, users)
        shown = [
            ShownOperator(
                user.id, refs[user.id], _name_user(users, user.id), user.presence, held.get(user.id, 0)
            )
            for user in users.values()
        ]
        return sorted(shown, key=lambda each: (each.presence == Presence.OFFLINE, each.sessions, each.name))

    async def _show_messages(self, messages: Sequence[Message]) -> Sequence[ShownMessage]:
        clients, users = await asyncio.gather(
            self._directory.read_clients(each.client for each in messages if each.client),
            self._read_users(each.operator for each in messages),
        )
        return [
            ShownMessage(
                author=_name_client(clients.get(message.client or "")) or _name_user(users, message.operator),
                from_client=message.client is not None,
                at=message.created_at,
                text=message.body or "",
                files=[file.name or file.id for file in message.files],
            )
            for message in messages
        ]


def _rank(channel: Channel, company: Company) -> tuple[int, str, str, str]:
    states = [ChannelState.ERROR, ChannelState.DISCONNECTED]
    place = states.index(channel.state) if channel.state in states else len(states)
    if channel.state == ChannelState.ACTIVE:
        place += 1
    return place, company.name_line(channel.line), channel.name or "", channel.id


def _describe(channel: Channel, company: Company) -> str:
    return f"{channel.name} {company.name_line(channel.line)} {channel.type}"


def _name_clients(session: Session, clients: Mapping[str, Client]) -> str:
    names = [_name_client(clients.get(each)) for each in session.clients]
    return ", ".join(filter(None, names)) or session.external_chat_name or session.name or session.id


def _name_client(client: Client | None) -> str:
    return (client.name or client.username or "") if client else ""


def _name_user(users: Mapping[str, User], user_id: str | None) -> str:
    user = users.get(user_id or "")
    return (user.name if user else None) or user_id or ""
