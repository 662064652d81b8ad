"""Putting one message into one chat, whatever Telegram says to it."""

import logging
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.types import ReplyParameters
from aiogram.utils.formatting import Text

from lines_bot.settings import AlertTarget
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.outgoing.errors import ChatResting, Refusal, classify
from lines_bot.telegram.outgoing.rate_limiter import urgent
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)


class ChatGone(Exception):
    """The bot cannot write to this chat any more."""


class ChatPaused(ChatGone):
    """The bot cannot write to this chat before `until`: Telegram said so."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Telegram takes nothing for it before {until:%Y-%m-%d %H:%M:%S %Z}")
        self.until = until


class Undeliverable(TelegramAPIError):
    """Telegram refuses this message in this chat even as plain text; `message` is why, in its words."""


@dataclass(frozen=True)
class Receipt:
    """A message that stands in a chat; where Telegram refused something it is plain and without buttons."""

    message: int
    refusal: str | None = None


class Delivery:
    """Sends and edits, before answers to commands if it is `urgent`.

    What raises did not arrive: ChatGone (for good) and ChatPaused (for now) are about the chat, Undeliverable
    about this message in it. After TelegramNetworkError and TelegramServerError it may have arrived.
    """

    def __init__(self, bot: Bot, chats: ChatRegistry, *, is_urgent: bool = True) -> None:
        self._bot = bot
        self._chats = chats
        self._hurry = urgent if is_urgent else nullcontext

    async def edit(self, target: AlertTarget, message: int, view: View) -> Receipt | None:
        """Make a message show this, plain where it must be; None if it is not there any more."""
        try:
            return await self._edit(target, message, view)
        except Undeliverable as refused:
            _log.error("Telegram refuses a message in chat %s: %s", target.chat, refused)
            receipt = await self._edit(target, message, plain(view))
            return receipt and replace(receipt, refusal=refused.message)

    async def send(
        self, target: AlertTarget, view: View, *, silent: bool, reply_to: int | None = None
    ) -> Receipt:
        """Send a message to the chat under the id it has today; without its topic where that is gone, plain
        where it must be."""
        target = await self._chats.locate(target)
        try:
            return await self._send(target, view, silent, reply_to)
        except Undeliverable as refused:
            _log.error("Telegram refuses a message in chat %s: %s", target.chat, refused)
            receipt = await self._send(target, plain(view), silent, None)
            return replace(receipt, refusal=refused.message)

    async def mention(
        self, target: AlertTarget, view: View, *, silent: bool, reply_to: int | None = None
    ) -> None:
        """Say something beside the cards: what Telegram refuses in every form is not tried again."""
        try:
            await self.send(target, view, silent=silent, reply_to=reply_to)
        except Undeliverable as refused:
            _log.error("Telegram takes no such message in chat %s: %s", target.chat, refused)

    async def _edit(self, target: AlertTarget, message: int, view: View) -> Receipt | None:
        """One form of a message; Undeliverable if Telegram refuses it, whatever the reason."""
        try:
            with self._hurry():
                await self._bot.edit_message_text(
                    chat_id=target.chat, message_id=message, **view.as_message()
                )
        except (TelegramNetworkError, TelegramServerError):
            raise
        except TelegramMigrateToChat as moved:
            await self._chats.move(target.chat, moved.migrate_to_chat_id)
            return None
        except TelegramAPIError as error:
            match _read(error):
                case Refusal.UNCHANGED:
                    return Receipt(message)
                case Refusal.MESSAGE_GONE:
                    return None
            raise Undeliverable(error.method, error.message) from error
        return Receipt(message)

    async def _send(self, target: AlertTarget, view: View, silent: bool, reply_to: int | None) -> Receipt:
        """One form of a message; Undeliverable if Telegram refuses it, whatever the reason."""
        reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
        try:
            with self._hurry():
                sent = await self._bot.send_message(
                    chat_id=target.chat,
                    message_thread_id=target.topic,
                    disable_notification=silent,
                    reply_parameters=reply,
                    **view.as_message(),
                )
        except (TelegramNetworkError, TelegramServerError):
            raise
        except TelegramMigrateToChat as moved:
            await self._chats.move(target.chat, moved.migrate_to_chat_id)
            return await self._send(AlertTarget(moved.migrate_to_chat_id), view, silent, None)
        except TelegramAPIError as error:
            if _read(error) is Refusal.TOPIC_GONE and target.topic is not None:
                return await self._send(AlertTarget(target.chat), view, silent, None)
            raise Undeliverable(error.method, error.message) from error
        return Receipt(sent.message_id)


def _read(error: TelegramAPIError) -> Refusal:
    """What a refusal means for the message. Raises ChatGone and ChatPaused if it is about the chat."""
    if isinstance(error, ChatResting):
        raise ChatPaused(error.until) from error
    refusal = classify(error)
    if refusal is Refusal.CHAT_GONE:
        raise ChatGone(error.message) from error
    return refusal


def plain(view: View) -> View:
    """The same words without entities and buttons, for when Telegram refuses the rest."""
    return View(Text(view.text.render()[0]))
