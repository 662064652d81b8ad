"""What the people of ADMINS are told in private about the bot itself; it needs no memory."""

import logging
from collections import deque
from collections.abc import Callable, Collection
from datetime import timedelta

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from lines_bot.clock import Clock
from lines_bot.telegram.language import speak_to
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_HOUR = 3600.0
_MOST_AN_HOUR = 5
Render = Callable[[], View]


class Administrators:
    """Writes to each administrator; one who never wrote to the bot keeps the others from nothing."""

    def __init__(self, bot: Bot, admins: Collection[int], clock: Clock) -> None:
        self._bot = bot
        self._admins = sorted(admins)
        self._clock = clock
        self._told: dict[str, float] = {}
        self._of_strangers: deque[float] = deque()

    async def tell(self, render: Render) -> None:
        """Send it to all of them, to each in their language. Raises nothing."""
        for admin in self._admins:
            try:
                with speak_to(admin):
                    view = render()
                await self._bot.send_message(admin, **view.as_message())
            except TelegramAPIError as error:
                _log.warning("administrator %s was not told: %s", admin, error)

    async def tell_once(self, topic: str, render: Render) -> None:
        """Send it unless they were told of this topic within a day, as far as this process knows."""
        if self._is_news(topic):
            await self.tell(render)

    async def tell_of_stranger(self, topic: str, render: Render, last: Render) -> None:
        """As `tell_once`, for what strangers can bring about: a few an hour in all, then `last` alone."""
        now = self._clock.monotonic()
        while self._of_strangers and now - self._of_strangers[0] >= _HOUR:
            self._of_strangers.popleft()
        if len(self._of_strangers) > _MOST_AN_HOUR or not self._is_news(topic):
            return
        self._of_strangers.append(now)
        await self.tell(last if len(self._of_strangers) > _MOST_AN_HOUR else render)

    def _is_news(self, topic: str) -> bool:
        now = self._clock.monotonic()
        self._told = {each: at for each, at in self._told.items() if now - at < _DAY.total_seconds()}
        if topic in self._told:
            return False
        self._told[topic] = now
        return True
