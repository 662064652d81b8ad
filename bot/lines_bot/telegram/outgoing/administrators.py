"""What the people of ADMINS are told in private about the bot itself; it needs no memory."""

import logging
from collections.abc import Collection
from datetime import timedelta

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from lines_bot.clock import Clock
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)


class Administrators:
    """Writes to each administrator; one who never wrote to the bot keeps the others from nothing."""

    def __init__(self, bot: Bot, admins: Collection[int], clock: Clock) -> None:
        self._bot = bot
        self._admins = sorted(admins)
        self._clock = clock
        self._told: dict[str, float] = {}

    async def tell(self, view: View) -> None:
        """Send it to all of them. Raises nothing."""
        for admin in self._admins:
            try:
                await self._bot.send_message(admin, **view.as_message())
            except TelegramAPIError as error:
                _log.warning("administrator %s was not told: %s", admin, error)

    async def tell_once(self, topic: str, view: View, every: timedelta = timedelta(days=1)) -> None:
        """Send it unless they were told of this topic within `every`, as far as this process knows."""
        now, told = self._clock.monotonic(), self._told.get(topic)
        if told is None or now - told >= every.total_seconds():
            self._told[topic] = now
            await self.tell(view)
