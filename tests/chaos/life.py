"""What happens outside while the bot is killed: channels break and heal, and a person presses Reconnect."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from lines_bot.sandbox.embedded import Embedded, read_clock
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.simulation import Simulation
from tests.driver import Driver

RECONNECTABLE = "telegramBot"
SELF_HEALING = "vkontakte"
MOST_BREAKS = 2
CALM = 6
POLL = {"lines.search", "channels.search", "sessions.search"}


@dataclass(frozen=True)
class Look:
    """One poll that Lines answered: by which process, when, and the channels it was told to be in Error."""

    process: int
    at: datetime
    broken: frozenset[str]


class Life:
    """Changes the company after each poll it answers; `looks` is what the polls were told.

    A channel breaks twice at most, so that none flaps. Some heal by themselves, the others only by the bot.
    """

    def __init__(self, servers: Embedded, driver: Driver, random: Random, channels: int) -> None:
        self.looks: list[Look] = []
        self.process = 0
        self.breaks = 0
        self.heals = 0
        self.presses = 0
        self._calm = 0
        self._servers = servers
        self._driver = driver
        self._random = random
        self._left: dict[str, int] = {}
        world = servers.simulation.world
        for session in list(world.items("sessions")):
            world.collections["sessions"].pop(session["__id"])
        lines = [line["__id"] for line in world.items("lines")]
        world.collections["channels"].clear()
        for number in range(channels):
            kind = (RECONNECTABLE, SELF_HEALING)[number % 2]
            values = {"__name": f"Channel {number}", "_type": kind, "_line": lines[number % len(lines)]}
            channel = world.add("channels", None, {**values, "_state": "active"})
            self._left[channel["__id"]] = MOST_BREAKS

    @property
    def broken(self) -> frozenset[str]:
        return frozenset(each["__id"] for each in self._list("error"))

    @property
    def reconnected(self) -> int:
        """How many channels the bot brought back."""
        return self.breaks - self.heals - len(self.broken)

    async def run(self) -> None:
        """Live at the pace of the polls, until cancelled."""
        seen = 0
        while True:
            await self._servers.lines.wait_for_requests(seen + 1)
            asked = [request.methods for request in self._servers.lines.requests[seen:]]
            seen += len(asked)
            if any(set(methods) >= POLL for methods in asked):
                self.looks.append(Look(self.process, read_clock(), self.broken))
                await self.move()

    async def move(self) -> None:
        """Some breaks, some heals, or a tap; now and then a calm, so that cards end and new ones are sent."""
        if self._calm == 0 and self._random.random() < 0.08:
            self._calm = CALM
        is_calm = self._calm > 0
        if is_calm:
            self._calm -= 1
        else:
            for _ in range(self._random.choice([1, 1, 2, 2, 3])):
                self._break_one()
        self._heal_some(1 if is_calm else 0.1)
        if is_calm or self._random.random() < 0.3:
            await self._press()

    def _break_one(self) -> None:
        if whole := [each["__id"] for each in self._list("active") if self._left[each["__id"]]]:
            channel = self._random.choice(whole)
            self._left[channel] -= 1
            self.breaks += 1
            self._simulation.break_channel(channel)

    def _heal_some(self, share: float) -> None:
        for ill in [each["__id"] for each in self._list("error") if each["_type"] == SELF_HEALING]:
            if self._random.random() < share:
                self.heals += 1
                self._simulation.heal_channel(ill)

    async def _press(self) -> None:
        """A tap on a card's Reconnect; nobody waits for the answer, because the bot may be dead."""
        buttons = [
            (message, key["callback_data"])
            for message in self._driver.chat("Support team").answers
            for key in message.keyboard
            if key["text"].startswith("Reconnect")
        ]
        if buttons:
            message, data = self._random.choice(buttons)
            lead = self._driver.person("lead")
            self.presses += 1
            await self._driver.post(
                "press", person=lead.id, chat=message.chat_id, message=message.id, data=data
            )

    @property
    def _simulation(self) -> Simulation:
        return self._servers.simulation

    def _list(self, state: str) -> list[Item]:
        return [each for each in self._simulation.world.items("channels") if each["_state"] == state]
