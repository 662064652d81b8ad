"""What clients and operators wrote. Whoever reads it is on record."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from lines_bot.clock import Clock
from lines_bot.lines import LinesClient, Message, Session, UserGroup
from lines_bot.operations.ledger import Ledger, Verb
from lines_bot.pagination import paginate
from lines_bot.people import ChatContext, Person
from lines_bot.queries.models import History, LastMessages, MessageSummary, SessionDetails, SessionSummary
from lines_bot.queries.names import name_client, name_user
from lines_bot.queries.sessions import SessionQueries
from lines_bot.snapshot import LinesCache

EARLIER = 5
HISTORY_PAGE = 10


class Transcripts:
    """Every method raises LinesError, NotFound included."""

    def __init__(
        self,
        lines: LinesClient,
        cache: LinesCache,
        sessions: SessionQueries,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._lines = lines
        self._cache = cache
        self._sessions = sessions
        self._ledger = ledger
        self._clock = clock

    async def read_last(self, session_id: str, back: int, by: Person, context: ChatContext) -> LastMessages:
        """The last message of a session, or with `back` the five before it, and so on."""
        session = await self._open(session_id, Verb.READ, by, context)
        if back == 0:
            last = await session.get_last_message()
            messages: Sequence[Message] = [last] if last else []
            has_earlier = last is not None
        else:
            everything = await self._read_all(session)
            end = max(0, len(everything) - 1 - (back - 1) * EARLIER)
            messages, has_earlier = everything[max(0, end - EARLIER) : end], end > EARLIER
        shown = await self._sessions.summarize(session)
        return LastMessages(shown, await self._summarize(messages), back, has_earlier)

    async def read_history(
        self, session_id: str, number: int, newest_first: bool, by: Person, context: ChatContext
    ) -> History:
        """Ten messages of a session."""
        session = await self._open(session_id, Verb.READ, by, context)
        everything = await self._read_all(session)
        page = paginate(everything[::-1] if newest_first else everything, number, HISTORY_PAGE)
        shown = await self._sessions.summarize(session)
        return History(shown, page.carry(await self._summarize(page.items)), newest_first)

    async def export(
        self, session_id: str, by: Person, context: ChatContext
    ) -> tuple[SessionSummary, Sequence[MessageSummary]]:
        """Everything that was said in a session, oldest first."""
        session = await self._open(session_id, Verb.EXPORT, by, context)
        messages = await self._summarize(await self._read_all(session))
        return await self._sessions.summarize(session), messages

    async def open_card(self, session_id: str, by: Person, context: ChatContext) -> SessionDetails:
        """Everything about a session, its last message included."""
        session, last, _snapshot = await asyncio.gather(
            self._sessions.read(session_id),
            self._lines.sessions.get_last_message(session_id),
            self._cache.read(timedelta(minutes=5)),
        )
        shown, messages, group = await asyncio.gather(
            self._sessions.summarize(session),
            self._summarize([last] if last else []),
            self._name_group(session),
        )
        await self._ledger.record(Verb.READ, session_id, by, context)
        return SessionDetails(
            session=shown,
            priority=session.priority,
            group=group,
            created_at=session.created_at,
            accepted_at=session.accepted_at,
            last_activity_at=session.last_activity_at,
            closed_at=session.closed_at,
            apps=[f"{item.namespace}/{item.code}/{item.id}" for item in session.apps],
            last=messages[0] if messages else None,
        )

    async def _open(self, session_id: str, verb: Verb, by: Person, context: ChatContext) -> Session:
        session = await self._sessions.read(session_id)
        await self._ledger.record(verb, session_id, by, context)
        return session

    async def _name_group(self, session: Session) -> str:
        if session.user_group_id is None:
            return ""
        search = self._lines.user_groups.search().where(UserGroup.f.id == session.user_group_id)
        group = await search.first()
        return (group.name if group else None) or session.user_group_id

    async def _read_all(self, session: Session) -> Sequence[Message]:
        messages = await session.read_conversation()
        return sorted(messages, key=lambda message: message.created_at or self._clock.now())

    async def _summarize(self, messages: Sequence[Message]) -> Sequence[MessageSummary]:
        clients, users = await asyncio.gather(
            self._cache.read_clients(each.client for each in messages if each.client),
            self._cache.read_users(),
        )
        return [
            MessageSummary(
                author=name_client(clients.get(message.client or "")) or name_user(users, message.operator),
                from_client=message.client is not None,
                at=message.created_at,
                text=message.body or "",
                files=[file.name or file.id for file in message.files],
            )
            for message in messages
        ]
