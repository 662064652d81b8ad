"""Putting one message into one chat, whatever Telegram says to it."""

import logging
from dataclasses import dataclass, replace

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
from lines_bot.telegram.outgoing.errors import Refusal, classify
from lines_bot.telegram.outgoing.rate_limiter import urgent
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)


class ChatGone(Exception):
    """The bot cannot write to this chat any more."""


@dataclass(frozen=True)
class Receipt:
    """A message that stands in a chat; where Telegram refused something it is plain and without buttons."""

    message: int
    refusal: str | None = None


class Delivery:
    """Sends and edits; raises TelegramNetworkError and TelegramServerError when nobody knows, ChatGone, or
    TelegramAPIError when even the plain text is refused."""

    def __init__(self, bot: Bot, chats: ChatRegistry) -> None:
        self._bot = bot
        self._chats = chats

    async def edit(self, target: AlertTarget, message: int, view: View) -> Receipt | None:
        """Make a message show this; None if it is not there any more."""
        try:
            await self._edit(target, message, view)
        except (TelegramNetworkError, TelegramServerError):
            raise
        except TelegramMigrateToChat as moved:
            await self._chats.move(target.chat, moved.migrate_to_chat_id)
            return None
        except TelegramAPIError as error:
            match classify(error):
                case Refusal.UNCHANGED:
                    return Receipt(message)
                case Refusal.MESSAGE_GONE:
                    return None
                case Refusal.CHAT_GONE:
                    raise ChatGone(error.message) from error
                case _:
                    _log.error("Telegram refuses a message in chat %s: %s", target.chat, error)
                    await self._edit(target, message, plain(view))
                    return Receipt(message, error.message)
        return Receipt(message)

    async def _edit(self, target: AlertTarget, message: int, view: View) -> None:
        with urgent():
            await self._bot.edit_message_text(chat_id=target.chat, message_id=message, **view.as_message())

    async def send(
        self, target: AlertTarget, view: View, *, silent: bool, reply_to: int | None = None
    ) -> Receipt:
        """Send a message to the chat under the id it has today; without its topic where that is gone, plain
        where it must be."""
        target = await self._chats.locate(target)
        try:
            return await self._send(target, view, silent, reply_to)
        except (TelegramNetworkError, TelegramServerError):
            raise
        except TelegramMigrateToChat as moved:
            await self._chats.move(target.chat, moved.migrate_to_chat_id)
            return await self._send(AlertTarget(moved.migrate_to_chat_id), view, silent, None)
        except TelegramAPIError as error:
            match classify(error):
                case Refusal.TOPIC_GONE:
                    return await self._send(AlertTarget(target.chat), view, silent, None)
                case Refusal.CHAT_GONE:
                    raise ChatGone(error.message) from error
                case _:
                    _log.error("Telegram refuses a message in chat %s: %s", target.chat, error)
                    receipt = await self._send(target, plain(view), silent, None)
                    return replace(receipt, refusal=error.message)

    async def mention(
        self, target: AlertTarget, view: View, *, silent: bool, reply_to: int | None = None
    ) -> None:
        """Say something beside the cards: what Telegram refuses in every form is not tried again."""
        try:
            await self.send(target, view, silent=silent, reply_to=reply_to)
        except (TelegramNetworkError, TelegramServerError):
            raise
        except TelegramAPIError as error:
            _log.error("Telegram takes no such message in chat %s: %s", target.chat, error)

    async def _send(self, target: AlertTarget, view: View, silent: bool, reply_to: int | None) -> Receipt:
        reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
        with urgent():
            sent = await self._bot.send_message(
                chat_id=target.chat,
                message_thread_id=target.topic,
                disable_notification=silent,
                reply_parameters=reply,
                **view.as_message(),
            )
        return Receipt(sent.message_id)


def plain(view: View) -> View:
    """The same words without entities and buttons, for when Telegram refuses the rest."""
    return View(Text(view.text.render()[0]))
