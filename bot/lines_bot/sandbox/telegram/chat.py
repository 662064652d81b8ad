"""One person and one chat of the little Telegram, and how a message is called."""

from dataclasses import dataclass, field

from aiogram import types

PRESENT = ("creator", "administrator", "member")


@dataclass(frozen=True)
class Person:
    """Somebody who can write; `role` is the name under which the page and the tests know them."""

    id: int
    name: str
    role: str = ""
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def user(self) -> types.User:
        first, _, last = self.name.partition(" ")
        return types.User(
            id=self.id,
            is_bot=self.is_bot,
            first_name=first,
            last_name=last or None,
            username=self.username,
            language_code=self.language,
        )


@dataclass
class Topic:
    name: str
    closed: bool = False


@dataclass
class Chat:
    """A private chat or a group; `members` maps a user id (the bot's too) to Telegram's status word.

    `messages` has ephemeral ones too, see `number`.
    """

    id: int
    type: str
    title: str
    members: dict[int, str]
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, types.Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    upgraded_to: int | None = None
    last_message_id: int = 0
    last_ephemeral_id: int = 0

    def has(self, user_id: int) -> bool:
        return self.members.get(user_id) in PRESENT

    def is_administrator(self, user_id: int) -> bool:
        return self.members.get(user_id) in ("creator", "administrator")

    def telegram(self) -> types.Chat:
        if self.type == "private":
            first, _, last = self.title.partition(" ")
            return types.Chat(id=self.id, type=self.type, first_name=first, last_name=last or None)
        return types.Chat(id=self.id, type=self.type, title=self.title, is_forum=self.is_forum or None)

    def next_message_id(self) -> int:
        self.last_message_id += 1
        return self.last_message_id

    def next_ephemeral_id(self) -> int:
        self.last_ephemeral_id += 1
        return self.last_ephemeral_id

    def find(self, message_id: int | None) -> types.Message | None:
        """The message that the bot calls so; an ephemeral one has no number of this kind."""
        return self.messages.get(message_id) if message_id is not None and message_id > 0 else None

    def find_ephemeral(self, ephemeral_id: int | None) -> types.Message | None:
        return self.messages.get(-ephemeral_id) if ephemeral_id is not None else None


def number(message: types.MaybeInaccessibleMessageUnion) -> int:
    """How the page and the driver call a message: an ephemeral one by its identifier with a minus."""
    ephemeral_id = message.ephemeral_message_id if isinstance(message, types.Message) else None
    return -ephemeral_id if ephemeral_id is not None else message.message_id
