"""An in-memory company: what is stored, and how it is loaded and dumped.

One JSON document holds a company: `now`, `me` (the user of the token, or null), the six collections and
`messages` (oldest first), each a list of the contract's items. Keys that begin with "$" never leave the
server:

- line: `$operators` (ids of user groups), `$bot` (a bot is connected), `$apps` (`{"namespace", "code"}` that
  may be linked)
- client: `$wrote` (wrote to that channel before)
- userGroup: `$users` (ids of users)
- session: `$before` (`_userId` and `_priority`, remembered while the session is spam)
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from random import Random
from uuid import UUID

from lines_bot.sandbox.errors import refused
from lines_bot.sandbox.fields import FIELDS, Item
from lines_bot.sandbox.times import format_time, parse_time

NOUNS = {
    "lines": "line",
    "channels": "channel",
    "clients": "client",
    "sessions": "session",
    "users": "user",
    "userGroups": "group",
}


class World:
    """The company as it stands at `now`. Time moves only when somebody sets `now`."""

    def __init__(self, document: Mapping[str, object], seed: int = 0) -> None:
        content: Item = deepcopy(dict(document))
        self.now: datetime = parse_time(content["now"])
        self.me: str | None = content.get("me")
        self.collections: dict[str, dict[str, Item]] = {
            name: {item["__id"]: item for item in content.get(name, ())} for name in FIELDS
        }
        self.messages: list[Item] = content.get("messages", [])
        self._conversations: defaultdict[str, list[Item]] = defaultdict(list)
        for message in self.messages:
            self._conversations[message["session"]].append(message)
        self._random = Random(f"ids {seed}")

    def dump(self) -> dict[str, object]:
        collections = {name: list(items.values()) for name, items in self.collections.items()}
        return deepcopy({"now": self.time, "me": self.me, **collections, "messages": self.messages})

    @property
    def time(self) -> str:
        return format_time(self.now)

    def items(self, collection: str) -> Iterator[Item]:
        """The items that are not deleted, oldest first."""
        return (item for item in self.collections[collection].values() if item.get("__deletedAt") is None)

    def find(self, collection: str, identifier: str | None) -> Item | None:
        item = self.collections[collection].get(identifier) if identifier else None
        return item if item and item.get("__deletedAt") is None else None

    def get(self, collection: str, identifier: str) -> Item:
        item = self.find(collection, identifier)
        if item is None:
            raise refused(
                "not_found",
                f"There is no {NOUNS[collection]} {identifier}.",
                collection=collection,
                id=identifier,
            )
        return item

    def line_of(self, item: Item) -> Item:
        """The line of a channel or session; empty if there is none or it is deleted."""
        return self.find("lines", item.get("_line")) or {}

    def channel_of(self, item: Item) -> Item:
        return self.find("channels", item.get("_channel")) or {}

    def add(self, collection: str, author: str | None, values: Item) -> Item:
        item = self._stamp(author) | values
        self.collections[collection][item["__id"]] = item
        return item

    def change(self, item: Item, author: str | None, values: Item) -> None:
        item.update(values, __updatedAt=self.time, __updatedBy=author)

    def say(self, session: Item, author: str | None, values: Item) -> Item:
        """Put a message at the end of a session's conversation."""
        message = self._stamp(author) | {"session": session["__id"], "files": [], "isRead": False} | values
        self.messages.append(message)
        self._conversations[session["__id"]].append(message)
        self.change(session, author, {"_lastActivityAt": self.time})
        return message

    def conversation(self, session: Item) -> list[Item]:
        """The session's messages, oldest first."""
        return self._conversations.get(session["__id"], [])

    def operators(self, line: Item) -> set[str]:
        """Ids of the users who are in a group of the line's operators."""
        groups = (self.find("userGroups", group) or {} for group in line.get("$operators", ()))
        return {user for group in groups for user in group.get("$users", ())}

    def _stamp(self, author: str | None) -> Item:
        identifier = str(UUID(int=self._random.getrandbits(128), version=4))
        return {"__id": identifier, "__createdAt": self.time, "__createdBy": author, "__updatedAt": self.time}


def published(item: Item) -> Item:
    """The item without its hidden keys."""
    return {name: value for name, value in item.items() if not name.startswith("$")}
