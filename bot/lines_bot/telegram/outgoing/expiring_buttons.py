"""Buttons that are good for a minute are taken off their messages when it is over."""

import asyncio
import logging

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from lines_bot.clock import Clock
from lines_bot.telegram.outgoing.errors import Refusal, classify
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)


class ExpiringButtons:
    """Remembered by this process only: after a restart such a button stays, and is refused when pressed."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self._shown: dict[tuple[int, int], tuple[View, float]] = {}

    def remember(self, chat: int, message: int, view: View) -> None:
        """What a message shows from now on."""
        if view.passing is not None:
            good_for = (view.passing.until - self._clock.now()).total_seconds()
            self._shown[chat, message] = view, self._clock.monotonic() + good_for

    def forget(self, chat: int, message: int) -> None:
        """The message is about to be redrawn: what it showed is nobody's matter any more."""
        self._shown.pop((chat, message), None)

    async def take_away(self) -> None:
        """Leave the lasting buttons alone where the others are over."""
        now = self._clock.monotonic()
        over = {key: view for key, (view, until) in self._shown.items() if now > until}
        for chat, message in over:
            # Forgotten first: what is drawn from here on stands behind this edit, and so above it.
            self.forget(chat, message)
        await asyncio.gather(*(self._strip(chat, message, view) for (chat, message), view in over.items()))

    async def _strip(self, chat: int, message: int, view: View) -> None:
        try:
            await self._bot.edit_message_reply_markup(
                chat_id=chat, message_id=message, reply_markup=view.without_passing().make_keyboard()
            )
        except TelegramAPIError as error:
            # A button that stays is refused when it is pressed.
            if classify(error) not in (Refusal.UNCHANGED, Refusal.MESSAGE_GONE):
                _log.warning("buttons of message %s in chat %s stay: %s", message, chat, error)
