"""Buttons that hold a command: pressing one is sending it, with the same handler and the same rights."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.types import CallbackQuery, InaccessibleMessage, Message, TelegramObject

from lines_bot.references import References, UnknownReference
from lines_bot.telegram.callbacks import RunCommand
from lines_bot.telegram.incoming.access import answer
from lines_bot.telegram.incoming.request import Handler, Request
from lines_bot.telegram.user_errors import NotYourButton
from lines_bot.telegram.views.errors import describe_error

_NO_TIME = datetime.fromtimestamp(0, UTC)  # which is how Telegram dates what it cannot show any more


class CommandButtonMiddleware(BaseMiddleware):
    """Hands the message that the person could have written to the `handlers`; asked after access."""

    def __init__(self, references: References, handlers: Router) -> None:
        self._references = references
        self._handlers = handlers

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, CallbackQuery), "registered for taps"
        query, pressed = event, _read(event)
        if query.message is None or pressed is None:
            return await handler(event, data)
        request: Request = data["request"]
        if pressed.by not in (0, request.person.id):
            return await answer(query, describe_error(NotYourButton()))
        try:
            text = await self._write(pressed, request)
        except UnknownReference as error:
            return await answer(query, describe_error(error))
        if pressed.beside:
            request.reply.move_beside()
        # The same tap, handed out again, is known by the message it was on.
        place = replace(request.chat, request_message_id=query.message.message_id)
        typed = _type(text, query, query.message)
        data["request"] = replace(request, chat=place, message=typed)
        return await self._handlers.propagate_event("message", typed.as_(data["bot"]), **data)

    async def _write(self, pressed: RunCommand, request: Request) -> str:
        words = [f"/{pressed.command}"]
        if pressed.about:
            words.append(f"#{pressed.about}")
        if pressed.words:
            readers = (request.person.id, request.chat.chat)
            words.append(await self._references.text_of(pressed.words, *readers))
        return " ".join(words)


def _read(query: CallbackQuery) -> RunCommand | None:
    """What does not read is left to whoever answers buttons that are not known."""
    try:
        return RunCommand.unpack(query.data or "")
    except (TypeError, ValueError):
        return None


def _type(text: str, query: CallbackQuery, message: Message | InaccessibleMessage) -> Message:
    """The command as the person would have sent it to the chat, or the topic, of the pressed message."""
    told = message if isinstance(message, Message) else None
    return Message(
        message_id=message.message_id,
        date=told.date if told else _NO_TIME,
        chat=message.chat,
        from_user=query.from_user,
        text=text,
        is_topic_message=told.is_topic_message if told else None,
        message_thread_id=told.message_thread_id if told else None,
    )
