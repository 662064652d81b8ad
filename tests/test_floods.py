"""Telegram says 429 at random: nobody writes to that chat before its time, and nobody else waits."""

import asyncio
import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count

from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.methods.base import Response, TelegramType
from hypothesis import given, settings
from hypothesis import strategies as some

from lines_bot.telegram.outgoing.rate_limiter import OutgoingRateLimiter, RateLimits

CHATS = (-1, -2, 3)
FAST = RateLimits(a_second=100_000, a_group_minute=100_000)
RESTS = some.dictionaries(
    some.sampled_from(CHATS), some.lists(some.integers(1, 35), max_size=4), max_size=len(CHATS)
)


class VirtualTime:
    """Time that passes only when everybody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._numbers = count()

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken.wait()

    async def run(self, *tasks: asyncio.Task[object]) -> None:
        """Until all tasks are done."""
        while not all(task.done() for task in tasks):
            for _ in range(50):
                await asyncio.sleep(0)
            if self._sleepers:
                self.now, _, woken = heapq.heappop(self._sleepers)
                woken.set()
        await asyncio.gather(*tasks)


@dataclass
class FloodedTelegram:
    """Refuses requests to a chat with the rests planned for it, then takes them; notes who came too early."""

    time: VirtualTime
    rests: dict[int, list[int]]
    rests_until: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    early: list[int] = field(default_factory=list)
    taken: list[tuple[float, int, str]] = field(default_factory=list)

    async def __call__(self, bot: Bot, method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        assert isinstance(method, SendMessage | EditMessageText)
        chat = method.chat_id
        assert isinstance(chat, int)
        if self.time.now < self.rests_until[chat]:
            self.early.append(chat)
        if planned := self.rests.get(chat):
            rest = planned.pop(0)
            self.rests_until[chat] = self.time.now + rest
            raise TelegramRetryAfter(SendMessage(chat_id=chat, text=""), "Too Many Requests", rest)
        self.taken.append((self.time.now, chat, str(method.text)))
        return Response[TelegramType](ok=True)


@given(RESTS, some.lists(some.sampled_from(CHATS), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
async def test_no_request_comes_before_its_time_others_do_not_wait_and_nothing_is_lost(
    rests: dict[int, list[int]], order: list[int]
) -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {chat: list(each) for chat, each in rests.items()})
    gate, bot = OutgoingRateLimiter(FAST, time.sleep), Bot("1:a")
    messages = [SendMessage(chat_id=chat, text=str(number)) for number, chat in enumerate(order)]
    sending = [asyncio.create_task(gate(telegram, bot, message)) for message in messages]
    await time.run(*sending)
    assert telegram.early == []
    for chat in CHATS:
        texts = [text for _, to, text in telegram.taken if to == chat]
        assert texts == [message.text for message in messages if message.chat_id == chat]
        whole_rest = sum(rests.get(chat, ()))
        assert all(at == whole_rest for at, to, _ in telegram.taken if to == chat)


async def test_who_gives_up_leaves_no_early_request_behind() -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [20] * 6})
    gate, bot = OutgoingRateLimiter(FAST, time.sleep), Bot("1:a")

    async def send(text: str) -> object:
        try:
            return await gate(telegram, bot, SendMessage(chat_id=-1, text=text))
        except TelegramRetryAfter as refusal:
            return refusal

    await time.run(asyncio.create_task(send("given up")))
    await time.run(asyncio.create_task(send("taken")))
    assert telegram.early == []
    assert telegram.taken == [(120.0, -1, "taken")]
