"""What a user can do to a company, and what refuses it."""

from collections.abc import Iterator

from lines_bot.sandbox.errors import refused
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.rules import FINISHED, NEEDS_PRIOR_CONTACT, NEVER_SPAM, RECONNECTABLE, Inferred
from lines_bot.sandbox.world import World


class Actor:
    """One user of the company. Every method changes the world, or raises CallError and changes nothing.

    What anybody can read (types, states, presence) is checked before what the platform alone knows: a line's
    groups, bot and apps, and who wrote. So a script inside the platform can tell the same reasons.
    """

    def __init__(self, world: World, user: str | None, inferred: Inferred | None = None) -> None:
        self.world = world
        self.user = user
        self.inferred = inferred or Inferred()

    def disconnect(self, channel_id: str) -> Item:
        channel = self.world.get("channels", channel_id)
        if channel.get("_state") != self.inferred.active:
            raise refused("wrong_state", "The channel is not active.", state=channel.get("_state"))
        self.world.change(channel, self.user, {"_state": self.inferred.disconnected})
        return channel

    def reconnect(self, channel_id: str) -> Item:
        channel = self.world.get("channels", channel_id)
        if channel.get("_type") not in RECONNECTABLE:
            message = "A channel of this type can only be reconnected in its own settings."
            raise refused("not_reconnectable", message, type=channel.get("_type"))
        if channel.get("_state") == self.inferred.active:
            raise refused("wrong_state", "The channel is active already.", state=channel.get("_state"))
        self.world.change(channel, self.user, {"_state": self.inferred.active})
        return channel

    def link(self, client_id: str, app_item: dict[str, str] | None) -> Item:
        client = self.world.get("clients", client_id)
        if app_item is not None:
            line = self.world.line_of(self.world.channel_of(client))
            namespace, code = app_item["namespace"], app_item["code"]
            if {"namespace": namespace, "code": code} not in line.get("$apps", ()):
                message = f"The line's settings do not allow items of {namespace}:{code} to be linked."
                raise refused("app_not_bound", message)
        self.world.change(client, self.user, {"_applicationItem": app_item})
        return client

    def create_session(self, channel_id: str, account: str) -> Item:
        channel = self.world.get("channels", channel_id)
        self._require_online(self.user)
        if channel.get("_state") != self.inferred.active:
            raise refused("wrong_state", "The channel is not active.", state=channel.get("_state"))
        client = self._find_client(channel_id, account)
        opened = next(filter(is_open, self._sessions_with(client)), None) if client else None
        if opened:
            message = "A session with that client is open already."
            raise refused("open_session_exists", message, session=opened["__id"])
        if self.user not in self.world.operators(self.world.line_of(channel)):
            raise refused("forbidden", "The user of the token is not among the line's operators.")
        if channel.get("_type") in NEEDS_PRIOR_CONTACT and not (client and client.get("$wrote")):
            message = f"{account} never wrote to this bot, and a bot cannot write first."
            raise refused("no_prior_contact", message)
        if client is None:
            values = {"__name": account, "_channel": channel_id, "_username": account, "$wrote": False}
            client = self.world.add("clients", self.user, values)
        return self.world.add(
            "sessions",
            self.user,
            {
                "__name": client.get("__name"),
                "_state": "AssignedToOperator",
                "_priority": "Medium",
                "_line": channel.get("_line"),
                "_channel": channel_id,
                "_clients": [client["__id"]],
                "_userId": self.user,
                "_apps": [],
                "_acceptedAt": self.world.time,
            },
        )

    def assign_to_operator(self, session_id: str, operator_id: str) -> Item:
        session = self.world.get("sessions", session_id)
        self.world.get("users", operator_id)
        self._require_online(operator_id)
        self._require_open(session)
        return self._accept(session, {"_state": "AssignedToOperator", "_userId": operator_id})

    def assign_to_group(self, session_id: str, group_id: str) -> Item:
        session = self.world.get("sessions", session_id)
        group = self.world.get("userGroups", group_id)
        self._require_open(session)
        if group_id not in self.world.line_of(session).get("$operators", ()):
            message = f"The group {group.get('__name')} is not among the operators of the session's line."
            raise refused("group_not_in_line", message)
        return self._accept(session, {"_state": "Waiting", "_userId": None, "_userGroupId": group_id})

    def assign_to_bot(self, session_id: str) -> Item:
        session = self.world.get("sessions", session_id)
        self._require_open(session)
        if not self.world.line_of(session).get("$bot"):
            raise refused("no_bot", "No bot is connected to the session's line.")
        return self._accept(session, {"_state": "AssignedToBot", "_userId": None})

    def close(self, session_id: str) -> Item:
        session = self.world.get("sessions", session_id)
        self._require_open(session)
        mine = self.user is not None and session.get("_userId") == self.user
        if session["_state"] != "AssignedToBot" and not (session["_state"] == "AssignedToOperator" and mine):
            raise refused("not_assignee", "Only the operator or the bot that has the session may close it.")
        return self._accept(session, {"_state": "Closed", "_closedAt": self.world.time})

    def mark_as_spam(self, session_id: str) -> Item:
        session = self.world.get("sessions", session_id)
        channel_type = self.world.channel_of(session).get("_type")
        if channel_type in NEVER_SPAM:
            message = f"Sessions of {channel_type} channels cannot be spam."
            raise refused("spam_not_allowed", message, type=channel_type)
        self._require_open(session)
        before = {name: session.get(name) for name in ("_userId", "_priority")}
        spam = {"_state": "MarkedAsSpam", "_closedAt": self.world.time, "_userId": None, "_priority": None}
        return self._accept(session, {**spam, "$before": before})

    def unmark_as_spam(self, session_id: str) -> Item:
        session = self.world.get("sessions", session_id)
        if self.world.channel_of(session).get("_type") != "inbox" and self._has_later_session(session):
            message = "The client has a later session, and only the last one can leave spam."
            raise refused("unspam_not_allowed", message)
        if session.get("_state") != "MarkedAsSpam":
            raise refused("wrong_state", "The session is not marked as spam.", state=session.get("_state"))
        session.update(session.pop("$before", {}))
        state = "AssignedToOperator" if session.get("_userId") else "Waiting"
        return self._accept(session, {"_state": state, "_closedAt": None})

    def send_system_message(self, session_id: str, text: str) -> Item:
        session = self.world.get("sessions", session_id)
        return self.world.say(session, self.user, {"body": text, "type": self.inferred.system_message})

    def _accept(self, session: Item, values: Item) -> Item:
        self.world.change(session, self.user, {"_acceptedAt": self.world.time, **values})
        return session

    def _require_open(self, session: Item) -> None:
        if not is_open(session):
            raise refused("wrong_state", "The session is finished.", state=session.get("_state"))

    def _require_online(self, user_id: str | None) -> None:
        user = self.world.find("users", user_id) or {}
        if user.get("presence") == self.inferred.offline:
            raise refused("operator_offline", f"{user.get('__name')} is offline.")

    def _find_client(self, channel_id: str, account: str) -> Item | None:
        clients = (each for each in self.world.items("clients") if each.get("_channel") == channel_id)
        return next((each for each in clients if each.get("_username") == account), None)

    def _sessions_with(self, client: Item) -> Iterator[Item]:
        return (
            each for each in self.world.items("sessions") if client["__id"] in (each.get("_clients") or ())
        )

    def _has_later_session(self, session: Item) -> bool:
        made = session.get("__createdAt") or ""
        clients = set(session.get("_clients") or ())
        return any(
            (each.get("__createdAt") or "") > made and clients.intersection(each.get("_clients") or ())
            for each in self.world.items("sessions")
        )


def is_open(session: Item) -> bool:
    return session.get("_state") not in FINISHED
