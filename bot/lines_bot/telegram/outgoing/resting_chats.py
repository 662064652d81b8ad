"""Chats that Telegram wants left alone for so long that nobody should wait for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lines_bot.clock import Clock
from lines_bot.telegram.outgoing.errors import LONGEST_REST

ChatId = int | str


class RestingChats:
    """Until when each rests: measured by the monotonic clock, named by the time of day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rests: dict[ChatId, tuple[float, datetime]] = {}

    def begin(self, chat: ChatId, seconds: float) -> datetime:
        """Leave a chat alone for so long from now; the time at which that is over."""
        until = self._clock.now() + timedelta(seconds=seconds)
        self._rests[chat] = self._clock.monotonic() + seconds, until
        return until

    def find(self, chat: ChatId) -> datetime | None:
        """Until when a chat rests; None if it does not (any more)."""
        if chat not in self._rests:
            return None
        over, until = self._rests[chat]
        if self._clock.monotonic() >= over:
            del self._rests[chat]
            return None
        return until

    def list(self) -> Mapping[ChatId, datetime]:
        """Every chat that rests, and until when: what `restore` takes after a restart."""
        return {chat: until for chat in tuple(self._rests) if (until := self.find(chat)) is not None}

    def restore(self, resting: Mapping[ChatId, datetime]) -> None:
        """Go on with the rests of an earlier process; none lasts longer from now than Telegram's longest."""
        for chat, until in resting.items():
            if (seconds := (until - self._clock.now()).total_seconds()) > 0:
                self.begin(chat, min(seconds, LONGEST_REST))
