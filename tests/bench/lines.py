"""A fast fake Lines server: a company that stands still, whose answers are worked out once and kept."""

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lines_bot.sandbox import rpc
from lines_bot.sandbox.times import format_time
from lines_bot.sandbox.world import World
from tests.bench.sizes import CHANNELS, LINES, WAITING

TOKEN = "bench-lines"


@dataclass
class Lines:
    """`requests` counts those that came; a call about one of `blocked` waits until `released`."""

    world: World
    requests: int = 0
    blocked: Collection[str] = ()
    released: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    _known: dict[str, bytes] = field(default_factory=dict)

    async def serve(self, _path: str, body: bytes) -> bytes:
        self.requests += 1
        self.asked.set()
        if any(each.encode() in body for each in self.blocked):
            await self.released.wait()
        calls = json.loads(body)
        answers = [self._answer(call) for call in (calls if isinstance(calls, list) else [calls])]
        return b"[%s]" % b",".join(answers) if isinstance(calls, list) else answers[0]

    def _answer(self, call: dict[str, Any]) -> bytes:
        question = json.dumps([call["method"], call["params"]])
        if question not in self._known:
            answer = rpc.answer(self.world, json.dumps(call).encode())
            assert isinstance(answer, dict)
            # The number of the call comes last, so that all before it can be kept.
            named = json.dumps({name: value for name, value in answer.items() if name != "id"})
            self._known[question] = named[:-1].encode()
        return b'%s, "id": %s}' % (self._known[question], json.dumps(call["id"]).encode())


def make_company(now: datetime | None = None) -> World:
    """Some lines with channels, a few of them broken, and a queue."""
    now = now or datetime.now(UTC)

    def stamp(number: int, **values: Any) -> dict[str, Any]:
        at = format_time(now - timedelta(seconds=10 * number + 10))
        return {"__createdAt": at, "__updatedAt": at, "__createdBy": None, "__updatedBy": None, **values}

    channels = [
        stamp(
            number,
            __id=f"channel-{number}",
            __name=f"Channel {number} of the shop",
            _line=f"line-{number % LINES}",
            _state="error" if number % 10 == 0 else "active",
            _type="telegramBot",
        )
        for number in range(CHANNELS)
    ]
    sessions = [
        stamp(
            number,
            __id=f"session-{number}",
            _line=f"line-{number % LINES}",
            _channel=f"channel-{number % CHANNELS}",
            _state="Waiting",
            _priority="Medium",
            _clients=[f"client-{number}"],
            _apps=[],
            _acceptedAt=format_time(now - timedelta(seconds=number)),
        )
        for number in range(WAITING)
    ]
    return World(
        {
            "now": format_time(now),
            "me": "user-0",
            "lines": [stamp(n, __id=f"line-{n}", __name=f"Line {n}") for n in range(LINES)],
            "channels": channels,
            "clients": [stamp(n, __id=f"client-{n}", __name=f"Client {n}") for n in range(WAITING)],
            "users": [stamp(n, __id=f"user-{n}", __name=f"Operator {n}") for n in range(10)],
            "userGroups": [],
            "sessions": sessions,
        }
    )
