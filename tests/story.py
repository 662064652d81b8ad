"""A whole team in one process: the embedded servers, the bot between them, and people who write and press.

    async with open_story(tmp_path) as story:
        card = await story.lead.ask("/channels", story.team)

Time stands still until `story.pass_time`; Lines is looked at only by `story.poll`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lines_bot.app import App, make_app
from lines_bot.demo import make_settings
from lines_bot.lines import LinesClient
from lines_bot.people import Person, Role
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import PERSONS, Embedded
from lines_bot.sandbox.fields import Item
from lines_bot.settings import Settings
from lines_bot.store.database import Database
from lines_bot.store.tables import LedgerRow
from lines_bot.telegram.incoming.flood_control import FloodLimits
from lines_bot.telegram.outgoing.rate_limiter import RateLimits
from tests.clock import ManualClock
from tests.driver import Actor, ChatView, Driver, Message, open_driver
from tests.leaks import find_secrets, keep_log, list_secrets, read_files
from tests.templates import copy_company, copy_database

# Time stands still: what is counted in a minute is counted for the whole story.
UNHURRIED = RateLimits(a_second=100_000, a_group_minute=100_000)
UNLIMITED = FloodLimits(requests=100_000, group_requests=100_000)


class Waiting:
    """Seconds that pass only by waiting for them, and then at once: a slow machine misses no deadline."""

    def __init__(self) -> None:
        self.passed = 0.0

    def read(self) -> float:
        return self.passed

    async def wait(self, seconds: float) -> None:
        self.passed += seconds
        await asyncio.sleep(0)


def make_unhurried_lines(settings: Settings, waiting: Waiting) -> LinesClient:
    """A client that repeats a failed read as often as the real one, without the pauses between."""
    return LinesClient(
        str(settings.lines_url),
        settings.lines_token,
        rate=6000,
        deadline=10,
        clock=waiting.read,
        sleep=waiting.wait,
    )


@dataclass
class Story:
    """What a test tells with."""

    servers: Embedded
    driver: Driver
    clock: ManualClock
    settings: Settings
    folder: Path
    log: Sequence[str]
    flood_limits: FloodLimits = UNLIMITED
    rate_limits: RateLimits = UNHURRIED
    waiting: Waiting = field(default_factory=Waiting)
    _bot: AsyncExitStack = field(default_factory=AsyncExitStack)
    _figures: list[bytes] = field(default_factory=list)
    app: App = field(init=False)

    async def start(self, **changes: Any) -> None:
        """Start the bot, with other settings where named."""
        self.settings = self.settings.model_copy(update=changes)
        self.app = await self._bot.enter_async_context(
            run_bot(self.settings, self.clock, self.rate_limits, self.flood_limits, self.waiting)
        )
        self.driver.rest = self.app.updates.idle
        self._bot.push_async_callback(self._keep_figures)

    async def stop(self) -> None:
        await self._bot.aclose()

    async def restart(self, **changes: Any) -> None:
        """End the bot and start it again on the same memory."""
        await self.stop()
        await self.start(**changes)

    @property
    def team(self) -> ChatView:
        return self.driver.chat("Support team")

    @property
    def lead(self) -> Actor:
        return self.driver.person("lead")

    @property
    def operator(self) -> Actor:
        return self.driver.person("operator")

    @property
    def viewer(self) -> Actor:
        return self.driver.person("viewer")

    @property
    def stranger(self) -> Actor:
        return self.driver.person("stranger")

    @property
    def admin(self) -> Actor:
        return self.driver.person("admin")

    async def ask(self, who: Actor, text: str, chat: ChatView | None = None) -> Message:
        """Send, and return the bot's answer as it stands when the bot has come to rest."""
        answer = await who.ask(text, chat)
        await self.driver.quiet()
        return answer

    async def reply(self, who: Actor, message: Message, text: str) -> Message:
        answer = await who.reply(message, text)
        await self.driver.quiet()
        return answer

    async def press(self, who: Actor, button: str, message: Message) -> None:
        """Tap the first button that has this in its text, and wait until the bot has come to rest."""
        await who.press(find_button(button, message), message)
        await self.driver.quiet()

    async def mute(self, who: Actor, length: str, card: Message) -> None:
        """Mute what a card shows, by its buttons."""
        await self.press(who, "Mute…", card)
        await self.press(who, length, card)

    def pass_time(self, seconds: float) -> None:
        self.clock.move(seconds)

    async def poll(self, *, after: float = 15, times: int = 1) -> None:
        """Let time pass and look at Lines, that many times."""
        for _ in range(times):
            self.pass_time(after)
            await self.app.watch()
        await self.driver.quiet()

    def count_calls(self, method: str) -> int:
        """How often Lines was asked for this."""
        return sum(request.methods.count(method) for request in self.servers.lines.requests)

    def channel(self, name: str) -> Item:
        return self._named("channels", name)

    def line(self, name: str) -> Item:
        return self._named("lines", name)

    def break_channel(self, name: str) -> None:
        self.servers.simulation.break_channel(self.channel(name)["__id"])

    def heal_channel(self, name: str) -> None:
        self.servers.simulation.heal_channel(self.channel(name)["__id"])

    def make_well(self) -> None:
        """Heal the channel that is in Error at the start, and empty the queues."""
        self.heal_channel("Shop Instagram")
        self.drain_queues()

    def drain_queues(self) -> None:
        for line in list(self.servers.simulation.world.items("lines")):
            self.servers.simulation.drain(line["__id"])

    def sessions(self, state: str) -> list[Item]:
        world = self.servers.simulation.world
        return [item for item in world.items("sessions") if item.get("_state") == state]

    def session(self, session_id: str) -> Item:
        return self.servers.simulation.world.get("sessions", session_id)

    def user(self, name: str) -> Item:
        return self._named("users", name)

    def group(self, name: str) -> Item:
        return self._named("userGroups", name)

    async def entries(self, object_id: str) -> Sequence[LedgerRow]:
        """The ledger's lines about an object, oldest first."""
        database = Database(self.settings.database_url)
        async with database.begin() as session:
            rows = await session.scalars(select(LedgerRow).where(LedgerRow.object == object_id))
            found = list(rows)
        await database.close()
        return found

    def find_secrets(self) -> Mapping[str, list[str]]:
        """The bot's secrets in what it logged, kept, showed and told, by the place."""
        telegram = self.servers.telegram
        return find_secrets(
            list_secrets(self.settings),
            {
                **read_files(self.folder),
                "log": "\n".join(self.log).encode(),
                "chats": repr(list(telegram.requests)).encode(),
                "files": b"\n".join(upload.content for upload in telegram.chats.uploads.values()),
                "figures": b"\n".join(self._figures),
                "settings": repr(self.settings).encode(),
            },
        )

    async def _keep_figures(self) -> None:
        health = self.app.health
        self._figures += [await health.measure(), *map(str.encode, await health.list_troubles())]

    def _named(self, collection: str, name: str) -> Item:
        world = self.servers.simulation.world
        return next(item for item in world.items(collection) if item["__name"] == name)


