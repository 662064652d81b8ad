"""The one door through which anything is changed in Lines.

May this person → does a rule forbid it → intent to the ledger → Lines → outcome to the ledger → look again.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from bot.company import is_last
from bot.ledger import Entry, Ledger, Outcome, Verb
from bot.lines import (
    Channel,
    ChannelState,
    LinesClient,
    LinesError,
    OutcomeUnknown,
    Refused,
    Session,
    SessionState,
)
from bot.people import Action, NotAllowed, Person, Place, may

Item = TypeVar("Item", Channel, Session)
Listener = Callable[[Entry], Awaitable[None]]


@dataclass(frozen=True)
class Result(Generic[Item]):
    """What is true after an operation.

    `item` was read after it; `entry` is the ledger's line, of the one who did it first when `repeated`.
    `answer_lost`: Lines never answered, and `item` alone tells that it was done.
    """

    item: Item
    entry: Entry | None
    repeated: bool = False
    answer_lost: bool = False


class Unconfirmed(Exception):
    """The answer was lost, and the object, read again, does not show the change."""

    def __init__(self, item: Channel | Session) -> None:
        super().__init__(f"the answer was lost and {item.id} shows no change")
        self.item = item


class Changed(Exception):
    """The session is no longer what the pressed button showed."""

    def __init__(self, session: Session, entry: Entry | None) -> None:
        super().__init__(f"session {session.id} changed since it was shown")
        self.session = session
        self.entry = entry


@dataclass(frozen=True)
class _Plan(Generic[Item]):
    """One operation on one object: how to see that it is done, what forbids it, and the call itself."""

    verb: Verb
    action: Action
    object_id: str
    argument: str | None
    read: Callable[[str], Awaitable[Item]]
    is_done: Callable[[Item], bool]
    obstacle: Callable[[Item], Awaitable[Exception | None]]
    call: Callable[[Item], Awaitable[Item]]


def fingerprint(session: Session) -> str:
    """What a button remembers of the session it shows; it differs once the session has moved on."""
    shown = f"{session.state}|{session.user_id}|{session.user_group_id}|{session.accepted_at}"
    return format(zlib.crc32(shown.encode()) & 0xFFFF, "04x")


class Operations:
    """Acts for people, one at a time on each object."""

    def __init__(self, lines: LinesClient, ledger: Ledger) -> None:
        self._lines = lines
        self._ledger = ledger
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Be told of every entry when it is written and when it is finished."""
        self._listeners.append(listener)

    async def reconnect(self, channel_id: str, by: Person, place: Place) -> Result[Channel]:
        """Reconnect a channel. Raises NotAllowed, Unconfirmed and LinesError."""

        async def find_obstacle(channel: Channel) -> Refused | None:
            return channel.obstacle_to_reconnect()

        return await self._perform(
            _Plan(
                verb=Verb.RECONNECT,
                action=Action.RECONNECT,
                object_id=channel_id,
                argument=None,
                read=self._lines.channels.get,
                is_done=lambda channel: channel.state == ChannelState.ACTIVE,
                obstacle=find_obstacle,
                call=lambda channel: channel.reconnect(),
            ),
            by,
            place,
        )

    async def assign(
        self, session_id: str, operator_id: str, by: Person, place: Place, seen: str | None = None
    ) -> Result[Session]:
        """Assign a session to an operator.

        `seen` is the fingerprint of the session on the pressed button: if it has moved on since,
        Changed is raised and nothing is done. Raises NotAllowed, Unconfirmed and LinesError too.
        """

        async def find_obstacle(session: Session) -> Exception | None:
            if refused := session.obstacle_to_assign():
                return refused
            if seen is not None and fingerprint(session) != seen:
                return Changed(session, await self._ledger.find_last(session.id))
            return None

        return await self._perform(
            _Plan(
                verb=Verb.ASSIGN,
                action=Action.ASSIGN,
                object_id=session_id,
                argument=operator_id,
                read=self._lines.sessions.get,
                is_done=lambda session: (
                    session.state == SessionState.ASSIGNED_TO_OPERATOR and session.user_id == operator_id
                ),
                obstacle=find_obstacle,
                call=lambda session: session.assign_to_operator(operator_id),
            ),
            by,
            place,
        )

    async def mark_as_spam(self, session_id: str, by: Person, place: Place) -> Result[Session]:
        """Close a session as spam. Raises NotAllowed, Unconfirmed and LinesError."""

        async def find_obstacle(session: Session) -> Refused | None:
            if session.channel is None:
                return None
            return session.obstacle_to_spam(await self._lines.channels.get(session.channel))

        return await self._perform(
            _Plan(
                verb=Verb.MARK_AS_SPAM,
                action=Action.SPAM,
                object_id=session_id,
                argument=None,
                read=self._lines.sessions.get,
                is_done=lambda session: session.state == SessionState.MARKED_AS_SPAM,
                obstacle=find_obstacle,
                call=lambda session: session.mark_as_spam(),
            ),
            by,
            place,
        )

    async def unmark_as_spam(self, session_id: str, by: Person, place: Place) -> Result[Session]:
        """Take a session out of spam. Raises NotAllowed, Unconfirmed and LinesError."""

        async def find_obstacle(session: Session) -> Refused | None:
            if session.channel is None:
                return None
            channel = await self._lines.channels.get(session.channel)
            return session.obstacle_to_unspam(channel, is_last=await is_last(self._lines, session))

        return await self._perform(
            _Plan(
                verb=Verb.UNMARK_AS_SPAM,
                action=Action.SPAM,
                object_id=session_id,
                argument=None,
                read=self._lines.sessions.get,
                is_done=lambda session: session.state != SessionState.MARKED_AS_SPAM,
                obstacle=find_obstacle,
                call=lambda session: session.unmark_as_spam(),
            ),
            by,
            place,
        )

    async def _perform(self, plan: _Plan[Item], by: Person, place: Place) -> Result[Item]:
        if not may(by, plan.action, place):
            raise NotAllowed(by, plan.action)
        async with self._locks.setdefault(plan.object_id, asyncio.Lock()):
            item = await plan.read(plan.object_id)
            obstacle = await plan.obstacle(item)
            if plan.is_done(item):
                entry = await self._find_done(plan)
                if entry is not None or obstacle is None:
                    return Result(item, entry, repeated=True)
            if obstacle is not None:
                raise obstacle
            entry = await self._ledger.intend(plan.verb, plan.object_id, plan.argument, by, place)
            await self._tell(entry)
            return await self._carry_out(plan, item, entry)

    async def _find_done(self, plan: _Plan[Item]) -> Entry | None:
        """The newest entry about the object, if it is this very operation and nothing says it failed."""
        entry = await self._ledger.find_last(plan.object_id)
        if entry is None or (entry.verb, entry.argument) != (plan.verb, plan.argument):
            return None
        return None if entry.outcome in (Outcome.REFUSED, Outcome.FAILED) else entry

    async def _carry_out(self, plan: _Plan[Item], item: Item, entry: Entry) -> Result[Item]:
        try:
            answered = await plan.call(item)
        except OutcomeUnknown as unknown:
            return await self._look_up(plan, entry, unknown)
        except LinesError as error:
            outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
            await self._finish(entry, outcome, str(error))
            raise
        entry = await self._finish(entry, Outcome.DONE)
        try:
            return Result(await plan.read(plan.object_id), entry)
        except LinesError:
            return Result(answered, entry)

    async def _look_up(self, plan: _Plan[Item], entry: Entry, unknown: OutcomeUnknown) -> Result[Item]:
        """The answer was lost: what the object says now is what is true."""
        try:
            item = await plan.read(plan.object_id)
        except LinesError:
            await self._finish(entry, Outcome.UNKNOWN, str(unknown))
            raise unknown from None
        if not plan.is_done(item):
            await self._finish(entry, Outcome.FAILED, str(unknown))
            raise Unconfirmed(item) from unknown
        return Result(item, await self._finish(entry, Outcome.DONE, str(unknown)), answer_lost=True)

    async def _finish(self, entry: Entry, outcome: Outcome, detail: str | None = None) -> Entry:
        finished = await self._ledger.finish(entry, outcome, detail)
        await self._tell(finished)
        return finished

    async def _tell(self, entry: Entry) -> None:
        for listener in self._listeners:
            await listener(entry)
