"""The incoming side: nothing is confirmed before it is done, and only a refused token ends the loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.methods import GetUpdates
from aiogram.types import Message, Update

from lines_bot.sandbox.telegram import TelegramServer
from lines_bot.telegram.incoming.polling import UpdateLoop
from tests.sandbox.telegram import LEAD, open_bot, open_telegram


@dataclass
class Desk:
    """A bot whose handlers do nothing but wait; each text has its own door."""

    telegram: TelegramServer
    bot: Bot
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _doors: dict[str, asyncio.Event] = field(default_factory=dict)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    def door(self, text: str) -> asyncio.Event:
        return self._doors.setdefault(text, asyncio.Event())

    def start(self) -> tuple[UpdateLoop, asyncio.Task[None]]:
        """A loop as a fresh process has it."""
        dispatcher = Dispatcher()
        dispatcher.message.register(self._handle)

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        loop = UpdateLoop(self.bot, dispatcher, sleep)
        running = asyncio.create_task(loop.run())
        self._loops.append(running)
        return loop, running

    async def _handle(self, message: Message) -> None:
        text = message.text or ""
        await self._note(self.begun, text)
        await self.door(text).wait()
        if "fails" in text:
            raise RuntimeError("a flaw of the handler")
        await self._note(self.ended, text)

    async def _note(self, notes: list[str], text: str) -> None:
        async with self.news:
            notes.append(text)
            self.news.notify_all()

    async def wait_for(self, notes: list[str], *texts: str) -> None:
        async with self.news:
            await self.news.wait_for(lambda: set(texts) <= set(notes))

    def write(self, *texts: str) -> None:
        for text in texts:
            self.telegram.people.say(LEAD, self.telegram.chats.chats[LEAD.id], text)

    @property
    def unconfirmed(self) -> int:
        return len(self.telegram.chats.updates)

    async def all_confirmed(self) -> None:
        """Return when Telegram keeps no update any more."""
        with self.telegram.chats.events.watch() as events:
            while self.unconfirmed:
                await events.get()

    async def close(self) -> None:
        for running in self._loops:
            running.cancel()
            with suppress(asyncio.CancelledError, TelegramUnauthorizedError):
                await running


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_telegram() as telegram, open_bot(telegram) as bot:
        opened = Desk(telegram, bot)
        opened.write("/start")
        telegram.chats.updates.clear()
        yield opened
        await opened.close()


async def see_a_poll(desk: Desk) -> GetUpdates:
    """Wait for the next request for updates and let it pass."""
    hold = desk.telegram.faults.hang(GetUpdates)
    await hold.arrived.wait()
    hold.release()
    return desk.telegram.calls(GetUpdates)[-1]


async def test_an_update_is_confirmed_only_after_its_handler_ended(desk: Desk) -> None:
    desk.start()
    desk.write("a")
    await desk.wait_for(desk.begun, "a")
    for _ in range(2):
        await see_a_poll(desk)
        assert desk.unconfirmed == 1
    desk.door("a").set()
    await desk.all_confirmed()
    assert desk.ended == ["a"]


async def test_an_update_that_is_handed_out_again_is_not_begun_twice(desk: Desk) -> None:
    desk.start()
    desk.write("a", "b")
    await desk.wait_for(desk.begun, "a", "b")
    desk.door("b").set()
    await desk.wait_for(desk.ended, "b")
    await see_a_poll(desk)
    await see_a_poll(desk)
    assert desk.begun == ["a", "b"]
    assert desk.unconfirmed == 2
    desk.door("a").set()
    await desk.all_confirmed()
    assert sorted(desk.begun) == ["a", "b"]


async def test_a_slow_handler_does_not_keep_the_others_waiting(desk: Desk) -> None:
    desk.start()
    desk.write("slow")
    await desk.wait_for(desk.begun, "slow")
    desk.door("quick").set()
    desk.write("quick")
    await desk.wait_for(desk.ended, "quick")
    assert desk.ended == ["quick"]


async def test_a_backlog_is_worked_off_a_hundred_at_a_time_each_once_and_in_order(desk: Desk) -> None:
    backlog = [f"update {number}" for number in range(250)]
    desk.write(*backlog)
    desk.start()
    await desk.wait_for(desk.begun, *backlog[:100])
    await see_a_poll(desk)
    await see_a_poll(desk)
    assert desk.begun == backlog[:100], "more would be too much at once, and a hundred lost by a crash"
    assert desk.unconfirmed == 250
    for text in backlog:
        desk.door(text).set()
    await desk.all_confirmed()
    assert desk.begun == backlog
    assert sorted(desk.ended) == sorted(backlog)


async def test_behind_a_slow_handler_a_hundred_are_served_and_the_others_once_it_ends(desk: Desk) -> None:
    quick = [f"quick {number}" for number in range(150)]
    for text in quick:
        desk.door(text).set()
    desk.write("slow", *quick)
    desk.start()
    await desk.wait_for(desk.ended, *quick[:99])
    await see_a_poll(desk)
    await see_a_poll(desk)
    assert desk.unconfirmed == 151, "the slow one would be lost by a crash"
    desk.door("slow").set()
    await desk.all_confirmed()
    assert desk.begun == ["slow", *quick]


async def test_what_a_killed_process_left_of_a_backlog_is_done_by_the_next(desk: Desk) -> None:
    backlog = [f"update {number}" for number in range(150)]
    desk.write(*backlog)
    for text in backlog[1::2]:
        desk.door(text).set()
    _loop, running = desk.start()
    await desk.wait_for(desk.ended, *backlog[1:100:2])
    running.cancel()
    await asyncio.wait([running])
    desk.begun.clear()
    for text in backlog:
        desk.door(text).set()
    desk.start()
    await desk.all_confirmed()
    assert {*backlog[:100:2], *backlog[100:]} <= set(desk.begun)


async def test_what_a_killed_process_did_not_end_is_delivered_to_the_next(desk: Desk) -> None:
    desk.door("done").set()
    _loop, running = desk.start()
    desk.write("done")
    await desk.all_confirmed()
    desk.write("begun")
    await desk.wait_for(desk.begun, "begun")
    running.cancel()
    await asyncio.wait([running])
    desk.begun.clear()
    desk.door("begun").set()
    desk.start()
    await desk.wait_for(desk.begun, "begun")
    await desk.all_confirmed()
    assert desk.begun == ["begun"]


async def test_at_the_end_what_is_done_is_confirmed_and_what_runs_is_waited_for(desk: Desk) -> None:
    loop, running = desk.start()
    desk.write("a", "b")
    await desk.wait_for(desk.begun, "a", "b")
    running.cancel()
    await asyncio.wait([running])
    finishing = asyncio.create_task(loop.finish(60))
    desk.door("a").set()
    desk.door("b").set()
    await finishing
    assert sorted(desk.ended) == ["a", "b"]
    assert desk.unconfirmed == 0


async def test_at_the_end_what_does_not_stop_in_time_stays_unconfirmed(desk: Desk) -> None:
    loop, running = desk.start()
    desk.write("done", "hangs")
    desk.door("done").set()
    await desk.wait_for(desk.begun, "hangs")
    await desk.wait_for(desk.ended, "done")
    running.cancel()
    await asyncio.wait([running])
    await loop.finish(0)
    assert [update.message.text for update in await look(desk) if update.message] == ["hangs"]


async def look(desk: Desk) -> list[Update]:
    """What Telegram would hand out now."""
    return await desk.bot.get_updates(timeout=0)


async def test_a_handler_that_fails_is_logged_and_confirmed(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.start()
    desk.door("fails").set()
    desk.write("fails")
    await desk.all_confirmed()
    assert "could not be handled" in caplog.text
    assert "a flaw of the handler" in caplog.text


@pytest.mark.parametrize(
    "trouble",
    [
        {"code": 409, "description": "Conflict: terminated by other getUpdates request"},
        {"code": 502, "description": "Bad Gateway"},
        {"code": 500, "description": "Internal Server Error"},
        {"code": 400, "description": "Bad Request: something new"},
    ],
)
async def test_trouble_with_telegram_is_waited_out_ever_longer(desk: Desk, trouble: dict[str, Any]) -> None:
    desk.telegram.faults.fail(GetUpdates, times=3, **trouble)
    desk.door("after").set()
    desk.write("after")
    desk.start()
    await desk.wait_for(desk.ended, "after")
    first, second, third = desk.slept
    assert 0 < first < second < third


async def test_after_good_news_the_next_trouble_is_waited_out_from_the_start(desk: Desk) -> None:
    desk.telegram.faults.fail(GetUpdates, times=3)
    desk.door("first").set()
    desk.write("first")
    desk.start()
    await desk.all_confirmed()
    desk.telegram.faults.fail(GetUpdates)
    desk.door("second").set()
    desk.write("second")
    await desk.all_confirmed()
    assert desk.slept[3] == desk.slept[0]


async def test_another_poller_is_named(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.telegram.faults.fail(GetUpdates, code=409, description="Conflict: terminated by other")
    desk.door("after").set()
    desk.write("after")
    desk.start()
    await desk.wait_for(desk.ended, "after")
    assert "another process polls with this token" in caplog.text


async def test_a_lost_connection_is_waited_out(desk: Desk) -> None:
    desk.telegram.faults.drop(GetUpdates)
    desk.door("after").set()
    desk.write("after")
    desk.start()
    await desk.wait_for(desk.ended, "after")
    assert desk.begun == ["after"]
    assert len(desk.slept) == 1


async def test_a_refused_token_ends_the_loop(desk: Desk) -> None:
    desk.telegram.faults.fail(GetUpdates, code=401, description="Unauthorized")
    _loop, running = desk.start()
    with pytest.raises(TelegramUnauthorizedError):
        await running
    assert desk.slept == []


async def test_only_the_kinds_of_update_that_are_handled_are_asked_for(desk: Desk) -> None:
    desk.start()
    assert (await see_a_poll(desk)).allowed_updates == ["message", "callback_query", "my_chat_member"]
