"""What can be said to clients: into a session, or first, by new_session one."""

import asyncio
from dataclasses import dataclass, replace

from lines_bot.lines import (
    Channel,
    Client,
    LinesClient,
    Message,
    OpenSessionExists,
    OperatorOffline,
    Presence,
    Refused,
    Session,
)
from lines_bot.lines.enums import OPEN_STATES
from lines_bot.operations.current_user import CurrentUser
from lines_bot.operations.executor import Operation
from lines_bot.operations.ledger import Verb
from lines_bot.people import Action


@dataclass(frozen=True)
class Conversation:
    """A session and everything said in it."""

    session: Session
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class NewSession:
    """A channel, and the open session with one account in it, once there is one."""

    channel: Channel
    session: Session | None


class MessageOperations:
    def __init__(self, lines: LinesClient, current_user: CurrentUser) -> None:
        self._lines = lines
        self._current_user = current_user

    def say(self, session_id: str, text: str) -> Operation[Conversation]:
        """A message has no state of its own: one more of the same shows that it was sent."""

        def count(conversation: Conversation) -> int:
            return sum(message.body == text and message.client is None for message in conversation.messages)

        async def read() -> Conversation:
            session = await self._lines.sessions.get(session_id)
            return Conversation(session, tuple(await session.read_conversation()))

        async def call(conversation: Conversation) -> Conversation:
            message = await conversation.session.send_system_message(text)
            return (
                replace(conversation, messages=(*conversation.messages, message)) if message else conversation
            )

        async def find_obstacle(_conversation: Conversation) -> None:
            return None

        return Operation(
            verb=Verb.SAY,
            action=Action.WRITE,
            object_id=session_id,
            argument=text,
            read=read,
            is_done=lambda conversation, before: (
                count(conversation) > before.get("count", len(conversation.messages))
            ),
            obstacle=find_obstacle,
            call=call,
            remember=lambda conversation: {"count": count(conversation)},
            by_asker=True,
        )

    def create(self, channel_id: str, account: str) -> Operation[NewSession]:
        async def read() -> NewSession:
            channel, clients = await asyncio.gather(
                self._lines.channels.get(channel_id),
                self._lines.clients.search()
                .where(
                    Client.f.deleted_at.is_null(),
                    Client.f.channel == channel_id,
                    Client.f.username == account,
                )
                .all(),
            )
            if not clients:
                return NewSession(channel, None)
            is_open = Session.f.deleted_at.is_null() & Session.f.state.in_(sorted(OPEN_STATES))
            theirs = Session.f.clients.has(clients[0])
            return NewSession(channel, await self._lines.sessions.search().where(is_open, theirs).first())

        async def find_obstacle(new_session: NewSession) -> Refused | None:
            if obstacle := new_session.channel.obstacle_to_disconnect():
                return obstacle
            if new_session.session is not None:
                return OpenSessionExists(session=new_session.session.id)
            current_user = await self._current_user.read()
            user = await self._lines.users.get(current_user) if current_user else None
            return OperatorOffline() if user and user.presence == Presence.OFFLINE else None

        async def call(new_session: NewSession) -> NewSession:
            return replace(new_session, session=await self._lines.sessions.create(channel_id, account))

        return Operation(
            verb=Verb.CREATE,
            action=Action.WRITE,
            object_id=channel_id,
            argument=account,
            read=read,
            is_done=lambda new_session, _before: new_session.session is not None,
            obstacle=find_obstacle,
            call=call,
        )