def find_button(part: str, message: Message) -> str:
    """The text of the first button that contains `part`."""
    found = [text for text in message.buttons if part in text]
    assert found, f"no button with {part!r} in\n{message}"
    return found[0]


@asynccontextmanager
async def open_story(folder: Path) -> AsyncIterator[Story]:
    """The servers, a bot whose memory is in `folder`, and everyone with their role."""
    clock = ManualClock()
    with keep_log() as log:
        async with (
            embedded.serve(now=clock.now, make_company=copy_company) as servers,
            open_driver(servers.telegram.url) as driver,
        ):
            story = Story(servers, driver, clock, make_settings(servers, folder), folder, log)
            copy_database(folder / "demo.db")
            await story.start()
            try:
                for person in PERSONS:
                    if person.role in (Role.VIEWER, Role.OPERATOR, Role.LEAD):
                        role, by = Role(person.role), Person(0, "test")
                        await story.app.people.grant(person.id, person.name, role, by)
                yield story
            finally:
                await story.stop()


@asynccontextmanager
async def run_bot(
    settings: Settings,
    clock: ManualClock,
    rate_limits: RateLimits,
    flood_limits: FloodLimits,
    waiting: Waiting,
) -> AsyncIterator[App]:
    """The bot at work, without the scheduler: a test looks at Lines itself."""
    async with make_app(
        settings,
        clock=clock,
        rate_limits=rate_limits,
        lines=make_unhurried_lines(settings, waiting),
        flood_limits=flood_limits,
    ) as app:
        with app.language.speak():
            working = [asyncio.create_task(app.updates.run()), asyncio.create_task(app.notifier.run())]
        try:
            yield app
        finally:
            await app.updates.finish(5)
            for task in working:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
