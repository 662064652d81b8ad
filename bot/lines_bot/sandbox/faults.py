"""What can be made to go wrong between a client and the sandbox."""

import asyncio
from collections.abc import Collection
from enum import StrEnum


class Fault(StrEnum):
    DOWN = "down"
    """503 with the platform's HTML page."""
    HTML = "html"
    """200 with an HTML page, as a proxy or a login page answers."""
    QUOTA = "quota"
    """429 with Retry-After."""
    DENY = "deny"
    """401."""
    DROP = "drop"
    """The calls are carried out, then the connection closes without an answer."""
    SLOW = "slow"
    """The calls are carried out, and the answer waits for `release`."""


class Faults:
    """Faults for the next requests, in the order asked for, or one that lasts until it is cleared."""

    def __init__(self) -> None:
        self.retry_after = 1
        """Seconds that a quota fault asks the client to wait."""
        self.lasting: Fault | None = None
        self._next: list[tuple[Fault, str | None]] = []
        self._released = asyncio.Event()

    def inject(self, fault: Fault | str, times: int | None = None, method: str | None = None) -> None:
        """The next `times` requests, or those with `method`, meet it; without `times` all, until `clear`."""
        if times is None:
            self.lasting = Fault(fault)
        else:
            self._next.extend([(Fault(fault), method)] * times)

    def clear(self) -> None:
        self.lasting = None
        self._next.clear()
        self.release()

    def release(self) -> None:
        """Let every slow answer go that waits now."""
        self._released.set()
        self._released = asyncio.Event()

    def take(self, methods: Collection[str]) -> Fault | None:
        """The fault that a request with these calls meets."""
        for planned in self._next:
            fault, method = planned
            if method is None or method in methods:
                self._next.remove(planned)
                return fault
        return self.lasting

    async def wait_for_release(self) -> None:
        await self._released.wait()
