"""Alerts in random histories: whatever happens to Lines, Telegram, people and the process, the rules hold.

`pytest` takes some thousands of steps. A longer run:

    HISTORIES=2000 python -m pytest -n 0 tests/test_alert_histories.py --timeout 7200
"""

import asyncio
import os
import tempfile
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from lines_bot.alerts.engine import Change, Condition, Phase
from lines_bot.alerts.families import ChannelSubject, GrowthSubject, QueueSubject, SourceSubject
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.monitor import advance
from lines_bot.alerts.mutes import Window, WindowKind, find_mute
from lines_bot.alerts.observations import observe, observe_outage
from lines_bot.alerts.policy import EVERYTHING
from lines_bot.alerts.subjects import EvaluationContext
from lines_bot.lines import BadAnswer, ChannelState, LinesError, TimedOut, Unreachable
from lines_bot.settings import AlertTarget
from lines_bot.telegram.alerts.card_store import Card, CardState
from lines_bot.telegram.alerts.suppression import Suppression
from lines_bot.telegram.views.cards import render_card
from tests.clock import ZONE
from tests.messenger import Fate, Post
from tests.watch import ADMIN, DUTY, TEAM, Watch, make_template, open_watch

CHANNELS = tuple(f"c{number}" for number in range(8))
LINES = ("l0", "l1")
NEXT = AlertTarget(-3)
PLACES = (TEAM, DUTY, ADMIN, NEXT)
STATES = (ChannelState.ACTIVE, ChannelState.ERROR, ChannelState.DISCONNECTED)
TROUBLES: tuple[LinesError, ...] = (Unreachable("no"), TimedOut("late"), BadAnswer("half a page", status=500))
OPEN_PHASES = (Phase.BAD, Phase.RECOVERING)
MUTABLE = (
    *map(ChannelSubject.make_key, CHANNELS[:3]),
    QueueSubject.make_key("l0"),
    GrowthSubject.make_key("l0"),
    SourceSubject.make_key(),
)
POLLS = some.integers(0, 3)
REST = 61


@cache
def find_template() -> Path:
    return asyncio.run(make_template(Path(tempfile.mkdtemp())))


