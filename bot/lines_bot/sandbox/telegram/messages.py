"""The Bot API's methods that write: messages, edits, uploads, pins and answers to taps."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from aiogram import methods, types
from aiogram.methods import TelegramMethod

from lines_bot.sandbox.telegram import limits
from lines_bot.sandbox.telegram.chat import Chat
from lines_bot.sandbox.telegram.chats import CALLBACK_LIFETIME, Chats, Upload
from lines_bot.sandbox.telegram.content import (
    caption_content,
    check_topic,
    common_content,
    entities_of,
    keyboard_of,
    post_for_bot,
    refuse_what_is_not_simulated,
)
from lines_bot.sandbox.telegram.refusals import bad_request, not_modified, not_simulated, stale_query

DELETABLE_FOR = 48 * 3600


def send_message(chats: Chats, call: methods.SendMessage) -> types.Message:
    chat = chats.writable(call.chat_id)
    text = limits.check_text(call.text, call.entities or ())
    entities = entities_of(text, call.entities or (), call)
    return post_for_bot(
        chats,
        chat,
        call,
        **common_content(chats, chat, call),
        text=text,
        entities=entities or None,
        link_preview_options=call.link_preview_options
        if isinstance(call.link_preview_options, types.LinkPreviewOptions)
        else None,
    )


def send_document(chats: Chats, call: methods.SendDocument) -> types.Message:
    chat = chats.writable(call.chat_id)
    common, caption = common_content(chats, chat, call), caption_content(call)
    file_id, upload = _keep(chats, call.document)
    document = types.Document(
        file_id=file_id, file_unique_id=file_id, file_name=upload.name, file_size=len(upload.content)
    )
    return post_for_bot(chats, chat, call, **common, **caption, document=document)


def send_photo(chats: Chats, call: methods.SendPhoto) -> types.Message:
    chat = chats.writable(call.chat_id)
    common, caption = common_content(chats, chat, call), caption_content(call)
    file_id, upload = _keep(chats, call.photo)
    size = types.PhotoSize(
        file_id=file_id, file_unique_id=file_id, width=0, height=0, file_size=len(upload.content)
    )
    return post_for_bot(chats, chat, call, **common, **caption, photo=[size])


def edit_message_text(chats: Chats, call: methods.EditMessageText) -> types.Message:
    refuse_what_is_not_simulated(call)
    return _edit_text(chats, _own_message(chats, call.chat_id, call.message_id), call)


def edit_ephemeral_message_text(chats: Chats, call: methods.EditEphemeralMessageText) -> bool:
    if call.rich_message is not None:
        raise not_simulated("rich_message")
    message = chats.readable(call.chat_id).find_ephemeral(call.ephemeral_message_id)
    receiver = message.receiver_user if message else None
    if message is None or receiver is None or receiver.id != call.receiver_user_id:
        raise bad_request("ephemeral message not found")
    _edit_text(chats, message, call)
    return True


def edit_message_reply_markup(chats: Chats, call: methods.EditMessageReplyMarkup) -> types.Message:
    refuse_what_is_not_simulated(call)
    message = _own_message(chats, call.chat_id, call.message_id)
    return _edit(chats, message, reply_markup=keyboard_of(call.reply_markup))


def delete_message(chats: Chats, call: methods.DeleteMessage) -> bool:
    chat = chats.readable(call.chat_id)
    message = chat.find(call.message_id)
    if message is None:
        raise bad_request("message to delete not found")
    own = message.from_user is not None and message.from_user.id == chats.bot.id
    if not (own or chat.type == "private" or chat.is_administrator(chats.bot.id)):
        raise bad_request("message can't be deleted")
    if chats.clock() - message.date.timestamp() > DELETABLE_FOR and not chat.is_administrator(chats.bot.id):
        raise bad_request("message can't be deleted for everyone")
    chats.remove(message)
    return True


def answer_callback_query(chats: Chats, call: methods.AnswerCallbackQuery) -> bool:
    tap = chats.taps.get(call.callback_query_id)
    if tap is None or chats.clock() - tap.pressed_at > CALLBACK_LIFETIME:
        raise stale_query()
    if call.text and limits.length(call.text) > limits.CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    chats.keep_answered(chats.taps.pop(call.callback_query_id))
    chats.events.publish(
        "answered",
        query=tap.query.id,
        person=tap.query.from_user.id,
        text=call.text or "",
        alert=bool(call.show_alert),
        url=call.url,
    )
    return True


def send_chat_action(chats: Chats, call: methods.SendChatAction) -> bool:
    chat = chats.writable(call.chat_id)
    if call.message_thread_id is not None:
        check_topic(chats, chat, call.message_thread_id)
    chats.events.publish("action", chat=chat.id, action=call.action)
    return True


def pin_chat_message(chats: Chats, call: methods.PinChatMessage) -> bool:
    chat = _pinnable(chats, call.chat_id)
    if chat.find(call.message_id) is None:
        raise bad_request("message to pin not found")
    if call.message_id not in chat.pinned:
        chat.pinned.append(call.message_id)
        chats.changed(chat)
    return True


def unpin_chat_message(chats: Chats, call: methods.UnpinChatMessage) -> bool:
    chat = _pinnable(chats, call.chat_id)
    wanted = call.message_id if call.message_id is not None else chat.pinned[-1] if chat.pinned else None
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted)
    chats.changed(chat)
    return True


def _own_message(chats: Chats, chat_id: int | str | None, message_id: int | None) -> types.Message:
    message = chats.readable(chat_id).find(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if message.from_user is None or message.from_user.id != chats.bot.id:
        raise bad_request("message can't be edited")
    return message


def _edit_text(
    chats: Chats, message: types.Message, call: methods.EditMessageText | methods.EditEphemeralMessageText
) -> types.Message:
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    text = limits.check_text(call.text, call.entities or ())
    return _edit(
        chats,
        message,
        text=text,
        entities=entities_of(text, call.entities or (), call) or None,
        reply_markup=keyboard_of(call.reply_markup),
    )


def _edit(chats: Chats, message: types.Message, **changes: Any) -> types.Message:
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise not_modified()
    if "text" in changes:
        changes["edit_date"] = int(chats.clock())
    return chats.replace(message.model_copy(update=changes))


def _keep(chats: Chats, file: types.InputFile | str) -> tuple[str, Upload]:
    if isinstance(file, str) and file in chats.uploads:
        return file, chats.uploads[file]
    if not isinstance(file, types.BufferedInputFile):
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not file.data:
        raise bad_request("file must be non-empty")
    upload = Upload(file.filename or "file", file.data)
    file_id = uuid4().hex
    chats.uploads[file_id] = upload
    return file_id, upload


def _pinnable(chats: Chats, chat_id: int | str) -> Chat:
    chat = chats.writable(chat_id)
    if chat.type != "private" and not chat.is_administrator(chats.bot.id):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


METHODS: dict[type[TelegramMethod[Any]], Callable[[Chats, Any], Any]] = {
    methods.SendMessage: send_message,
    methods.SendDocument: send_document,
    methods.SendPhoto: send_photo,
    methods.EditMessageText: edit_message_text,
    methods.EditEphemeralMessageText: edit_ephemeral_message_text,
    methods.EditMessageReplyMarkup: edit_message_reply_markup,
    methods.DeleteMessage: delete_message,
    methods.AnswerCallbackQuery: answer_callback_query,
    methods.SendChatAction: send_chat_action,
    methods.PinChatMessage: pin_chat_message,
    methods.UnpinChatMessage: unpin_chat_message,
}
