"""What can be done to sessions."""

import zlib
from collections.abc import Awaitable, Callable

from lines_bot.lines import (
    LinesClient,
    NotAssignee,
    OperatorOffline,
    Presence,
    Refused,
    Session,
    SessionState,
)
from lines_bot.operations.current_user import CurrentUser
from lines_bot.operations.executor import Operation
from lines_bot.operations.ledger import Before, Verb
from lines_bot.people import Action
from lines_bot.snapshot import is_last


def fingerprint(session: Session) -> str:
    """What a button remembers of the session it shows; it differs once the session has moved on."""
    shown = f"{session.state}|{session.user_id}|{session.user_group_id}|{session.accepted_at}"
    return format(zlib.crc32(shown.encode()) & 0xFFFF, "04x")


class SessionOperations:
    """`seen`, where taken, is the fingerprint of the session on the pressed button."""

    def __init__(self, lines: LinesClient, current_user: CurrentUser) -> None:
        self._lines = lines
        self._current_user = current_user

    def assign(self, session_id: str, operator_id: str, seen: str | None = None) -> Operation[Session]:
        async def find_obstacle(session: Session) -> Refused | None:
            if obstacle := session.obstacle_to_assign():
                return obstacle
            operator = await self._lines.users.get(operator_id)
            return OperatorOffline() if operator.presence == Presence.OFFLINE else None

        return self._move(
            Verb.ASSIGN,
            session_id,
            operator_id,
            is_done=lambda session: (
                session.state == SessionState.ASSIGNED_TO_OPERATOR and session.user_id == operator_id
            ),
            obstacle=find_obstacle,
            call=lambda session: session.assign_to_operator(operator_id),
            seen=seen,
        )

    def assign_to_group(self, session_id: str, group_id: str, seen: str | None = None) -> Operation[Session]:
        return self._move(
            Verb.ASSIGN_TO_GROUP,
            session_id,
            group_id,
            is_done=lambda session: (
                session.state == SessionState.WAITING and session.user_group_id == group_id
            ),
            obstacle=_find_obstacle_to_assign,
            call=lambda session: session.assign_to_operator_group(group_id),
            seen=seen,
        )

    def assign_to_bot(
        self, session_id: str, seen: str | None = None, *, silent: bool = False
    ) -> Operation[Session]:
        return self._move(
            Verb.ASSIGN_TO_BOT,
            session_id,
            None,
            is_done=lambda session: session.state == SessionState.ASSIGNED_TO_BOT,
            obstacle=_find_obstacle_to_assign,
            call=lambda session: session.assign_to_bot(silent=silent),
            seen=seen,
        )

    def close(self, session_id: str) -> Operation[Session]:
        async def find_obstacle(session: Session) -> Refused | None:
            if obstacle := session.obstacle_to_close():
                return obstacle
            current_user = await self._current_user.read()
            is_ours = session.state == SessionState.ASSIGNED_TO_BOT or session.user_id == current_user
            return None if current_user is None or is_ours else NotAssignee()

        return Operation(
            verb=Verb.CLOSE,
            action=Action.CLOSE,
            object_id=session_id,
            argument=None,
            read=lambda: self._lines.sessions.get(session_id),
            is_done=lambda session, _before: session.state == SessionState.CLOSED,
            obstacle=find_obstacle,
            call=lambda session: session.close(),
        )

    def mark_as_spam(self, session_id: str) -> Operation[Session]:
        async def find_obstacle(session: Session) -> Refused | None:
            if session.channel is None:
                return None
            return session.obstacle_to_spam(await self._lines.channels.get(session.channel))

        return Operation(
            verb=Verb.MARK_AS_SPAM,
            action=Action.SPAM,
            object_id=session_id,
            argument=None,
            read=lambda: self._lines.sessions.get(session_id),
            is_done=lambda session, _before: session.state == SessionState.MARKED_AS_SPAM,
            obstacle=find_obstacle,
            call=lambda session: session.mark_as_spam(),
        )

    def unmark_as_spam(self, session_id: str) -> Operation[Session]:
        async def find_obstacle(session: Session) -> Refused | None:
            if session.channel is None:
                return None
            channel = await self._lines.channels.get(session.channel)
            return session.obstacle_to_unspam(channel, is_last=await is_last(self._lines, session))

        return Operation(
            verb=Verb.UNMARK_AS_SPAM,
            action=Action.SPAM,
            object_id=session_id,
            argument=None,
            read=lambda: self._lines.sessions.get(session_id),
            is_done=lambda session, _before: session.state != SessionState.MARKED_AS_SPAM,
            obstacle=find_obstacle,
            call=lambda session: session.unmark_as_spam(),
        )

    def _move(
        self,
        verb: Verb,
        session_id: str,
        argument: str | None,
        *,
        is_done: Callable[[Session], bool],
        obstacle: Callable[[Session], Awaitable[Refused | None]],
        call: Callable[[Session], Awaitable[Session]],
        seen: str | None,
    ) -> Operation[Session]:
        """What every way of handing a session over has in common."""
        return Operation(
            verb=verb,
            action=Action.ASSIGN,
            object_id=session_id,
            argument=argument,
            read=lambda: self._lines.sessions.get(session_id),
            is_done=lambda session, _before: is_done(session),
            obstacle=obstacle,
            call=call,
            remember=_remember_assignee,
            seen=seen,
            is_as_seen=lambda session: seen is None or fingerprint(session) == seen,
        )


async def _find_obstacle_to_assign(session: Session) -> Refused | None:
    return session.obstacle_to_assign()


def _remember_assignee(session: Session) -> Before:
    return {"state": session.state, "operator": session.user_id, "group": session.user_group_id}