class Histories(RuleBasedStateMachine):
    """A watch that anything can happen to, beside an engine that only replays what was read."""

    watch: Watch

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.watch = self.run(
            self.stack.enter_async_context(
                open_watch(Path(folder), template=find_template(), targets=(TEAM, DUTY))
            )
        )
        for number, channel in enumerate(CHANNELS):
            self.watch.lines.add(channel, LINES[number % 2])
        self.sessions = 0
        self.replayed: dict[str, Condition] = {}
        self.last_good: Any = None
        self.open: set[str] = set()

    def run(self, work: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await work

        return self.runner.run(wait())

    def teardown(self) -> None:
        try:
            self.rest()
        finally:
            self.run(self.stack.aclose())
            self.runner.close()

    @initialize(escalates=some.booleans(), disconnected=some.booleans(), heals=some.booleans())
    def set_rules(self, escalates: bool, disconnected: bool, heals: bool) -> None:
        if heals:
            self.run(self.watch.rules.set(EVERYTHING, "heal", "on", "Anna"))
        if escalates:
            self.run(self.watch.rules.set(EVERYTHING, "escalate", "5", "Anna"))
            self.run(self.watch.rules.set(EVERYTHING, "escalate_to", str(NEXT.chat), "Anna"))
        if disconnected:
            self.run(self.watch.rules.set(EVERYTHING, "disconnected", "on", "Anna"))

    # Lines

    @rule(
        channels=some.sets(some.sampled_from(CHANNELS), min_size=1),
        state=some.sampled_from(STATES),
        polls=POLLS,
    )
    def change_channels(self, channels: set[str], state: ChannelState, polls: int) -> None:
        for channel in channels & self.watch.lines.channels.keys():
            self.watch.lines.set_state(channel, state)
        self.poll(15, polls)

    @rule(channel=some.sampled_from(CHANNELS), polls=POLLS)
    def remove_or_return_channel(self, channel: str, polls: int) -> None:
        if self.watch.lines.channels.pop(channel, None) is None:
            self.watch.lines.add(channel, LINES[int(channel[1:]) % 2])
        self.poll(15, polls)

    @rule(line=some.sampled_from(LINES), count=some.integers(1, 12), polls=POLLS)
    def queue_up(self, line: str, count: int, polls: int) -> None:
        for _ in range(count):
            self.sessions += 1
            self.watch.lines.wait(f"s{self.sessions}", line)
        self.poll(15, polls)

    @rule(line=some.sampled_from(LINES), left=some.integers(0, 5), polls=POLLS)
    def take_from_queue(self, line: str, left: int, polls: int) -> None:
        waiting = [each.id for each in self.watch.lines.waiting.values() if each.line == line]
        for session in waiting[: max(0, len(waiting) - left)]:
            del self.watch.lines.waiting[session]
        self.poll(15, polls)

    @rule(trouble=some.sampled_from((*TROUBLES, None)), polls=POLLS)
    def blind_or_see(self, trouble: LinesError | None, polls: int) -> None:
        self.watch.lines.trouble = trouble
        self.poll(15, polls)

    # Telegram

    @rule(fates=some.lists(some.sampled_from(Fate), min_size=1, max_size=4))
    def fail(self, fates: list[Fate]) -> None:
        self.watch.telegram.fates += fates

    @rule(down=some.sampled_from((None, *Fate)))
    def break_or_mend_telegram(self, down: Fate | None) -> None:
        self.watch.telegram.down = down

    @rule(place=some.sampled_from((TEAM, DUTY, ADMIN)))
    def kick_or_let_in(self, place: AlertTarget) -> None:
        self.watch.telegram.gone ^= {place.chat}

    @rule(which=some.integers(0, 30))
    def delete_message(self, which: int) -> None:
        posts = list(self.watch.telegram.posts)
        if which < len(posts):
            self.watch.telegram.delete(posts[which])

    # People

    @rule(
        key=some.sampled_from(MUTABLE),
        minutes=some.sampled_from([1, 30, None]),
    )
    def mute(self, key: str, minutes: int | None) -> None:
        until = None if minutes is None else self.watch.clock.now() + timedelta(minutes=minutes)
        self.run(self.watch.mutes.mute(key, until, "Anna"))

    @rule(key=some.sampled_from(MUTABLE))
    def unmute(self, key: str) -> None:
        self.run(self.watch.mutes.unmute(key))

    @rule(kind=some.sampled_from(WindowKind), minutes=some.integers(0, 20))
    def begin_or_end_window(self, kind: WindowKind, minutes: int) -> None:
        until = self.watch.clock.now() + timedelta(minutes=minutes)
        self.run(self.watch.mutes.set_window(Window(DUTY.chat, kind, "Anna", until=until)))

    @rule()
    def take_everything(self) -> None:
        opened = self.run(self.watch.incidents.list_open())
        until = self.watch.clock.now() + timedelta(hours=1)
        self.run(self.watch.incidents.take([each.id for each in opened], "Anna", until))

    # The process

    @rule()
    def crash_and_start(self) -> None:
        self.watch.start()

    @rule(after=some.sampled_from([1, 15, 15, 15, 20, 60, 130, 700, 4000]), times=some.integers(1, 5))
    def wait(self, after: int, times: int) -> None:
        self.poll(after, times)

    def poll(self, after: int, times: int) -> None:
        for _ in range(times):
            self.look(after)
        self.run(self.check_records())

    @rule()
    def rest(self) -> None:
        """A minute after the last failure of Telegram, everything that is shown is true."""
        self.watch.telegram.down = None
        self.watch.telegram.fates.clear()
        # A chat found lost in one delivery is stood in for in the next.
        self.poll(REST, times=3)
        self.run(self.check_truth())

    # What must hold

    def look(self, after: int) -> None:
        self.watch.clock.move(after)
        self.run(self.watch.monitor.poll())
        self.replay()
        self.run(self.watch.notifier.reconcile_all())

    def replay(self) -> None:
        """The same readings, replayed without store, mutes, windows and people, make the same story."""
        trouble, lines = self.watch.lines.trouble, self.watch.lines
        book = self.run(self.watch.rules.load())
        memory = self.run(self.watch.incidents.load())
        if trouble is not None:
            sightings = observe_outage(trouble, self.replayed, book.base)
        else:
            company = self.run(lines.read(timedelta(0)))
            known = EvaluationContext(self.last_good, memory.growths)
            sightings = observe(company, self.replayed.keys(), known, book)
            self.last_good = self.watch.clock.now()
        updates = advance(self.replayed, sightings, self.watch.clock.now())
        for key, each in updates.items():
            self.check_change(key, each.change)
            if each.condition is None:
                self.replayed.pop(key, None)
            else:
                self.replayed[key] = each.condition
        assert memory.conditions == self.replayed

    def check_change(self, key: str, change: Change | None) -> None:
        lines = self.watch.lines
        _, _, own_id = key.partition(":")
        if change is Change.OPENED:
            assert key not in self.open
            assert lines.trouble is None or key == SourceSubject.make_key()
            self.open.add(key)
        elif change in (Change.CLOSED, Change.REMOVED):
            assert lines.trouble is None
            assert key in self.open
            self.open.remove(key)
            if key in map(ChannelSubject.make_key, lines.channels):
                assert change is Change.CLOSED
                assert lines.channels[own_id].state is not ChannelState.ERROR
            elif key.startswith("channel"):
                assert change is Change.REMOVED

    async def check_records(self) -> None:
        """Incidents follow the conditions; each has one card in a chat, and each message one card."""
        opened = await self.watch.incidents.list_open()
        assert sorted(each.key for each in opened) == sorted(self.open)
        assert self.open == {key for key, each in self.replayed.items() if each.phase in OPEN_PHASES}
        for place in PLACES:
            cards = await self.list_cards(place)
            shown = [each.id for card in cards for each in card.incidents]
            assert len(shown) == len(set(shown))
            messages = [card.row.message for card in cards if card.row.message is not None]
            assert len(messages) == len(set(messages))

    async def list_cards(self, place: AlertTarget) -> list[Card]:
        return (await self.watch.card_store.read_undelivered()).cards.get(place, [])

    async def list_shown(self, place: AlertTarget) -> set[int]:
        """The incidents on messages that were right when the chat was last written to."""
        cards = await self.list_cards(place)
        return {each.id for card in cards if card.row.state == CardState.LIVE for each in card.incidents}

    async def check_truth(self) -> None:
        now, gone = self.watch.clock.now(), self.watch.telegram.gone
        suppression = await self.watch.suppressions.read()
        mutes, windows = suppression.mutes, suppression.windows
        closed_chats = {
            each.chat for each in windows if each.kind is WindowKind.MAINTENANCE and each.covers(now, ZONE)
        }
        opened = await self.watch.incidents.list_open()
        owed: dict[AlertTarget, list[Incident]] = {TEAM: list(opened), DUTY: list(opened)}
        # The administrators stand in for what a lost chat does not show; that it is lost shows with a change.
        owed[ADMIN] = [
            each
            for place in (TEAM, DUTY)
            if place.chat in gone - closed_chats
            for each in opened
            if each.id not in await self.list_shown(place)
        ]
        owed[NEXT] = [each for each in opened if await self.watch.router.find_next_target(each)]
        for place, incidents in owed.items():
            if place.chat in gone or place.chat in closed_chats:
                continue
            cards = await self.list_cards(place)
            held = {each.id for card in cards for each in card.incidents if card.row.message is not None}
            missing = [each for each in incidents if not find_mute(each.key, mutes) and each.id not in held]
            assert not missing, f"{place} never heard of {missing}"
        for place in PLACES:
            if place.chat not in gone:
                await self.check_messages(place, suppression)

    async def check_messages(self, place: AlertTarget, suppression: Suppression) -> None:
        """What stands in a chat is what its cards should show now; nothing else there looks alive."""
        telegram = self.watch.telegram
        messages = {post.id: post for post in telegram.list_messages(place)}
        live = set()
        for card in await self.list_cards(place):
            if card.row.state == CardState.FINAL:
                continue
            # Telegram tells nobody that a message was deleted: that is found out when it has to change.
            assert card.row.message is not None
            post = telegram.posts.get(card.row.message) or telegram.deleted[card.row.message]
            view = render_card(await self.watch.facts.read(card, suppression))
            assert post.text == view.as_message()["text"].rstrip()
            live.add(card.row.message)
        alive = {post.id for post in messages.values() if _looks_alive(post) and not post.ghost}
        assert alive <= live, (
            f"these say what is not true any more: {[messages[each] for each in alive - live]}"
        )


def _looks_alive(post: Post) -> bool:
    """Why stays on what is over; everything else is about what still is."""
    return post.text.startswith(("🔴", "🟠", "🟡")) or bool(set(post.buttons) - {"Why"})


TestHistories = pytest.mark.timeout(1800)(Histories.TestCase)
TestHistories.settings = settings(
    max_examples=int(os.environ.get("HISTORIES", "24")),
    # The same histories every time, so that a change is what makes a difference; the long run is random.
    derandomize="HISTORIES" not in os.environ,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
