"""The outgoing gate against a Telegram that floods, fails and loses answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, EditEphemeralMessageText, EditMessageText, SendMessage
from aiogram.types import EphemeralMessageParameters

from lines_bot.clock import Clock
from lines_bot.sandbox.telegram import TelegramServer
from lines_bot.telegram.outgoing.errors import ChatResting, Refusal, classify
from lines_bot.telegram.outgoing.rate_limiter import OutgoingRateLimiter, RateLimits, urgent
from tests.clock import ZONE
from tests.sandbox.telegram import LEAD, TEAM, open_bot, open_telegram

FAST = RateLimits(a_second=10_000, a_group_minute=10_000)


@dataclass
class Pause:
    """A sleep that is written down; with `awake` cleared it lasts until the test sets it."""

    slept: list[float] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    awake: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.begun.set()
        await self.awake.wait()


@dataclass
class Wire:
    """A bot whose requests pass the gate, and the Telegram behind it."""

    telegram: TelegramServer
    bot: Bot
    gate: OutgoingRateLimiter
    pause: Pause

    def texts(self, chat: int = TEAM) -> list[str | None]:
        return [message.text for message in self.telegram.chats.chats[chat].messages.values()]

    async def post_card(self) -> int:
        return (await self.bot.send_message(TEAM, "card")).message_id

    async def edit(self, card: int, text: str) -> object:
        return await self.bot.edit_message_text(text, chat_id=TEAM, message_id=card)


@asynccontextmanager
async def open_wire() -> AsyncIterator[Wire]:
    async with open_telegram() as telegram, open_bot(telegram) as bot:
        telegram.chats.add_person(LEAD, started=True)
        pause = Pause()
        pause.awake.set()
        gate = OutgoingRateLimiter(FAST, Clock(ZONE), pause)
        bot.session.middleware(gate)
        yield Wire(telegram, bot, gate, pause)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


async def test_telegram_is_given_exactly_the_rest_it_asks_for(wire: Wire) -> None:
    wire.telegram.faults.flood(SendMessage, retry_after=17)
    await wire.bot.send_message(TEAM, "late")
    assert wire.pause.slept == [17]
    assert wire.texts() == ["late"]


async def test_a_flood_that_names_no_rest_is_waited_out_too(wire: Wire) -> None:
    wire.telegram.faults.flood(SendMessage, retry_after=0, times=2)
    await wire.bot.send_message(TEAM, "late")
    assert wire.pause.slept == [1, 1]
    assert wire.texts() == ["late"]


async def test_only_the_flooded_chat_waits(wire: Wire) -> None:
    wire.telegram.faults.flood(SendMessage, retry_after=17)
    wire.pause.awake.clear()
    waiting = asyncio.create_task(wire.bot.send_message(TEAM, "late"))
    await wire.pause.begun.wait()
    await wire.bot.send_message(LEAD.id, "at once")
    assert wire.texts(LEAD.id) == ["at once"]
    assert wire.texts() == []
    wire.pause.awake.set()
    await waiting
    assert wire.texts() == ["late"]


async def test_a_chat_that_is_never_ready_is_given_up(wire: Wire) -> None:
    wire.telegram.faults.flood(SendMessage, retry_after=3, times=10)
    with pytest.raises(ChatResting):
        await wire.bot.send_message(TEAM, "never")
    assert set(wire.pause.slept) == {3}
    assert len(wire.telegram.calls(SendMessage)) == len(wire.pause.slept) + 1 < 10


async def test_only_the_newest_of_the_edits_that_wait_is_sent_and_once(wire: Wire) -> None:
    card = await wire.post_card()
    wire.telegram.faults.flood(EditMessageText, retry_after=17)
    wire.pause.awake.clear()
    edits = [asyncio.create_task(wire.edit(card, "1"))]
    await wire.pause.begun.wait()
    edits += [asyncio.create_task(wire.edit(card, text)) for text in "234"]
    await wire.bot.send_message(LEAD.id, "the edits have begun to wait")
    wire.pause.awake.set()
    await asyncio.gather(*edits)
    assert [call.text for call in wire.telegram.calls(EditMessageText)] == ["1", "4"]
    assert wire.texts() == ["4"]


async def test_edits_of_different_messages_do_not_replace_each_other(wire: Wire) -> None:
    cards = [await wire.post_card() for _ in range(3)]
    await asyncio.gather(*(wire.edit(card, f"card {card}") for card in cards))
    assert wire.texts() == [f"card {card}" for card in cards]


async def test_what_is_asked_for_one_after_the_other_arrives_so(wire: Wire) -> None:
    hold = wire.telegram.faults.hang(SendMessage)
    texts = [f"line {number}" for number in range(20)]
    sending = [asyncio.create_task(wire.bot.send_message(TEAM, text)) for text in texts]
    await hold.arrived.wait()
    await wire.bot.send_message(LEAD.id, "overtakes")
    assert wire.texts() == []
    hold.release()
    await asyncio.gather(*sending)
    assert wire.texts() == texts


async def test_an_alert_waits_for_one_answer_at_most(wire: Wire) -> None:
    hold = wire.telegram.faults.hang(SendMessage)
    answers = [asyncio.create_task(wire.bot.send_message(TEAM, f"answer {number}")) for number in range(20)]
    await hold.arrived.wait()
    await wire.bot.send_message(LEAD.id, "the answers wait")
    with urgent():
        alert = asyncio.create_task(wire.bot.send_message(TEAM, "alert"))
    await wire.bot.send_message(LEAD.id, "the alert waits too")
    hold.release()
    await asyncio.gather(*answers, alert)
    # One is under way, and one more may stand at the door already.
    assert wire.texts().index("alert") <= 2
    assert [text for text in wire.texts() if text != "alert"] == [f"answer {number}" for number in range(20)]


async def test_a_failed_request_does_not_block_its_chat(wire: Wire) -> None:
    card = await wire.post_card()
    wire.telegram.faults.fail(EditMessageText, code=403, description="Forbidden: no")
    with pytest.raises(TelegramForbiddenError):
        await wire.edit(card, "refused")
    await wire.edit(card, "taken")
    assert wire.texts() == ["taken"]


async def test_an_edit_is_repeated_when_telegram_fails(wire: Wire) -> None:
    card = await wire.post_card()
    wire.telegram.faults.fail(EditMessageText, times=2)
    await wire.edit(card, "new")
    assert wire.texts() == ["new"]
    assert len(wire.telegram.calls(EditMessageText)) == 3


async def test_an_edit_whose_answer_was_lost_is_repeated_and_found_done(wire: Wire) -> None:
    card = await wire.post_card()
    wire.telegram.faults.drop(EditMessageText)
    with pytest.raises(TelegramBadRequest) as told:
        await wire.edit(card, "new")
    assert classify(told.value) is Refusal.UNCHANGED
    assert wire.texts() == ["new"]


async def test_an_edit_that_one_person_sees_is_repeated_too(wire: Wire) -> None:
    wire.telegram.chats.chats[TEAM].members[wire.bot.id] = "administrator"
    only = EphemeralMessageParameters(receiver_user_id=LEAD.id)
    await wire.bot.send_message(TEAM, "card", ephemeral_message_parameters=only)
    wire.telegram.faults.fail(EditEphemeralMessageText, times=2)
    await wire.bot.edit_ephemeral_message_text(
        chat_id=TEAM, receiver_user_id=LEAD.id, ephemeral_message_id=1, text="repeated"
    )
    assert wire.texts() == ["repeated"]


async def test_an_answer_to_a_tap_is_repeated_when_telegram_fails(wire: Wire) -> None:
    card = await wire.post_card()
    query = wire.telegram.people.press(LEAD, wire.telegram.chats.chats[TEAM], card, "data")
    wire.telegram.faults.fail(AnswerCallbackQuery, times=2)
    await wire.bot.answer_callback_query(query.id, "done")
    assert len(wire.telegram.calls(AnswerCallbackQuery)) == 3


async def test_a_message_whose_answer_was_lost_is_not_sent_again(wire: Wire) -> None:
    wire.telegram.faults.drop(SendMessage)
    with pytest.raises(TelegramNetworkError):
        await wire.bot.send_message(TEAM, "once")
    assert wire.texts() == ["once"]
    assert wire.pause.slept == []


async def test_an_edit_is_not_repeated_for_ever(wire: Wire) -> None:
    card = await wire.post_card()
    wire.telegram.faults.fail(EditMessageText, times=100)
    with pytest.raises(TelegramServerError):
        await wire.edit(card, "never")
    assert len(wire.telegram.calls(EditMessageText)) == len(wire.pause.slept) + 1 < 10


async def test_a_refusal_is_not_repeated(wire: Wire) -> None:
    with pytest.raises(TelegramBadRequest):
        await wire.edit(12345, "no such card")
    assert len(wire.telegram.calls(EditMessageText)) == 1


async def test_the_last_latency_is_known_after_the_first_answer(wire: Wire) -> None:
    before = wire.gate.latency
    await wire.post_card()
    assert before is None
    assert wire.gate.latency is not None
