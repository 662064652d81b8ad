"""What an earlier process began and could not tell any more: its message is brought to the truth."""

import logging

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from lines_bot.operations.ledger import Entry
from lines_bot.telegram.language import speak_to
from lines_bot.telegram.outgoing.errors import Refusal, classify
from lines_bot.telegram.views.confirmations import render_completion

_log = logging.getLogger(__name__)


class ResumedOperations:
    """Edits the message that still says that something is under way."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def notify(self, entry: Entry) -> None:
        """A refusal of Telegram is logged: the ledger holds the truth either way."""
        if entry.chat is None or entry.answer_message_id is None:
            return
        with speak_to(entry.chat):
            message = render_completion(entry).as_message()
        try:
            await self._bot.edit_message_text(
                chat_id=entry.chat, message_id=entry.answer_message_id, **message
            )
        except TelegramAPIError as error:
            if classify(error) is not Refusal.UNCHANGED:
                _log.warning("the end of entry %s could not be shown: %s", entry.id, error)
