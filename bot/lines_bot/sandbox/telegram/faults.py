"""Faults that a test switches on: the next requests of a method fail in a chosen way."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiogram.methods import TelegramMethod

from lines_bot.sandbox.telegram.refusals import Refusal, too_many_requests

Method = type[TelegramMethod[Any]]


@dataclass
class Hold:
    """A request that hangs before it is executed until the test releases it."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()


@dataclass(frozen=True)
class Garbage:
    """Nothing is executed, and something else than Telegram answers."""

    body: bytes
    status: int = 200


class Drop:
    """The request is executed, and the connection breaks before the answer."""


Fault = Refusal | Hold | Drop | Garbage


class Faults:
    """What happens to the next requests of each method, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._planned: defaultdict[Method, deque[Fault]] = defaultdict(deque)

    def fail(
        self, method: Method, *, times: int = 1, code: int = 502, description: str = "Bad Gateway"
    ) -> None:
        """Answers an error and executes nothing."""
        self._planned[method].extend([Refusal(code, description)] * times)

    def flood(self, method: Method, *, retry_after: int, times: int = 1) -> None:
        """Answers 429 with `retry_after` in seconds."""
        self._planned[method].extend([too_many_requests(retry_after)] * times)

    def drop(self, method: Method, *, times: int = 1) -> None:
        """Executes the request and breaks the connection, so that the answer is lost."""
        self._planned[method].extend([Drop()] * times)

    def garble(self, method: Method, body: bytes, *, status: int = 200, times: int = 1) -> None:
        """Answers with these bytes and executes nothing."""
        self._planned[method].extend([Garbage(body, status)] * times)

    def hang(self, method: Method) -> Hold:
        """Holds the next request back; await `hold.arrived.wait()`, then `hold.release()` executes it."""
        hold = Hold()
        self._planned[method].append(hold)
        return hold

    def next_for(self, method: Method) -> Fault | None:
        planned = self._planned[method]
        return planned.popleft() if planned else None
