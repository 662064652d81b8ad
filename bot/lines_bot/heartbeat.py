"""A dead man's switch: an address that is asked while all is well, and calls somebody when it is not."""

import logging
import math
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
from pydantic import SecretStr

from lines_bot.alerts.monitor import Monitor
from lines_bot.clock import Clock

_log = logging.getLogger(__name__)
_LEAST_PAUSE = 60.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class Heartbeat:
    """Asks the address of the settings, if there is one."""

    def __init__(
        self,
        address: SecretStr | None,
        monitor: Monitor,
        list_troubles: Callable[[], Awaitable[Sequence[str]]],
        clock: Clock,
    ) -> None:
        self._address = address
        self._monitor = monitor
        self._list_troubles = list_troubles
        self._clock = clock
        self._beaten_at = -math.inf

    async def beat(self) -> None:
        """Ask it if a look went well since the last time, a minute ago at least, and nothing is amiss."""
        now, look = self._clock.monotonic(), self._monitor.last
        if self._address is None or look is None or now - self._beaten_at < _LEAST_PAUSE:
            return
        if look.ended_at <= self._beaten_at or await self._list_troubles():
            return
        self._beaten_at = now
        try:
            async with (
                # Unlike httpx it does not log the address, which is a secret.
                aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as http,
                http.get(self._address.get_secret_value()) as response,
            ):
                reason = None if response.ok else f"HTTP {response.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = type(error).__name__
        if reason is not None:
            _log.warning("HEARTBEAT_URL was asked in vain: %s", reason)
