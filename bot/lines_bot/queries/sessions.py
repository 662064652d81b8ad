"""The read side of sessions: who waits, what a search finds, and one of them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import reduce
from operator import and_, or_

from lines_bot.clock import Clock
from lines_bot.lines import Client, Filter, LinesClient, NotFound, Session, SessionState, User
from lines_bot.operations.operations import fingerprint
from lines_bot.pagination import PAGE_SIZE, Page, paginate
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.matching import find, find_near, is_same
from lines_bot.queries.models import QueueSummary, SessionList, SessionSummary
from lines_bot.queries.names import name_client, name_clients, name_user
from lines_bot.queries.privacy import mask_contacts
from lines_bot.queries.search import Part, quote, read_search
from lines_bot.references import Kind, References
from lines_bot.snapshot import LinesCache, Snapshot, is_last, waits_since
from lines_bot.spelling import list_forms, spell, split_into_pieces

_FRESH = timedelta(seconds=5)
_MOST_CLIENTS = 50
_MOST_READ = 200
_MOST_FOUND = 20
# The contract takes 1,000 values in a filter.
_MOST_NAMED = 900
_MOST_PIECES, _MOST_FORMS = 8, 24


class SessionQueries:
    """Answers every question of a handler about sessions with one call. Raises LinesError."""

    def __init__(
        self,
        lines: LinesClient,
        cache: LinesCache,
        references: References,
        company: CompanyQueries,
        clock: Clock,
    ) -> None:
        self._lines = lines
        self._cache = cache
        self._references = references
        self._company = company
        self._clock = clock

    async def resolve(self, short: str) -> str:
        """The id behind a session's short reference. Raises UnknownReference."""
        return await self._references.ref_to_id(Kind.SESSION, short)

    async def open(self, short: str) -> SessionSummary:
        """The session of a short reference, read now. Raises UnknownReference, and LinesError as always."""
        return await self.get(await self.resolve(short))

    async def get(self, session_id: str) -> SessionSummary:
        """One session, read now. Raises NotFound too."""
        return await self.summarize(await self.read(session_id))

    async def read(self, session_id: str) -> Session:
        """One session, read now together with those that others ask for. Raises NotFound too."""
        session = (await self._lines.sessions.find([session_id])).get(session_id)
        if session is None or session.deleted_at is not None:
            raise NotFound(collection=Session.collection, id=session_id)
        return session

    async def summarize(self, session: Session) -> SessionSummary:
        """A session just read, with the names around it."""
        return (await self._summarize([session]))[0]

    async def list_queue(self, line: str = "", page: int = 0) -> QueueSummary:
        """Who waits, in all lines or in that of a short reference. Raises UnknownReference too."""
        only = await self._references.ref_to_id(Kind.LINE, line) if line else None
        reading = await self._company.read()
        snapshot = reading.snapshot
        waiting = [session for session in snapshot.waiting if only is None or session.line == only]
        part = paginate(waiting, page)
        lines, shown = await asyncio.gather(
            self._company.summarize_lines(snapshot),
            self._summarize(part.items, snapshot if reading.trouble else None),
        )
        return QueueSummary(
            lines=lines,
            line=next((line for line in lines if line.id == only), None),
            page=part.carry(shown),
            taken_at=snapshot.taken_at,
            trouble=reading.trouble,
        )

    async def list_states(self, states: Collection[SessionState], page: int = 0) -> Page[SessionSummary]:
        """The sessions in any of these states, newest first."""
        return await self._list(Session.f.state.in_(sorted(states)), page)

    async def list_of_client(self, client_id: str) -> Page[SessionSummary]:
        """The newest sessions of one client."""
        return await self._list(Session.f.clients.has(client_id), 0)

    async def find_waiting(self, query: str) -> Sequence[SessionSummary]:
        """The waiting sessions whose client is called so, oldest first."""
        return find(query, await self._list_waiting(), lambda session: session.client)

    async def find_waiting_near(self, query: str) -> Sequence[SessionSummary]:
        """The waiting sessions whose client's name comes close: to be asked about."""
        return find_near(query, await self._list_waiting(), lambda session: session.client)

    async def find(self, query: str, states: Collection[SessionState]) -> Sequence[SessionSummary]:
        """The sessions in these states whose client is called so: those who wait before the others."""
        if SessionState.WAITING in states and (waiting := await self.find_waiting(query)):
            return waiting
        clients = await self._find_clients(query)
        if not clients:
            return []
        return (await self._list(Session.f.state.in_(sorted(states)) & clients[0], 0, _MOST_FOUND)).items

    async def search(self, text: str, page: int = 0, *, by_contacts: bool, reader: int) -> SessionList:
        """What `read_search` reads from the text, newest first; the very name of something comes first.

        Unless `by_contacts`, clients are found only by what is left of their names when those are masked:
        a hit would confirm a hidden number digit by digit. `reader`: who may leaf through them, as in
        `References.ref_of_text`.
        """
        search = read_search(text)
        if search.guessed and await self._is_name(text):
            search = read_search(quote(text))
        conditions = [Session.f.state.in_(sorted(search.states))] if search.states else []
        if search.older is not None:
            conditions.append(Session.f.created_at <= self._clock.now() - search.older)
        asked: list[tuple[str, Sequence[Part]]] = [(value, [part]) for part, value in search.parts.items()]
        if search.text:
            asked.append((search.text, ["client", "line", "channel", "operator"]))
        for value, parts in asked:
            conditions.append(await self._match(value, parts, by_contacts))
        found = await self._list(_join(conditions), page)
        refs = await self._references.refs_of_texts([text, quote(search.guessed)], reader)
        literally = refs[quote(search.guessed)] if search.guessed else ""
        return SessionList(found, text, refs.get(text, ""), search.guessed, literally)

    async def name(self, ids: Collection[str]) -> Mapping[str, str]:
        """The clients' names of these sessions."""
        if not ids:
            return {}
        sessions = (
            await self._lines.sessions.search().where(Session.f.id.in_(sorted(ids)[:_MOST_NAMED])).all()
        )
        clients = await self._cache.read_clients(each for session in sessions for each in session.clients)
        return {session.id: name_clients(session, clients) for session in sessions}

    async def _list_waiting(self) -> Sequence[SessionSummary]:
        return await self._summarize((await self._cache.read(_FRESH)).waiting)

    async def _is_name(self, text: str) -> bool:
        """Whether a line, a channel or an operator is called so."""
        snapshot, users = await asyncio.gather(self._cache.read(_FRESH), self._cache.read_users())
        named = [*snapshot.lines.values(), *snapshot.channels.values(), *users.values()]
        return any(is_same(text, each.name or "") for each in named)

    async def _match(self, value: str, parts: Sequence[Part], by_contacts: bool) -> Filter:
        """Sessions in which one of the parts is called so, or else comes close to it."""
        snapshot, users = await asyncio.gather(self._cache.read(_FRESH), self._cache.read_users())
        clients = await self._find_clients(value, by_contacts) if "client" in parts else []
        for look in (find, find_near):
            found = list(clients)
            if "line" in parts:
                lines = look(value, snapshot.lines.values(), lambda line: line.name or "")
                found += [Session.f.line.in_(lines)] if lines else []
            if "channel" in parts:
                channels = look(value, snapshot.channels.values(), lambda channel: channel.name or "")
                found += [Session.f.channel.in_(channels)] if channels else []
            if "operator" in parts:
                operators = look(value, users.values(), lambda user: user.name or "")
                found += [Session.f.user_id.in_(operators)] if operators else []
            if found:
                return _join_either(found)
        return Session.f.id.in_([])

    async def _find_clients(self, query: str, by_contacts: bool = True) -> Sequence[Filter]:
        """Sessions of the clients whose name or account contains this, in either keyboard layout."""
        named = match_client(query)
        if named is None:
            return []
        clients = (
            await self._lines.clients.search()
            .where(Client.f.deleted_at.is_null(), named)
            .sort(Client.f.created_at, ascending=False)
            .size(_MOST_READ)
            .all()
        )
        shown = [
            client
            for client in clients
            for name in [name_client(client) if by_contacts else mask_contacts(name_client(client))]
            if find(query, [name, client.username or ""] if by_contacts else [name], str)
        ][:_MOST_CLIENTS]
        return [_join_either([Session.f.clients.has(each) for each in shown])] if shown else []

    async def _list(self, condition: Filter, number: int, size: int = PAGE_SIZE) -> Page[SessionSummary]:
        search = self._lines.sessions.search().where(Session.f.deleted_at.is_null(), condition)
        search, number = search.sort(Session.f.created_at, ascending=False), max(number, 0)
        total, sessions = await asyncio.gather(search.count(), search.offset(number * size).size(size).all())
        pages = max(1, -(-total // size))
        if not sessions and number > pages - 1:
            return await self._list(condition, pages - 1, size)
        return Page(await self._summarize(sessions), number, pages, total, number * size + 1)

    async def _summarize(
        self, sessions: Sequence[Session], last: Snapshot | None = None
    ) -> Sequence[SessionSummary]:
        """Sessions with the names of their clients, channels, lines and operators.

        `last`: Lines cannot be read now, and what was known at this reading has to do.
        """
        snapshot = last or await self._cache.read(timedelta(minutes=5))
        (clients, users), refs, undoable = await asyncio.gather(
            self._read_names({each for session in sessions for each in session.clients}, last),
            self._references.ids_to_refs(Kind.SESSION, [session.id for session in sessions]),
            asyncio.gather(*(self._can_unspam(session, snapshot) for session in sessions)),
        )
        return [
            SessionSummary(
                id=session.id,
                ref=refs[session.id],
                client=name_clients(session, clients),
                channel=(channel.name or channel.id) if channel else session.channel or "",
                channel_type=channel.type if channel else None,
                line=snapshot.name_line(session.line),
                state=session.state,
                operator=name_user(users, session.user_id),
                since=waits_since(session),
                seen=fingerprint(session),
                is_open=session.obstacle_to_assign() is None,
                spam_obstacle=session.obstacle_to_spam(channel) if channel else None,
                can_unspam=can_unspam,
            )
            for session, can_unspam in zip(sessions, undoable, strict=True)
            for channel in [snapshot.channels.get(session.channel or "")]
        ]

    async def _read_names(
        self, clients: Collection[str], last: Snapshot | None
    ) -> tuple[Mapping[str, Client], Mapping[str, User]]:
        if last is not None:
            return self._cache.recall_clients(clients), self._cache.recall_users()
        return await asyncio.gather(self._cache.read_clients(clients), self._cache.read_users())

    async def _can_unspam(self, session: Session, snapshot: Snapshot) -> bool:
        channel = snapshot.channels.get(session.channel or "")
        if channel is None or session.obstacle_to_unspam(channel, is_last=True):
            return False
        last = await is_last(self._lines, session)
        return session.obstacle_to_unspam(channel, is_last=last) is None


def match_client(query: str) -> Filter | None:
    """Clients whose name or account has every piece of this, however it is stored; None if it has none.

    The platform compares letters as they are, so each piece is asked for in all its forms.
    """
    readings = [
        _join(
            [_join_either([field.like(form) for form in list_forms(piece)[:_MOST_FORMS]]) for piece in pieces]
        )
        for spelling in dict.fromkeys(spell(query))
        if (pieces := split_into_pieces(spelling)[:_MOST_PIECES])
        for field in (Client.f.name, Client.f.username)
    ]
    return _join_either(readings) if readings else None


def _join(conditions: Sequence[Filter]) -> Filter:
    return reduce(and_, conditions)


def _join_either(conditions: Sequence[Filter]) -> Filter:
    return reduce(or_, conditions)
