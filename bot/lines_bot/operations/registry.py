"""The operation of every operation, from what a person asks or from what the ledger says."""

from collections.abc import Callable
from typing import Any

from lines_bot.lines import Channel, ChannelState, LinesClient, Session, SessionState
from lines_bot.operations.channels import ChannelOperations
from lines_bot.operations.clients import ClientOperations, read_app_item
from lines_bot.operations.current_user import CurrentUser
from lines_bot.operations.executor import Operation
from lines_bot.operations.ledger import Entry, Verb
from lines_bot.operations.messages import MessageOperations
from lines_bot.operations.sessions import SessionOperations


class OperationRegistry:
    def __init__(self, lines: LinesClient) -> None:
        current_user = CurrentUser(lines)
        self.channels = ChannelOperations(lines)
        self.clients = ClientOperations(lines)
        self.sessions = SessionOperations(lines, current_user)
        self.messages = MessageOperations(lines, current_user)

    def from_entry(self, entry: Entry) -> Operation[Any]:
        """The operation that an entry was written for."""
        argument = entry.argument or ""
        operations: dict[Verb, Callable[[], Operation[Any]]] = {
            Verb.RECONNECT: lambda: self.channels.reconnect(entry.object),
            Verb.DISCONNECT: lambda: self.channels.disconnect(entry.object),
            Verb.ASSIGN: lambda: self.sessions.assign(entry.object, argument),
            Verb.ASSIGN_TO_GROUP: lambda: self.sessions.assign_to_group(entry.object, argument),
            Verb.ASSIGN_TO_BOT: lambda: self.sessions.assign_to_bot(entry.object),
            Verb.CLOSE: lambda: self.sessions.close(entry.object),
            Verb.MARK_AS_SPAM: lambda: self.sessions.mark_as_spam(entry.object),
            Verb.UNMARK_AS_SPAM: lambda: self.sessions.unmark_as_spam(entry.object),
            Verb.SAY: lambda: self.messages.say(entry.object, argument),
            Verb.CREATE: lambda: self.messages.create(entry.object, argument),
            Verb.LINK: lambda: self.clients.link(entry.object, read_app_item(argument)),
            Verb.UNLINK: lambda: self.clients.link(entry.object, None),
        }
        return operations[entry.verb]()

    def undo_of(self, entry: Entry) -> Operation[Any] | None:
        """What takes an entry back; None where the platform has no such thing."""
        before = entry.before
        match entry.verb:
            case Verb.DISCONNECT:
                channel = Channel(id=entry.object, state=ChannelState.DISCONNECTED, type=before.get("type"))
                return self.channels.reconnect(entry.object) if channel.can_reconnect else None
            case Verb.ASSIGN | Verb.ASSIGN_TO_GROUP | Verb.ASSIGN_TO_BOT:
                return self._move_back(entry)
            case Verb.LINK | Verb.UNLINK:
                return self.clients.link(entry.object, read_app_item(before.get("item") or ""))
            case Verb.MARK_AS_SPAM:
                return self.sessions.unmark_as_spam(entry.object)
            case _:
                return None

    def _move_back(self, entry: Entry) -> Operation[Session] | None:
        """To whoever had the session; the queue that belongs to no group takes nothing back."""
        match entry.before:
            case {"state": SessionState.ASSIGNED_TO_OPERATOR, "operator": str(operator)}:
                return self.sessions.assign(entry.object, operator)
            case {"state": SessionState.WAITING, "group": str(group)}:
                return self.sessions.assign_to_group(entry.object, group)
            case {"state": SessionState.ASSIGNED_TO_BOT}:
                return self.sessions.assign_to_bot(entry.object, silent=True)
            case _:
                return None
