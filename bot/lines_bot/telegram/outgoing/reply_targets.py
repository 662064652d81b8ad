"""Where an answer can stand: in a chat before everybody, or in a group before one person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, EphemeralMessageParameters, Message, ReplyParameters

from lines_bot.telegram.views.view import View


@dataclass
class ChatTarget:
    """Everybody in the chat sees it. `drawn` is the message that shows the answer."""

    chat: int
    topic: int | None = None
    asked: int | None = None
    drawn: int | None = None

    def address(self) -> dict[str, Any]:
        """Where something new goes: into the chat and topic, as an answer to what was asked there."""
        asked = self.asked
        reply = ReplyParameters(message_id=asked, allow_sending_without_reply=True) if asked else None
        return {"chat_id": self.chat, "message_thread_id": self.topic, "reply_parameters": reply}

    async def edit(self, bot: Bot, view: View) -> None:
        await bot.edit_message_text(chat_id=self.chat, message_id=self.drawn, **view.as_message())

    def accept(self, sent: Message) -> bool:
        """Whether what was sent is seen by those only who may see it."""
        return True

    def keep(self, sent: Message) -> None:
        self.drawn = sent.message_id


@dataclass
class EphemeralTarget:
    """The person alone sees it, and may lose it: Telegram promises neither delivery nor keeping.

    Any bot may send it for 15 seconds after the tap `query` or the ephemeral message `asked`; without either,
    only an administrator of the chat.
    """

    chat: int
    person: int
    topic: int | None = None
    query: str | None = None
    asked: int | None = None
    drawn: int | None = None

    def address(self) -> dict[str, Any]:
        return {
            "chat_id": self.chat,
            "message_thread_id": self.topic,
            "reply_parameters": ReplyParameters(ephemeral_message_id=self.asked) if self.asked else None,
            "ephemeral_message_parameters": EphemeralMessageParameters(
                receiver_user_id=self.person, callback_query_id=self.query
            ),
        }

    async def edit(self, bot: Bot, view: View) -> None:
        assert self.drawn is not None, "only what is drawn is edited"
        await bot.edit_ephemeral_message_text(
            chat_id=self.chat,
            receiver_user_id=self.person,
            ephemeral_message_id=self.drawn,
            **view.as_message(),
        )

    def accept(self, sent: Message) -> bool:
        """A Bot API server older than 10.3 overlooks the parameter and shows the message to all."""
        return sent.ephemeral_message_id is not None

    def keep(self, sent: Message) -> None:
        self.drawn = sent.ephemeral_message_id


ReplyTarget = ChatTarget | EphemeralTarget


def find_reply_targets(event: Message | CallbackQuery, hidden: bool) -> Sequence[ReplyTarget]:
    """Where the answer to this goes, best first; what only the asker saw is answered to the asker alone."""
    tap = event if isinstance(event, CallbackQuery) else None
    message = event.message if isinstance(event, CallbackQuery) else event
    assert message is not None, "access lets no tap without a message through"
    assert event.from_user is not None, "access lets nothing through that nobody sent"
    left = message if isinstance(message, Message) else None
    topic = left.message_thread_id if left and left.is_topic_message else None
    number = left.ephemeral_message_id if left else None
    if not hidden and number is None:
        drawn = left.message_id if left and tap else None
        return [ChatTarget(message.chat.id, topic, asked=message.message_id, drawn=drawn)]
    ephemeral = EphemeralTarget(message.chat.id, event.from_user.id, topic)
    if tap:
        ephemeral.query, ephemeral.drawn = tap.id, number
    else:
        ephemeral.asked = number
    return [ephemeral, ChatTarget(event.from_user.id)]
