"""The state of the little Telegram: persons, chats, messages, taps and commands. No I/O."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiogram import types

from lines_bot.sandbox.telegram.chat import Chat, Person, Topic, number
from lines_bot.sandbox.telegram.events import Events
from lines_bot.sandbox.telegram.limits import cut
from lines_bot.sandbox.telegram.refusals import bad_request, forbidden, upgraded
from lines_bot.sandbox.telegram.updates import UpdateQueue

CALLBACK_LIFETIME = 60.0
"""Seconds in which a tap must be answered; Telegram publishes no number."""

EPHEMERAL_WINDOW = 15.0
"""Seconds after a tap, or after an ephemeral message of a person, in which any bot may answer ephemerally."""


@dataclass
class Tap:
    """A press of a button; it waits for the bot's answer, or had it."""

    query: types.CallbackQuery
    pressed_at: float


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


class Chats:
    """Everything that the bot and the persons share. `clock` gives unix seconds."""

    def __init__(self, bot: types.User, clock: Callable[[], float]) -> None:
        self.bot = bot
        self.clock = clock
        self.events = Events()
        self.updates = UpdateQueue(
            on_change=lambda: self.events.publish("updates", waiting=len(self.updates))
        )
        self.persons: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.answered_taps: dict[str, Tap] = {}
        self.knows_ephemeral = True
        """False for a Bot API server older than 10.3: it overlooks the parameter it does not know."""
        self.uploads: dict[str, Upload] = {}
        self.commands: dict[tuple[str, str], list[types.BotCommand]] = {}
        self.texts: dict[tuple[str, str], str] = {("name", ""): bot.first_name}

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def add_person(self, person: Person, *, started: bool = False) -> Person:
        """A person and their private chat with the bot; `started` says that they pressed Start before."""
        self.persons[person.id] = person
        if not person.is_bot:
            members = {person.id: "member", self.bot.id: "member"} if started else {}
            self.add_chat(Chat(person.id, "private", person.name, members))
        return person

    def add_group(
        self,
        chat_id: int,
        title: str,
        members: Iterable[Person] = (),
        *,
        administrators: Iterable[Person] = (),
        kind: str = "supergroup",
        is_forum: bool = False,
        bot_status: str = "member",
    ) -> Chat:
        """A group with the bot in it: as an administrator it sees all, as a member only what is for it."""
        statuses = {person.id: "member" for person in members}
        statuses |= {person.id: "administrator" for person in administrators}
        return self.add_chat(
            Chat(chat_id, kind, title, statuses | {self.bot.id: bot_status}, is_forum=is_forum)
        )

    def add_chat(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        self.changed(chat)
        return chat

    def add_topic(self, chat: Chat, name: str, *, closed: bool = False) -> int:
        """Returns the `message_thread_id` of the new topic."""
        thread_id = chat.next_message_id()
        chat.topics[thread_id] = Topic(name, closed)
        self.changed(chat)
        return thread_id

    def changed(self, chat: Chat) -> None:
        self.events.publish("chat", chat=self.card(chat))

    def card(self, chat: Chat) -> dict[str, Any]:
        """What the page knows of a chat."""
        return {
            "id": chat.id,
            "type": chat.type,
            "title": chat.title,
            "members": [user_id for user_id in chat.members if chat.has(user_id)],
            "topics": [
                {"id": key, "name": topic.name, "closed": topic.closed} for key, topic in chat.topics.items()
            ],
            "pinned": chat.pinned,
        }

    def find(self, chat_id: int | str | None) -> Chat:
        """The chat of a request, whatever the bot may do there."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def readable(self, chat_id: int | str | None) -> Chat:
        """The chat of a request if the bot may look into it."""
        chat = self.find(chat_id)
        if chat.upgraded_to is not None:
            raise upgraded(chat.upgraded_to)
        status = chat.members.get(self.bot.id, "left")
        if chat.type != "private" and status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.type != "private" and status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def writable(self, chat_id: int | str | None) -> Chat:
        """The chat of a request if the bot may write to it."""
        if isinstance(chat_id, int) and (person := self.persons.get(chat_id)) and person.is_bot:
            raise forbidden("bot can't send messages to bots")
        chat = self.readable(chat_id)
        if chat.type == "private" and chat.members.get(self.bot.id) == "kicked":
            raise forbidden("bot was blocked by the user")
        if chat.type == "private" and not chat.has(self.bot.id):
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def post(self, chat: Chat, *, receiver: types.User | None = None, **content: Any) -> types.Message:
        """Puts a new message into a chat, whoever wrote it; one with a receiver is ephemeral."""
        if receiver is None:
            content["message_id"] = chat.next_message_id()
        else:
            ephemeral_id = chat.next_ephemeral_id()
            content |= {"message_id": 0, "ephemeral_message_id": ephemeral_id, "receiver_user": receiver}
        return self.replace(types.Message(date=self.now(), chat=chat.telegram(), **content))

    def replace(self, message: types.Message) -> types.Message:
        self.chats[message.chat.id].messages[number(message)] = message
        self.events.publish("message", message=message)
        return message

    def remove(self, message: types.Message) -> None:
        chat = self.chats[message.chat.id]
        del chat.messages[message.message_id]
        self.events.publish("deleted", chat=chat.id, message=message.message_id)
        if message.message_id in chat.pinned:
            chat.pinned.remove(message.message_id)
            self.changed(chat)

    def keep_answered(self, tap: Tap) -> None:
        """An answered tap counts a little longer: it lets the bot send ephemeral messages."""
        recent = [*self.answered_taps.values(), tap]
        self.answered_taps = {
            each.query.id: each for each in recent if self.clock() - each.pressed_at <= EPHEMERAL_WINDOW
        }

    def concerns_bot(self, message: types.Message) -> bool:
        """Telegram's privacy mode: in a group a bot sees commands, replies to it and mentions of it."""
        chat = self.chats[message.chat.id]
        if chat.type == "private" or chat.is_administrator(self.bot.id) or message.receiver_user is not None:
            return True
        if not chat.has(self.bot.id):
            return False
        reply = message.reply_to_message
        if reply is not None and reply.from_user is not None and reply.from_user.id == self.bot.id:
            return True
        text, own_name = message.text or "", f"@{self.bot.username}".lower()
        for entity in message.entities or ():
            found = cut(text, entity).lower()
            if entity.type == "bot_command" and ("@" not in found or found.endswith(own_name)):
                return True
            if entity.type == "mention" and found == own_name:
                return True
        return False
