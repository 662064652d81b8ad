"""Telegram says 429 at random: nobody writes to that chat before its time, and nobody else waits."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.methods.base import Response, TelegramType
from hypothesis import given, settings
from hypothesis import strategies as some

from lines_bot.sandbox.telegram.floods import FloodLimits, Floods
from lines_bot.sandbox.telegram.refusals import Refusal
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.errors import ChatResting
from lines_bot.telegram.outgoing.rate_limiter import OutgoingRateLimiter, RateLimits, urgent
from tests.clock import ZONE
from tests.virtual_time import VirtualTime

WAIT = "Telegram limits messages to a group. The other answers follow one by one."
CHATS = (-1, -2, 3)
FAST = RateLimits(a_second=100_000, a_group_minute=100_000)
RESTS = some.dictionaries(
    some.sampled_from(CHATS), some.lists(some.integers(1, 35), max_size=4), max_size=len(CHATS)
)


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
        if self.time.seconds < self.rests_until[chat]:
            self.early.append(chat)
        if planned := self.rests.get(chat):
            rest = planned.pop(0)
            self.rests_until[chat] = self.time.seconds + rest
            raise TelegramRetryAfter(SendMessage(chat_id=chat, text=""), "Too Many Requests", rest)
        self.taken.append((self.time.seconds, chat, str(method.text)))
        return Response[TelegramType](ok=True)


@given(RESTS, some.lists(some.sampled_from(CHATS), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
async def test_no_request_comes_before_its_time_others_do_not_wait_and_nothing_is_lost(
    rests: dict[int, list[int]], order: list[int]
) -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {chat: list(each) for chat, each in rests.items()})
    gate, bot = OutgoingRateLimiter(FAST, time, time.sleep), Bot("1:a")
    messages = [SendMessage(chat_id=chat, text=str(number)) for number, chat in enumerate(order)]
    sending = [asyncio.create_task(gate(telegram, bot, message)) for message in messages]
    await time.run(*sending)
    assert telegram.early == []
    for chat in CHATS:
        texts = [text for _, to, text in telegram.taken if to == chat]
        assert texts == [message.text for message in messages if message.chat_id == chat]
        whole_rest = sum(rests.get(chat, ()))
        assert all(at == whole_rest for at, to, _ in telegram.taken if to == chat)


@dataclass
class CountingTelegram:
    """Counts writes as the sandbox does, new messages and edits, and refuses what comes too fast."""

    time: VirtualTime
    floods: Floods
    refused: int = 0
    taken: list[tuple[float, int, str]] = field(default_factory=list)

    async def __call__(self, bot: Bot, method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        assert isinstance(method, SendMessage | EditMessageText)
        assert isinstance(method.chat_id, int)
        try:
            self.floods.admit(method.chat_id, self.time.seconds)
        except Refusal as refusal:
            self.refused += 1
            rest = refusal.parameters["retry_after"]
            raise TelegramRetryAfter(method, refusal.description, rest) from refusal
        self.taken.append((self.time.seconds, method.chat_id, str(method.text)))
        return Response[TelegramType](ok=True)

    def list_times(self, text: str) -> list[float]:
        return [at for at, _chat, taken in self.taken if text in taken]


@dataclass
class Flood:
    """A gate with the limits of every day before a Telegram that counts."""

    time: VirtualTime = field(default_factory=VirtualTime)
    telegram: CountingTelegram = field(init=False)
    gate: OutgoingRateLimiter = field(init=False)
    bot: Bot = field(default_factory=lambda: Bot("1:a"))

    def __post_init__(self) -> None:
        self.telegram = CountingTelegram(self.time, Floods(FloodLimits()))
        self.gate = OutgoingRateLimiter(RateLimits(), self.time, self.time.sleep)

    def send(self, text: str, chat: int = -1) -> asyncio.Task[object]:
        return self._begin(SendMessage(chat_id=chat, text=text))

    def edit(self, text: str, message: int, chat: int = -1) -> asyncio.Task[object]:
        return self._begin(EditMessageText(chat_id=chat, message_id=message, text=text))

    def alert(self, text: str, chat: int = -1) -> asyncio.Task[object]:
        with urgent():
            return self.send(text, chat)

    async def wait(self, seconds: float) -> None:
        await self.time.run(asyncio.create_task(self.time.sleep(seconds)))

    def _begin(self, method: TelegramMethod[Any]) -> asyncio.Task[object]:
        return asyncio.create_task(self.gate(self.telegram, self.bot, method))


@pytest.fixture
def flood() -> Iterator[Flood]:
    with Language("en", ZONE).speak():
        yield Flood()


@pytest.mark.parametrize("seconds", [0, 1, 7, 20, 45, 61, 100])
async def test_an_alert_leaves_at_once_however_many_answers_wait(flood: Flood, seconds: float) -> None:
    answers = [flood.send(f"answer {number}") for number in range(40)]
    await flood.wait(seconds)
    begun = flood.time.seconds
    await flood.time.run(flood.alert("alert"))
    assert flood.telegram.list_times("alert") == [begun]
    await flood.time.run(*answers)
    assert flood.telegram.refused == 0


async def test_edits_after_taps_leave_room_for_alerts_too(flood: Flood) -> None:
    edits = [flood.edit(f"page {number}", message=number) for number in range(40)]
    await flood.wait(30)
    alerts = [flood.alert("alert"), flood.alert("alert")]
    begun = flood.time.seconds
    await flood.time.run(*alerts)
    assert flood.telegram.list_times("alert")[0] == begun
    await flood.time.run(*edits)
    assert flood.telegram.refused == 0


async def test_answers_that_wait_arrive_in_order_and_the_group_is_told_once(flood: Flood) -> None:
    answers = [flood.send(f"answer {number}") for number in range(50)]
    await flood.time.run(*answers)
    texts = [text for _at, _chat, text in flood.telegram.taken]
    assert [text for text in texts if text != WAIT] == [f"answer {number}" for number in range(50)]
    assert texts.count(WAIT) == 1
    assert texts.index(WAIT) < 20


async def test_a_group_that_was_calm_for_a_while_is_told_again(flood: Flood) -> None:
    for _ in range(2):
        await flood.time.run(*[flood.send(f"answer {number}") for number in range(20)])
        await flood.wait(180)
    assert len(flood.telegram.list_times(WAIT)) == 2


async def test_a_few_answers_are_not_worth_a_word(flood: Flood) -> None:
    await flood.time.run(*[flood.send(f"answer {number}") for number in range(12)])
    assert flood.telegram.list_times(WAIT) == []


async def test_a_burst_before_a_minute_ends_counts_in_the_next_one(flood: Flood) -> None:
    await flood.wait(50)
    await flood.time.run(*[flood.alert(f"alert {number}") for number in range(60)])
    assert flood.telegram.refused == 0
    assert len(flood.telegram.list_times("alert")) == 60


ACTS = some.tuples(
    some.sampled_from(("send", "edit", "alert")), some.sampled_from((-1, -2)), some.integers(0, 12)
)


@given(some.lists(ACTS, min_size=1, max_size=60))
@settings(deadline=None, max_examples=60)
async def test_whatever_is_written_to_groups_telegram_refuses_nothing(
    acts: list[tuple[str, int, int]],
) -> None:
    with Language("en", ZONE).speak():
        flood, tasks = Flood(), []
        for number, (kind, chat, pause) in enumerate(acts):
            match kind:
                case "send":
                    tasks.append(flood.send(str(number), chat))
                case "edit":
                    tasks.append(flood.edit(str(number), number, chat))
                case _:
                    tasks.append(flood.alert(str(number), chat))
            await flood.wait(pause)
        await flood.time.run(*tasks)
    assert flood.telegram.refused == 0
    assert {text for _, _, text in flood.telegram.taken} - {WAIT} == {str(n) for n in range(len(acts))}


async def test_idle_chats_are_forgotten_and_what_they_had_counts_until_then(flood: Flood) -> None:
    for chat in range(-300, 0):
        await flood.time.run(flood.send("hello", chat))
    await flood.wait(61)
    await flood.time.run(flood.send("hello", -1))
    await flood.time.run(*[flood.send(f"answer {number}") for number in range(40)])
    assert len(flood.gate._chats) < 10
    assert flood.telegram.refused == 0


async def ask(time: VirtualTime, gate: OutgoingRateLimiter, telegram: FloodedTelegram, chat: int) -> object:
    """What came of one message: the refusal, or that it was taken."""

    async def send() -> object:
        try:
            return await gate(telegram, Bot("1:a"), SendMessage(chat_id=chat, text="text"))
        except ChatResting as refusal:
            return refusal

    task = asyncio.create_task(send())
    await time.run(task)
    return task.result()


async def test_a_chat_that_refuses_again_and_again_is_left_alone_until_its_time() -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [20] * 5})
    gate = OutgoingRateLimiter(FAST, time, time.sleep)
    assert isinstance(await ask(time, gate, telegram, -1), ChatResting)
    assert time.seconds == 80
    assert isinstance(await ask(time, gate, telegram, -1), ChatResting)
    time.move(20)
    await ask(time, gate, telegram, -1)
    assert telegram.early == []
    assert telegram.taken == [(100.0, -1, "text")]


@pytest.mark.parametrize("rest", [301, 32_400, 86_400, 999_999_999, 10**30])
async def test_nobody_waits_for_hours_and_telegram_is_not_asked_meanwhile(rest: int) -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [rest]})
    gate = OutgoingRateLimiter(FAST, time, time.sleep)
    lasts = min(rest, 86_400)
    refusals = [await ask(time, gate, telegram, -1) for _ in range(5)]
    assert all(isinstance(refusal, ChatResting) for refusal in refusals)
    assert time.seconds == 0
    assert gate.resting.list() == {-1: time.now() + timedelta(seconds=lasts)}
    await ask(time, gate, telegram, -2)
    assert telegram.taken == [(0.0, -2, "text")]
    telegram.rests_until.clear()
    time.move(lasts - 1)
    assert isinstance(await ask(time, gate, telegram, -1), ChatResting)
    time.move(1)
    await ask(time, gate, telegram, -1)
    assert [chat for _, chat, _ in telegram.taken] == [-2, -1]
    assert gate.resting.list() == {}


async def test_what_waits_behind_a_chat_that_begins_to_rest_is_told_at_once() -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [10, 4000]})
    gate = OutgoingRateLimiter(FAST, time, time.sleep)
    asked = [asyncio.create_task(gate(telegram, Bot("1:a"), SendMessage(chat_id=-1, text=""))) for _ in "123"]
    await time.run(asyncio.create_task(asyncio.wait(asked)))
    assert [type(task.exception()) for task in asked] == [ChatResting] * 3
    assert time.seconds == 10


@pytest.mark.parametrize("rest", [0, -5])
async def test_a_rest_of_nothing_is_a_short_one(rest: int) -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [rest]})
    await ask(time, OutgoingRateLimiter(FAST, time, time.sleep), telegram, -1)
    assert telegram.taken == [(1.0, -1, "text")]


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(hours=-3), timedelta(days=-3)])
async def test_a_rest_outlives_a_restart_and_a_clock_that_goes_back(shift: timedelta) -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [32_400], -2: [400]})
    before = OutgoingRateLimiter(FAST, time, time.sleep)
    for chat in (-1, -2):
        await ask(time, before, telegram, chat)
    kept = before.resting.list()
    time.move(500)
    time.set(shift)
    after = OutgoingRateLimiter(FAST, time, time.sleep)
    after.resting.restore(kept)
    telegram.rests_until.clear()
    assert isinstance(await ask(time, after, telegram, -1), ChatResting)
    time.move(86_400)
    await ask(time, after, telegram, -1)
    assert [chat for _, chat, _ in telegram.taken] == [-1]


async def test_a_rest_is_measured_whatever_the_time_of_day_does() -> None:
    time = VirtualTime()
    telegram = FloodedTelegram(time, {-1: [32_400]})
    gate = OutgoingRateLimiter(FAST, time, time.sleep)
    await ask(time, gate, telegram, -1)
    for days in (3, -3, -3):
        time.set(timedelta(days=days))
        assert isinstance(await ask(time, gate, telegram, -1), ChatResting)
    time.move(32_400)
    await ask(time, gate, telegram, -1)
    assert len(telegram.taken) == 1
