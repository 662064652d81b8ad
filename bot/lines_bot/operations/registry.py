"""The plan of every operation, from what a person asks or from what the ledger says."""

from collections.abc import Callable
from typing import Any

from lines_bot.lines import Channel, ChannelState, LinesClient, Session, SessionState
from lines_bot.operations.channels import ChannelPlans
from lines_bot.operations.clients import ClientPlans, read_app_item
from lines_bot.operations.current_user import Me
from lines_bot.operations.executor import Plan
from lines_bot.operations.ledger import Entry, Verb
from lines_bot.operations.messages import WritingPlans
from lines_bot.operations.sessions import SessionPlans


class Plans:
    def __init__(self, lines: LinesClient) -> None:
        me = Me(lines)
        self.channels = ChannelPlans(lines)
        self.clients = ClientPlans(lines)
        self.sessions = SessionPlans(lines, me)
        self.writing = WritingPlans(lines, me)

    def recall(self, entry: Entry) -> Plan[Any]:
        """The plan that an entry was written for."""
        argument = entry.argument or ""
        plans: dict[Verb, Callable[[], Plan[Any]]] = {
            Verb.RECONNECT: lambda: self.channels.reconnect(entry.object),
            Verb.DISCONNECT: lambda: self.channels.disconnect(entry.object),
            Verb.ASSIGN: lambda: self.sessions.assign(entry.object, argument),
            Verb.ASSIGN_TO_GROUP: lambda: self.sessions.assign_to_group(entry.object, argument),
            Verb.ASSIGN_TO_BOT: lambda: self.sessions.assign_to_bot(entry.object),
            Verb.CLOSE: lambda: self.sessions.close(entry.object),
            Verb.MARK_AS_SPAM: lambda: self.sessions.mark_as_spam(entry.object),
            Verb.UNMARK_AS_SPAM: lambda: self.sessions.unmark_as_spam(entry.object),
            Verb.SAY: lambda: self.writing.say(entry.object, argument),
            Verb.CREATE: lambda: self.writing.create(entry.object, argument),
            Verb.LINK: lambda: self.clients.link(entry.object, read_app_item(argument)),
            Verb.UNLINK: lambda: self.clients.link(entry.object, None),
        }
        return plans[entry.verb]()

    def invert(self, entry: Entry) -> Plan[Any] | None:
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

    def _move_back(self, entry: Entry) -> Plan[Session] | None:
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
