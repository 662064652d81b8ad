"""What every kind of sent message has: who gets it, what it replies to, its entities and its buttons."""

from collections.abc import Sequence
from math import inf
from typing import Any

from aiogram import methods, types
from aiogram.methods import TelegramMethod

from lines_bot.sandbox.telegram import limits
from lines_bot.sandbox.telegram.chat import Chat
from lines_bot.sandbox.telegram.chats import EPHEMERAL_WINDOW, Chats
from lines_bot.sandbox.telegram.refusals import bad_request, not_simulated, stale_query

_NOT_SIMULATED = (
    "business_connection_id",
    "direct_messages_topic_id",
    "inline_message_id",
    "message_effect_id",
    "receiver_user_id",
    "rich_message",
    "suggested_post_parameters",
)


def common_content(chats: Chats, chat: Chat, call: Any) -> dict[str, Any]:
    """The checked fields that every kind of sent message has."""
    refuse_what_is_not_simulated(call)
    content: dict[str, Any] = {"from_user": chats.bot, "reply_markup": keyboard_of(call.reply_markup)}
    if call.message_thread_id is not None:
        check_topic(chats, chat, call.message_thread_id)
        content |= {"message_thread_id": call.message_thread_id, "is_topic_message": True}
    if call.ephemeral_message_parameters is not None and chats.knows_ephemeral:
        return content | {"receiver": _find_receiver(chats, chat, call)}
    reply_to, may_be_missing = call.reply_to_message_id, call.allow_sending_without_reply
    if call.reply_parameters is not None:
        if call.reply_parameters.chat_id not in (None, chat.id) or call.reply_parameters.quote:
            raise not_simulated("quotes and replies in other chats")
        reply_to = call.reply_parameters.message_id
        may_be_missing = call.reply_parameters.allow_sending_without_reply
    original = chat.find(reply_to)
    if reply_to is not None and original is None and may_be_missing is not True:
        raise bad_request("message to be replied not found")
    if original is not None:
        content["reply_to_message"] = original.model_copy(update={"reply_to_message": None})
    return content


def _find_receiver(chats: Chats, chat: Chat, call: Any) -> types.User:
    """Who alone sees an ephemeral message, if the bot may send it now. Telegram publishes the rules of this,
    not the words of its refusals."""
    asked: types.EphemeralMessageParameters = call.ephemeral_message_parameters
    if asked.replace_callback_query_message:
        raise not_simulated("replace_callback_query_message")
    receiver = chats.persons.get(asked.receiver_user_id)
    if chat.type == "private" or receiver is None or receiver.is_bot or not chat.has(receiver.id):
        raise bad_request("USER_ID_INVALID")
    begun = -inf
    if asked.callback_query_id is not None:
        tap = (chats.taps | chats.answered_taps).get(asked.callback_query_id)
        if tap is None or tap.query.from_user.id != receiver.id or tap.query.chat_instance != str(chat.id):
            raise stale_query()
        begun = tap.pressed_at
    elif call.reply_parameters is not None:
        command = chat.find_ephemeral(call.reply_parameters.ephemeral_message_id)
        if command is None or command.from_user is None or command.from_user.id != receiver.id:
            raise bad_request("message to be replied not found")
        begun = command.date.timestamp()
    if chats.clock() - begun > EPHEMERAL_WINDOW and not chat.is_administrator(chats.bot.id):
        raise bad_request("BOT_NOT_ADMIN")
    return receiver.user()


def check_topic(chats: Chats, chat: Chat, thread_id: int) -> None:
    """Refuses a topic that is not there, or is closed to this bot."""
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and not chat.is_administrator(chats.bot.id):
        raise bad_request("TOPIC_CLOSED")


def caption_content(call: methods.SendDocument | methods.SendPhoto) -> dict[str, Any]:
    marked = call.caption_entities or ()
    caption = limits.check_caption(call.caption or "", marked)
    return {"caption": caption or None, "caption_entities": entities_of(caption, marked, call) or None}


def entities_of(text: str, marked: Sequence[types.MessageEntity], call: Any) -> list[types.MessageEntity]:
    if isinstance(call.parse_mode, str):
        raise bad_request(
            f"can't parse entities: the sandbox takes entities, not parse_mode {call.parse_mode}"
        )
    kept = limits.clip(marked, text)
    return sorted(
        kept + limits.found_entities(text, kept), key=lambda entity: (entity.offset, -entity.length)
    )


def keyboard_of(markup: types.ReplyMarkupUnion | None) -> types.InlineKeyboardMarkup | None:
    """The buttons that stay with the message. A forced reply shows in the input field only."""
    if markup is None or isinstance(markup, types.ForceReply):
        return None
    if not isinstance(markup, types.InlineKeyboardMarkup):
        raise not_simulated("reply keyboards")
    limits.check_keyboard(markup)
    return markup if any(markup.inline_keyboard) else None


def refuse_what_is_not_simulated(call: TelegramMethod[Any]) -> None:
    for name in _NOT_SIMULATED:
        if getattr(call, name, None) is not None:
            raise not_simulated(name)


def post_for_bot(chats: Chats, chat: Chat, call: Any, **content: Any) -> types.Message:
    """Posts the bot's message; a forced reply opens everybody's input field, a selective one the asker's."""
    message = chats.post(chat, **content)
    asks = call.reply_markup
    if asks is not None and asks.force_reply:
        answered = message.reply_to_message.from_user if message.reply_to_message else None
        chats.events.publish(
            "reply_wanted",
            chat=message.chat.id,
            message=message.message_id,
            person=answered.id if answered and getattr(asks, "selective", None) else None,
            placeholder=getattr(asks, "input_field_placeholder", None),
        )
    return message
