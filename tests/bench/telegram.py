"""A fast fake Bot API: it hands out updates that were made beforehand, and times what comes back for each."""

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

BOT = {"id": 1000001, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
TOKEN = "1000001:bench-token-of-no-worth-at-all-000000"
_MOST = 100
_LONG_POLL = 20.0
_OFFSET = re.compile(rb"offset\W+(\d+)")
_CHAT = re.compile(rb"chat_id[^\d-]+(-?\d+)")
_MESSAGE = re.compile(rb"message_id[^\d-]+(\d+)")
_ANSWERS = ("sendMessage", "editMessageText")
_SIMPLE = {"getMe": BOT, "getMyCommands": [], "getWebhookInfo": {"url": "", "pending_update_count": 0}}


@dataclass(frozen=True)
class Asked:
    """An update of one person in private, and when it was meant to be sent, on the monotonic clock."""

    chat: int
    due: float


@dataclass
class Telegram:
    """`delays` are seconds from the time that an update was meant to come to the answer on the wire.

    `message` is what a bot sent last, as JSON: Telegram's copy of every message holds the same.
    """

    message: dict[str, Any] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    calls: int = 0
    bytes_in: int = 0
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    _updates: deque[tuple[int, bytes]] = field(default_factory=deque)
    _asked: defaultdict[int, deque[Asked]] = field(default_factory=lambda: defaultdict(deque))
    _copy: bytes = b""
    _last: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    unanswered: int = 0

    async def serve(self, path: str, body: bytes) -> bytes:
        method = path.rpartition("/")[2].partition("?")[0]
        if method == "getUpdates":
            return await self._hand_out(_OFFSET.search(body) or _OFFSET.search(path.encode()))
        if method in _ANSWERS:
            self.calls += 1
            self.bytes_in += len(body)
            return self._take(method, body)
        return b'{"ok":true,"result":%s}' % json.dumps(_SIMPLE.get(method, True)).encode()

    def show(self, message: dict[str, Any]) -> None:
        """What Telegram's copies hold from now on."""
        self.message = message
        copied = {name: message[name] for name in ("text", "entities", "reply_markup") if name in message}
        self._copy = json.dumps(copied, ensure_ascii=False).encode()[1:-1]

    def ask(self, updates: Iterable[dict[str, Any]], due: float) -> None:
        """People write or press."""
        for update in updates:
            self._last += 1
            about = update.get("message") or update["callback_query"]["message"]
            self._asked[about["chat"]["id"]].append(Asked(about["chat"]["id"], due))
            self._updates.append((self._last, json.dumps({"update_id": self._last, **update}).encode()))
            self.unanswered += 1
        self._news.set()

    def reset(self) -> None:
        """Another bot is about to listen."""
        self._updates.clear()
        self._asked.clear()
        self.polled.clear()
        self.delays, self.unanswered = [], 0

    async def drain(self, left: int = 0, seconds: float = 60.0) -> bool:
        """Wait until all but `left` are answered; False if that takes too long."""
        try:
            async with asyncio.timeout(seconds):
                while self.unanswered > left:
                    self._answered.clear()
                    await self._answered.wait()
        except TimeoutError:
            return False
        return True

    async def _hand_out(self, offset: re.Match[bytes] | None) -> bytes:
        begin = int(offset[1]) if offset else 0
        self.polled.set()
        while self._updates and self._updates[0][0] < begin:
            self._updates.popleft()
        if not self._updates:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), _LONG_POLL)
            except TimeoutError:
                return b'{"ok":true,"result":[]}'
        some = [body for _number, body in list(self._updates)[:_MOST]]
        return b'{"ok":true,"result":[%s]}' % b",".join(some)

    def _take(self, method: str, body: bytes) -> bytes:
        chat = _CHAT.search(body)
        assert chat, body
        if not self._copy:
            self.show(read_message(body))
        if waiting := self._asked[int(chat[1])]:
            self.delays.append(time.monotonic() - waiting.popleft().due)
            self.unanswered -= 1
            self._answered.set()
        self._last += 1
        edited = _MESSAGE.search(body) if method == "editMessageText" else None
        return b'{"ok":true,"result":{"message_id":%d,"from":%s,"chat":%s,"date":1700000000,%s}}' % (
            int(edited[1]) if edited else self._last,
            json.dumps(BOT).encode(),
            json.dumps(make_chat(int(chat[1]))).encode(),
            self._copy,
        )


def read_message(body: bytes) -> dict[str, Any]:
    """The fields of a request, whether it is JSON or a form."""
    if body.startswith(b"{"):
        fields: dict[str, Any] = json.loads(body)
        return fields
    read = dict(parse_qsl(body.decode()))
    return {name: json.loads(text) if text[:1] in ("{", "[") else text for name, text in read.items()}


def make_chat(person: int) -> dict[str, Any]:
    return {"id": person, "type": "private", "first_name": f"Person {person}"}


def make_command(person: int, text: str) -> dict[str, Any]:
    """Somebody writes in private."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    message = {"message_id": 7, "from": _make_user(person), "chat": make_chat(person), "date": 1700000000}
    return {"message": {**message, "text": text, "entities": entities}}


def make_tap(person: int, message: dict[str, Any], data: str) -> dict[str, Any]:
    """Somebody presses a button of a message that the bot sent."""
    pressed = {"message_id": 8, "from": BOT, "chat": make_chat(person), "date": 1700000000}
    copied = {name: message[name] for name in ("text", "entities", "reply_markup") if name in message}
    return {
        "callback_query": {
            "id": str(person),
            "from": _make_user(person),
            "chat_instance": "1",
            "data": data,
            "message": {**pressed, **copied},
        }
    }


def find_button(message: dict[str, Any], label: str) -> str:
    """The payload of the button that has this in its text."""
    rows: Sequence[Sequence[dict[str, Any]]] = message["reply_markup"]["inline_keyboard"]
    return next(each["callback_data"] for row in rows for each in row if label in each["text"])


def _make_user(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": f"Person {person}"}
