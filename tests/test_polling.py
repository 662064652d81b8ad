"""The incoming side: nothing is lost, doubled or waited for, and only a refused token ends the loop."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.methods import GetUpdates, SendMessage
from aiogram.types import Message
from pydantic import SecretStr

from lines_bot.references import References
from lines_bot.sandbox.telegram import TelegramServer
from lines_bot.store.database import Database
from lines_bot.store.errors import DatabaseFull, DatabaseLocked, DatabaseTrouble
from lines_bot.telegram.incoming.absence import Absence
from lines_bot.telegram.incoming.inbox import Inbox, Letter
from lines_bot.telegram.incoming.intake import Attempt, Intake
from lines_bot.telegram.incoming.polling import UpdateLoop
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.outgoing.session import TelegramSession
from tests.clock import ZONE, ManualClock
from tests.sandbox.telegram import LEAD, open_bot, open_telegram


@dataclass
class Office:
    """A bot whose handlers do nothing but wait; each text has its own door, but for what is quick."""

    telegram: TelegramServer
    bot: Bot
    inbox: Inbox
    database: Database
    clock: ManualClock
    waited: dict[str, timedelta] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _doors: dict[str, asyncio.Event] = field(default_factory=dict)
    _loops: list[tuple[UpdateLoop, asyncio.Task[None]]] = field(default_factory=list)

    def door(self, text: str) -> asyncio.Event:
        return self._doors.setdefault(text, asyncio.Event())

    def start(self) -> tuple[UpdateLoop, asyncio.Task[None]]:
        """A loop as a fresh process has it."""
        dispatcher = Dispatcher()
        dispatcher.message.register(self._handle)

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        administrators = Administrators(self.bot, [LEAD.id], self.clock)
        intake = Intake(dispatcher, self.bot, dispatcher, Language("en", ZONE))
        loop = UpdateLoop(
            self.bot,
            intake,
            self.inbox,
            administrators,
            Absence(References(self.database, self.clock)),
            self.clock,
            sleep,
        )
        running = asyncio.create_task(loop.run())
        self._loops.append((loop, running))
        return loop, running

    async def _handle(self, message: Message, lines_attempt: Attempt) -> None:
        text = message.text or ""
        if lines_attempt.trouble is not None:
            self.troubles.append(text)
            raise lines_attempt.trouble
        self.waited[text] = lines_attempt.waited
        await self._note(self.begun, text)
        if self.begun.count(text) <= text.count("locked"):
            raise DatabaseLocked("memory.db")
        if "quick" not in text:
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
        for loop, running in self._loops:
            running.cancel()
            with suppress(asyncio.CancelledError, TelegramUnauthorizedError):
                await running
            await loop.finish(0)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    clock = ManualClock()
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await database.migrate()
    async with (
        open_telegram(clock=lambda: clock.now().timestamp()) as telegram,
        open_bot(telegram, session_type=TelegramSession) as bot,
    ):
        opened = Office(telegram, bot, Inbox(database), database, clock)
        opened.write("/start")
        telegram.chats.updates.clear()
        yield opened
        await opened.close()
    await database.close()


async def settle(office: Office, loop: UpdateLoop) -> GetUpdates:
    """Return the poll that waits for news, when nothing else is left to be done."""
    await office.telegram.chats.updates.polled.wait()
    await loop.idle()
    return office.telegram.calls(GetUpdates)[-1]


async def crash(loop: UpdateLoop, running: asyncio.Task[None]) -> None:
    """End a loop and its handlers in the middle of whatever they do."""
    running.cancel()
    await asyncio.wait([running])
    await loop.finish(0)


def write_update(number: int, text: str = "quick", **changes: Any) -> dict[str, Any]:
    """An update as Telegram writes it."""
    person = {"id": LEAD.id, "is_bot": False, "first_name": "Anna"}
    message = {"message_id": number, "date": 0, "chat": {"id": LEAD.id, "type": "private"}, "from": person}
    return {"update_id": number, "message": {**message, "text": text, **changes}}


def garble_updates(office: Office, *updates: object) -> None:
    office.telegram.faults.garble(GetUpdates, json.dumps({"ok": True, "result": updates}).encode())


async def test_an_update_is_confirmed_once_it_is_written_down_and_handled_once(office: Office) -> None:
    loop, _running = office.start()
    office.write("a", "b")
    await office.all_confirmed()
    await office.wait_for(office.begun, "a", "b")
    assert office.ended == []
    office.door("b").set()
    office.door("a").set()
    await office.wait_for(office.ended, "a", "b")
    await settle(office, loop)
    assert office.begun == ["a", "b"]


async def test_slow_handlers_make_the_bot_deaf_to_nobody(office: Office) -> None:
    slow, quick = [f"slow {number}" for number in range(150)], [f"quick {number}" for number in range(250)]
    office.start()
    office.write(*slow)
    await office.wait_for(office.begun, *slow)
    office.write(*quick)
    await office.wait_for(office.ended, *quick)
    assert office.begun == [*slow, *quick]
    await office.all_confirmed()


@pytest.mark.parametrize("crashes", [1, 2])
async def test_what_a_crash_left_is_done_by_the_next_process(office: Office, crashes: int) -> None:
    loop, running = office.start()
    office.write("begun", "quick")
    await office.wait_for(office.ended, "quick")
    await office.all_confirmed()
    for _ in range(crashes):
        await crash(loop, running)
        office.begun.clear()
        loop, running = office.start()
        await office.wait_for(office.begun, "begun")
    office.door("begun").set()
    await office.wait_for(office.ended, "begun")
    assert office.begun == ["begun"]
    assert sorted(office.ended) == ["begun", "quick"]


async def test_what_ends_the_process_three_times_is_put_aside_and_administrators_are_told(
    office: Office,
) -> None:
    loop, running = office.start()
    office.write("poison")
    await office.wait_for(office.begun, "poison")
    await office.all_confirmed()
    for _ in range(2):
        await crash(loop, running)
        office.begun.clear()
        loop, running = office.start()
        await office.wait_for(office.begun, "poison")
    await crash(loop, running)
    office.begun.clear()
    loop, running = office.start()
    await settle(office, loop)
    assert office.begun == []
    [told] = office.telegram.calls(SendMessage)
    assert told.chat_id == LEAD.id
    await crash(loop, running)
    loop, _running = office.start()
    await settle(office, loop)
    assert len(office.telegram.calls(SendMessage)) == 1


async def test_of_what_a_crash_left_one_is_begun_after_the_other(office: Office) -> None:
    loop, running = office.start()
    office.write("first", "second")
    await office.wait_for(office.begun, "first", "second")
    await crash(loop, running)
    office.begun.clear()
    office.start()
    await office.wait_for(office.begun, "first")
    await office.telegram.chats.updates.polled.wait()
    assert office.begun == ["first"]
    office.door("first").set()
    await office.wait_for(office.begun, "second")


async def test_what_a_crash_left_unconfirmed_is_not_done_twice(office: Office) -> None:
    office.write("quick a", "quick b")
    numbers = [update.update_id for update in office.telegram.chats.updates]
    await office.inbox.add([Letter(each, write_update(each)) for each in numbers], office.clock.now())
    await office.inbox.finish(numbers)
    office.start()
    await office.all_confirmed()
    office.write("quick c")
    await office.wait_for(office.ended, "quick c")
    assert office.begun == ["quick c"]


async def test_ids_that_begin_anew_after_a_quiet_week_are_new(office: Office) -> None:
    await office.inbox.add([Letter(9_000, write_update(9_000))], office.clock.now())
    await office.inbox.finish([9_000])
    office.start()
    office.write("quick")
    await office.wait_for(office.ended, "quick")


async def test_a_crowd_costs_a_transaction_per_answer_and_few_for_the_ends(office: Office) -> None:
    transactions: list[str] = []
    add, finish = office.inbox.add, office.inbox.finish

    async def note_add(letters: Sequence[Letter], now: datetime) -> Sequence[Letter]:
        transactions.append("add")
        return await add(letters, now)

    async def note_finish(ids: Sequence[int]) -> None:
        transactions.append("finish")
        await finish(ids)

    office.inbox.add, office.inbox.finish = note_add, note_finish  # type: ignore[method-assign]
    texts = [f"quick {number}" for number in range(100)]
    office.write(*texts)
    loop, _running = office.start()
    await office.wait_for(office.ended, *texts)
    await settle(office, loop)
    assert transactions.count("add") <= 2
    assert 1 <= transactions.count("finish") <= 3
    assert await office.inbox.list_left() == []


async def test_what_a_pressed_message_shows_is_not_read(office: Office) -> None:
    pressed = {**write_update(7, text="Channels")["message"], "entities": "odd", "reply_markup": [[]]}
    person = {"id": LEAD.id, "is_bot": False, "first_name": "Anna"}
    tap = {"id": "1", "from": person, "chat_instance": "1", "data": "x", "message": pressed}
    garble_updates(office, {"update_id": 9_000, "callback_query": tap})
    loop, _running = office.start()
    await settle(office, loop)
    assert loop.unreadable == 0


async def test_at_the_end_what_runs_is_waited_for(office: Office) -> None:
    loop, running = office.start()
    office.write("a", "b")
    await office.wait_for(office.begun, "a", "b")
    running.cancel()
    await asyncio.wait([running])
    finishing = asyncio.create_task(loop.finish(60))
    office.door("a").set()
    office.door("b").set()
    await finishing
    assert sorted(office.ended) == ["a", "b"]
    assert office.unconfirmed == 0
    assert await office.inbox.list_left() == []


async def test_a_handler_that_fails_is_logged_and_done(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    loop, _running = office.start()
    office.door("fails").set()
    office.write("fails")
    await office.all_confirmed()
    await loop.idle()
    assert "could not be handled" in caplog.text
    assert "a flaw of the handler" in caplog.text
    assert await office.inbox.list_left() == []


@pytest.mark.parametrize("trouble", [DatabaseLocked, DatabaseFull])
async def test_nothing_is_confirmed_while_nothing_can_be_written_down(
    office: Office, trouble: type[DatabaseTrouble], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [trouble("memory.db")] * 3
    add = office.inbox.add

    async def fail(letters: Sequence[Letter], now: datetime) -> Sequence[Letter]:
        if failures and letters:
            assert office.unconfirmed == 1
            raise failures.pop()
        return await add(letters, now)

    monkeypatch.setattr(office.inbox, "add", fail)
    office.start()
    office.write("quick")
    await office.all_confirmed()
    await office.wait_for(office.ended, "quick")
    assert office.troubles == ["quick"], "whoever asked is told once, by the same handlers"
    assert office.begun == ["quick"]
    assert office.slept == sorted(office.slept)
    assert len(office.slept) == 3


async def test_a_handler_that_met_a_locked_memory_is_run_again_until_it_is_free(office: Office) -> None:
    loop, _running = office.start()
    office.write("locked locked quick")
    await office.wait_for(office.ended, "locked locked quick")
    await loop.idle()
    assert office.begun == ["locked locked quick"] * 3
    assert await office.inbox.list_left() == []


async def test_what_ended_while_the_memory_was_locked_is_written_down_with_the_next_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, failures = office.inbox.finish, [DatabaseLocked("memory.db")] * 2

    async def fail(ids: Collection[int]) -> None:
        if failures:
            raise failures.pop()
        await finish(ids)

    monkeypatch.setattr(office.inbox, "finish", fail)
    loop, running = office.start()
    for text in ("quick a", "quick b", "quick c"):
        office.write(text)
        await office.wait_for(office.ended, text)
        await settle(office, loop)
    running.cancel()
    await asyncio.wait([running])
    await loop.finish(5)
    assert failures == []
    assert await office.inbox.list_left() == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502 Bad Gateway</html>",
        b"",
        b'{"ok": true}',
        b'{"ok": true, "result": null}',
        b'{"ok": true, "result": {"update_id": 1}}',
        b'{"ok": true, "result": [1, "two", null]}',
        b'{"ok": true, "result": [{"message": {}}]}',
        b"[]",
        b"[[[]]]",
        b"null",
        b'"ok"',
        b'{"ok": true, "result": [{"update_id": 7, "mess',
        b'{"ok": false}',
        b'{"ok": false, "error_code": 500}',
        b'{"ok": false, "error_code": 429, "parameters": {"retry_after": "soon"}}',
        b'{"ok": true, "result": [{"update_id": "seven"}]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("status", [200, 502, 400])
async def test_an_answer_that_cannot_be_read_is_waited_out(office: Office, body: bytes, status: int) -> None:
    office.telegram.faults.garble(GetUpdates, body, status=status, times=2)
    office.write("quick")
    office.start()
    await office.wait_for(office.ended, "quick")
    assert len(office.slept) == 2


@pytest.mark.parametrize(
    "odd",
    [
        write_update(7, forward_origin={"type": "from the future", "date": 0}),
        write_update(7, gift={"gift": 5}),
        write_update(7, entities=[{"type": "bold", "offset": "x", "length": 1}]),
        write_update(7, chat="nowhere"),
        {"update_id": 7, "my_chat_member": {"new_chat_member": {"status": "emperor"}}},
        {"update_id": 7, "callback_query": {"id": 5}},
        {"update_id": 7, "message": []},
        write_update(7, "\ud800"),
        write_update(7, from_the_future={"words": ["\udfff"]}),
        write_update(7, message_id=2**63),
        write_update(7, chat={"id": -(10**300), "type": "private"}),
    ],
)
async def test_an_odd_update_keeps_the_others_from_nothing(
    office: Office, odd: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    garble_updates(office, write_update(6, "quick a"), odd, write_update(8, "quick b"))
    garble_updates(office, {**odd, "update_id": 9})
    loop, _running = office.start()
    await office.wait_for(office.ended, "quick a", "quick b")
    assert (await settle(office, loop)).offset == 10
    assert loop.unreadable == 2
    assert "update 7" in caplog.text
    assert not any(word in caplog.text for word in ("from the future", "emperor", "nowhere"))
    assert len(office.telegram.calls(SendMessage)) == 1, "administrators are told once a day"


async def test_an_update_too_deep_to_be_written_down_keeps_the_others_from_nothing(office: Office) -> None:
    deep = write_update(7)
    deep["message"]["from_the_future"] = json.loads("[" * 900 + "]" * 900)
    garble_updates(office, deep, write_update(8, "quick b"))
    loop, _running = office.start()
    await office.wait_for(office.ended, "quick b")
    assert (await settle(office, loop)).offset == 9


async def test_an_unforeseen_failure_of_listening_is_logged_and_waited_out(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        monkeypatch.undo()
        raise RuntimeError("a flaw")

    monkeypatch.setattr(office.inbox, "find_last_fetch", fail)
    office.write("quick")
    office.start()
    await office.wait_for(office.ended, "quick")
    assert "listening to Telegram failed" in caplog.text


async def test_what_was_written_while_the_bot_was_away_is_known_to_have_waited(office: Office) -> None:
    loop, running = office.start()
    office.write("quick a")
    await office.wait_for(office.ended, "quick a")
    await loop.idle()
    await crash(loop, running)
    office.clock.move(3600)
    office.write("quick b")
    office.clock.move(1800)
    loop, _running = office.start()
    await office.wait_for(office.ended, "quick b")
    office.clock.move(20)
    office.write("quick c")
    await office.wait_for(office.ended, "quick c")
    assert [office.waited[f"quick {each}"] for each in "abc"] == [
        timedelta(0),
        timedelta(minutes=30),
        timedelta(0),
    ]


@pytest.mark.parametrize("hours", [-72, -3, 3, 72])
async def test_a_wrong_clock_alone_makes_nothing_late(office: Office, hours: int) -> None:
    await office.inbox.add([], office.clock.now())
    written = office.clock.now() + timedelta(hours=hours)
    garble_updates(office, write_update(6, date=int(written.timestamp())))
    office.start()
    await office.wait_for(office.ended, "quick")
    assert office.waited["quick"] == timedelta(0)


async def test_what_a_crash_left_waited_no_longer_than_when_it_was_first_seen(office: Office) -> None:
    loop, running = office.start()
    office.write("begun")
    await office.wait_for(office.begun, "begun")
    await crash(loop, running)
    office.clock.move(3600)
    office.begun.clear()
    office.start()
    await office.wait_for(office.begun, "begun")
    assert office.waited["begun"] == timedelta(0)


@pytest.mark.parametrize(
    "trouble",
    [
        {"code": 409, "description": "Conflict: terminated by other getUpdates request"},
        {"code": 502, "description": "Bad Gateway"},
        {"code": 500, "description": "Internal Server Error"},
        {"code": 400, "description": "Bad Request: something new"},
    ],
)
async def test_trouble_with_telegram_is_waited_out_ever_longer(
    office: Office, trouble: dict[str, Any]
) -> None:
    office.telegram.faults.fail(GetUpdates, times=3, **trouble)
    office.door("after").set()
    office.write("after")
    office.start()
    await office.wait_for(office.ended, "after")
    first, second, third = office.slept
    assert 0 < first < second < third


async def test_after_good_news_the_next_trouble_is_waited_out_from_the_start(office: Office) -> None:
    office.telegram.faults.fail(GetUpdates, times=3)
    office.door("first").set()
    office.write("first")
    office.start()
    await office.all_confirmed()
    office.telegram.faults.fail(GetUpdates)
    office.door("second").set()
    office.write("second")
    await office.all_confirmed()
    assert office.slept[3] == office.slept[0]


async def test_another_poller_is_named(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.telegram.faults.fail(GetUpdates, code=409, description="Conflict: terminated by other")
    office.door("after").set()
    office.write("after")
    office.start()
    await office.wait_for(office.ended, "after")
    assert "another process polls with this token" in caplog.text


async def test_a_lost_connection_is_waited_out(office: Office) -> None:
    office.telegram.faults.drop(GetUpdates)
    office.door("after").set()
    office.write("after")
    office.start()
    await office.wait_for(office.ended, "after")
    assert office.begun == ["after"]
    assert len(office.slept) == 1


async def test_a_refused_token_ends_the_loop(office: Office) -> None:
    office.telegram.faults.fail(GetUpdates, code=401, description="Unauthorized")
    _loop, running = office.start()
    with pytest.raises(TelegramUnauthorizedError):
        await running
    assert office.slept == []


async def test_only_the_kinds_of_update_that_are_handled_are_asked_for(office: Office) -> None:
    loop, _running = office.start()
    assert (await settle(office, loop)).allowed_updates == ["callback_query", "message", "my_chat_member"]
