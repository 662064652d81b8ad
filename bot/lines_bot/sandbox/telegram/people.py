"""What persons do in their Telegram application."""

from typing import Any
from uuid import uuid4

from aiogram import types

from lines_bot.sandbox.telegram.chat import Chat, Person
from lines_bot.sandbox.telegram.chats import Chats, Tap
from lines_bot.sandbox.telegram.limits import check_text, found_entities
from lines_bot.sandbox.telegram.members import member
from lines_bot.sandbox.telegram.refusals import Refusal, bad_request

ANONYMOUS = types.User(id=1087968824, is_bot=True, first_name="Group", username="GroupAnonymousBot")


class People:
    """Acts for the persons; what concerns the bot reaches it as an update."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    def say(
        self,
        person: Person,
        chat: Chat,
        text: str,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        anonymous: bool = False,
        forwarded_from: Person | None = None,
    ) -> types.Message:
        """Sends a text. `anonymous` writes as an anonymous administrator, that is in the group's own name."""
        if chat.type == "private":
            self._open(chat)
        elif not chat.has(person.id):
            raise Refusal(403, f"{person.name} is not a member of {chat.title}.")
        if topic is not None and topic not in chat.topics:
            raise bad_request("message thread not found")
        content: dict[str, Any] = {"text": check_text(text, ()), "from_user": person.user()}
        content["entities"] = found_entities(content["text"]) or None
        if anonymous:
            content |= {"from_user": ANONYMOUS, "sender_chat": chat.telegram()}
        if topic is not None:
            content |= {"message_thread_id": topic, "is_topic_message": True}
        if reply_to is not None and (original := self._message(chat, reply_to)).ephemeral_message_id:
            # Answered as privately as it was said; the update need not tell which message is answered.
            content["receiver"] = self._chats.bot
        elif reply_to is not None:
            content["reply_to_message"] = original.model_copy(update={"reply_to_message": None})
        if forwarded_from is not None:
            content["forward_origin"] = types.MessageOriginUser(
                date=self._chats.now(), sender_user=forwarded_from.user()
            )
        message = self._chats.post(chat, **content)
        if self._chats.concerns_bot(message):
            self._chats.updates.push("message", message)
        return message

    def edit(self, person: Person, chat: Chat, message_id: int, text: str) -> types.Message:
        """Changes one's own message."""
        message = self._message(chat, message_id)
        if message.from_user is None or message.from_user.id != person.id:
            raise bad_request("message can't be edited")
        text = check_text(text, ())
        update = {
            "text": text,
            "entities": found_entities(text) or None,
            "edit_date": int(self._chats.clock()),
        }
        edited = self._chats.replace(message.model_copy(update=update))
        if self._chats.concerns_bot(edited):
            self._chats.updates.push("edited_message", edited)
        return edited

    def press(self, person: Person, chat: Chat, message_id: int, data: str) -> types.CallbackQuery:
        """Taps a button; as in Telegram nothing checks that the message has it or the person may see it."""
        message = chat.messages.get(message_id)
        query = types.CallbackQuery(
            id=str(uuid4().int % 10**18),
            from_user=person.user(),
            chat_instance=str(chat.id),
            message=message or types.InaccessibleMessage(chat=chat.telegram(), message_id=message_id),
            data=data,
        )
        self._chats.taps[query.id] = Tap(query, self._chats.clock())
        self._chats.events.publish(
            "pressed", query=query.id, person=person.id, chat=chat.id, message=message_id, data=data
        )
        self._chats.updates.push("callback_query", query)
        return query

    def press_again(self, query: types.CallbackQuery) -> None:
        """The same tap under a new update id, as when the application closed before the answer."""
        self._chats.updates.push("callback_query", query)

    def block(self, person: Person) -> None:
        """Stops the bot in the private chat."""
        self._move_bot(self._chats.chats[person.id], person, "kicked")

    def kick_bot(self, chat: Chat, by: Person) -> None:
        self._move_bot(chat, by, "kicked")

    def promote_bot(self, chat: Chat, by: Person, status: str = "administrator") -> None:
        self._move_bot(chat, by, status)

    def leave(self, person: Person, chat: Chat) -> None:
        chat.members[person.id] = "left"
        self._chats.changed(chat)
        self._announce(chat, from_user=person.user(), left_chat_member=person.user())

    def join(self, person: Person, chat: Chat, *, status: str = "member") -> None:
        chat.members[person.id] = status
        self._chats.changed(chat)
        self._announce(chat, from_user=person.user(), new_chat_members=[person.user()])

    def close_topic(self, chat: Chat, thread_id: int, *, closed: bool = True) -> None:
        chat.topics[thread_id].closed = closed
        self._chats.changed(chat)

    def upgrade(self, group: Chat, new_chat_id: int) -> Chat:
        """Turns a group into a supergroup: a new id, and the old one refuses with `migrate_to_chat_id`."""
        supergroup = self._chats.add_chat(Chat(new_chat_id, "supergroup", group.title, dict(group.members)))
        self._announce(group, migrate_to_chat_id=new_chat_id)
        self._announce(supergroup, migrate_from_chat_id=group.id)
        group.upgraded_to = new_chat_id
        return supergroup

    def _open(self, chat: Chat) -> None:
        if not chat.has(self._chats.bot.id):
            chat.members = {chat.id: "member", self._chats.bot.id: "member"}
            self._chats.changed(chat)

    def _announce(self, chat: Chat, **content: Any) -> None:
        message = self._chats.post(chat, **content)
        if chat.has(self._chats.bot.id):
            self._chats.updates.push("message", message)

    def _move_bot(self, chat: Chat, by: Person, status: str) -> None:
        bot = self._chats.bot
        before = member(bot, chat.members.get(bot.id, "left"))
        chat.members[bot.id] = status
        self._chats.changed(chat)
        self._chats.updates.push(
            "my_chat_member",
            types.ChatMemberUpdated(
                chat=chat.telegram(),
                from_user=by.user(),
                date=self._chats.now(),
                old_chat_member=before,
                new_chat_member=member(bot, status),
            ),
        )

    def _message(self, chat: Chat, message_id: int) -> types.Message:
        message = chat.messages.get(message_id)
        if message is None:
            raise bad_request("message not found")
        return message
