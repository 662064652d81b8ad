"""The one door through which anything is changed in Lines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from lines_bot.lines import AppItem, Channel, Client, LinesClient, Session
from lines_bot.operations.executor import (
    Listener,
    Operation,
    OperationExecutor,
    Refresh,
    Result,
    StaleObject,
    Unconfirmed,
)
from lines_bot.operations.ledger import Entry, Ledger, Outcome
from lines_bot.operations.messages import Conversation, NewSession
from lines_bot.operations.registry import OperationRegistry
from lines_bot.operations.sessions import fingerprint
from lines_bot.people import ChatContext, Person

__all__ = ["UNDO_LENGTH", "Operations", "Result", "StaleObject", "Unconfirmed", "UndoExpired", "fingerprint"]

Item = TypeVar("Item")
UNDO_LENGTH = timedelta(seconds=60)


class UndoExpired(Exception):
    """The button stood longer than it is good for, or there is nothing to take back."""


class Operations:
    """Acts for people. Every verb raises NotAllowed, Unconfirmed and LinesError.

    `refresh` tells the role that a person holds now.
    """

    def __init__(self, lines: LinesClient, ledger: Ledger, refresh: Refresh) -> None:
        self._ledger = ledger
        self._registry = OperationRegistry(lines)
        self._executor = OperationExecutor(ledger, self._registry.from_entry, refresh)
        self._unfinished: Sequence[Entry] | None = None

    def listen(self, listener: Listener) -> None:
        """Be told of every entry when it is written and when it is finished."""
        self._executor.listen(listener)

    def listen_to_completions(self, listener: Listener) -> None:
        """Be told of every entry that an earlier process began and this one finished."""
        self._executor.listen_to_completions(listener)

    async def reconnect(self, channel_id: str, by: Person, context: ChatContext) -> Result[Channel]:
        return await self._perform(self._registry.channels.reconnect(channel_id), by, context)

    async def disconnect(self, channel_id: str, by: Person, context: ChatContext) -> Result[Channel]:
        return await self._perform(self._registry.channels.disconnect(channel_id), by, context)

    async def assign(
        self, session_id: str, operator_id: str, by: Person, context: ChatContext, seen: str | None = None
    ) -> Result[Session]:
        """Assign a session to an operator.

        `seen` is the fingerprint of the session on the pressed button: if it has moved on since,
        Changed is raised and nothing is done.
        """
        return await self._perform(self._registry.sessions.assign(session_id, operator_id, seen), by, context)

    async def assign_to_group(
        self, session_id: str, group_id: str, by: Person, context: ChatContext, seen: str | None = None
    ) -> Result[Session]:
        """Put a session into the queue of a group of its line; `seen` as for `assign`."""
        return await self._perform(
            self._registry.sessions.assign_to_group(session_id, group_id, seen), by, context
        )

    async def assign_to_bot(
        self, session_id: str, by: Person, context: ChatContext, seen: str | None = None
    ) -> Result[Session]:
        """Hand a session to the line's bot, which greets the client; `seen` as for `assign`."""
        return await self._perform(self._registry.sessions.assign_to_bot(session_id, seen), by, context)

    async def close(self, session_id: str, by: Person, context: ChatContext) -> Result[Session]:
        return await self._perform(self._registry.sessions.close(session_id), by, context)

    async def mark_as_spam(self, session_id: str, by: Person, context: ChatContext) -> Result[Session]:
        """Close a session as spam."""
        return await self._perform(self._registry.sessions.mark_as_spam(session_id), by, context)

    async def unmark_as_spam(self, session_id: str, by: Person, context: ChatContext) -> Result[Session]:
        """Take a session out of spam."""
        return await self._perform(self._registry.sessions.unmark_as_spam(session_id), by, context)

    async def say(self, session_id: str, text: str, by: Person, context: ChatContext) -> Result[Conversation]:
        """Show a system message of 1 to 4096 characters in a session."""
        return await self._perform(self._registry.messages.say(session_id, text), by, context)

    async def create(
        self, channel_id: str, account: str, by: Person, context: ChatContext
    ) -> Result[NewSession]:
        """Write first: open a session with a login, phone or e-mail, by the channel's type."""
        return await self._perform(self._registry.messages.create(channel_id, account), by, context)

    async def link(
        self, client_id: str, item: AppItem | None, by: Person, context: ChatContext
    ) -> Result[Client]:
        """Link a client with an app's item, or with none."""
        return await self._perform(self._registry.clients.link(client_id, item), by, context)

    async def undo(self, entry_id: int, by: Person, context: ChatContext) -> Result[Any]:
        """Take an entry back. Raises UndoExpired, and StaleObject if the object has changed since."""
        entry = await self._ledger.get(entry_id)
        inverse = self._registry.undo_of(entry) if entry and entry.outcome is Outcome.DONE else None
        if entry is None or inverse is None or entry.finished_at is None:
            raise UndoExpired
        if self._ledger.clock.now() - entry.finished_at > UNDO_LENGTH:
            raise UndoExpired
        done = self._registry.from_entry(entry)
        return await self._perform(
            replace(inverse, seen=str(entry_id), is_as_seen=lambda item: done.is_done(item, entry.before)),
            by,
            context,
        )

    async def complete_unfinished(self) -> None:
        """Finish what an earlier process began, by what the objects say; what cannot be read is left.

        To be called before anything new is begun, and again until all is finished: then it costs nothing.
        """
        if self._unfinished is None:
            self._unfinished = await self._ledger.list_unfinished()
        self._unfinished = [
            entry for entry in self._unfinished if await self._executor.complete(entry) is None
        ]

    async def _perform(self, operation: Operation[Item], by: Person, context: ChatContext) -> Result[Item]:
        result = await self._executor.perform(operation, by, context)
        if result.entry is None or result.repeated:
            return result
        return replace(result, can_undo=self._registry.undo_of(result.entry) is not None)
