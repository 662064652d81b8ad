"""What happened, in order, for everybody who watches: the page and the test driver."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lines_bot.sandbox.telegram.wire import to_json

Event = dict[str, Any]


class Events:
    """Every event carries the version that the whole state has after it."""

    def __init__(self) -> None:
        self.version = 0
        self._watchers: set[asyncio.Queue[Event | None]] = set()

    def publish(self, kind: str, **content: Any) -> None:
        self.version += 1
        if not self._watchers:
            return
        event = {"kind": kind, "version": self.version, **to_json(content)}
        for watcher in self._watchers:
            watcher.put_nowait(event)

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Event | None]]:
        """A queue of the events from now on; None says that the server stops."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def close(self) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(None)
