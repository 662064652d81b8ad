"""What is done to a bot, and the figures that come of it; every figure is a number by its name."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import quantiles

from tests.bench.lines import Lines
from tests.bench.sizes import PEOPLE
from tests.bench.subjects import BARE, PRODUCT, Place, Subject, import_aiogram
from tests.bench.telegram import Telegram, find_button, make_command, make_tap

BURST, WARM_UP = 1000, 300
RATES = (50, 100, 200)
_SECONDS = 6
_BLOCKED = 9.0
_FRESH = 5.5
_QUIET = 1.0
_READY = 60.0
Figures = dict[str, float]
Window = tuple[float, float]


@dataclass
class Trial:
    """One bot in one round, from its start to its end."""

    name: str
    place: Place
    telegram: Telegram
    lines: Lines
    sessions: Sequence[str]
    figures: Figures = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)

    async def run(self) -> Figures:
        self.telegram.reset()
        self.lines.asked.clear()
        subject = self.place.start(self.name)
        try:
            await self._start(subject)
            await self._take_burst(subject)
            if self.name in (PRODUCT, BARE):
                for rate in RATES:
                    await self._tap(f"taps at {rate}", rate, _SECONDS)
            if self.name == PRODUCT:
                await self._block()
                await self._count_requests()
                self.figures["memory after all"] = subject.memory
        finally:
            stops = await asyncio.to_thread(subject.stop)
        if stops or self.name in (PRODUCT, BARE):
            self._find_longest(stops)
        return self.figures

    async def _start(self, subject: Subject) -> None:
        async with asyncio.timeout(_READY):
            if self.name == PRODUCT:
                await self.lines.asked.wait()
                self.figures["start"] = time.monotonic() - subject.started
            await self.telegram.polled.wait()
        await asyncio.sleep(_QUIET)
        self.figures["memory"] = subject.memory
        self.telegram.ask(self._write(islice(cycle(PEOPLE), WARM_UP), "/channels"), time.monotonic())
        await self.telegram.drain()
        if self.name == PRODUCT:
            (self.place.folder / "message.json").write_text(json.dumps(self.telegram.message))

    async def _take_burst(self, subject: Subject) -> None:
        """As many commands as there are at once, from everybody."""
        begun, cpu = time.monotonic(), subject.cpu
        self.telegram.calls = self.telegram.bytes_in = 0
        self.telegram.ask(self._write(islice(cycle(PEOPLE), BURST), "/channels"), begun)
        await self.telegram.drain()
        ended = time.monotonic()
        self.windows["burst"] = begun, ended
        answered = BURST - self.telegram.unanswered
        self.figures["commands a second"] = answered / (ended - begun)
        self.figures["ms of CPU a command"] = (subject.cpu - cpu) / answered * 1000
        self.figures["bytes of a message"] = self.telegram.bytes_in / max(self.telegram.calls, 1)

    async def _tap(self, name: str, rate: int, seconds: float) -> None:
        """Taps at their times, whether or not the earlier ones are answered."""
        button = find_button(self.telegram.message, "🔄")
        self.telegram.delays.clear()
        left, begun = self.telegram.unanswered, time.monotonic()
        for number, person in enumerate(islice(cycle(PEOPLE[1:]), int(rate * seconds))):
            due = begun + number / rate
            if (pause := due - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            self.telegram.ask([make_tap(person, self.telegram.message, button)], due)
        await self.telegram.drain(left)
        self.windows[name] = begun, time.monotonic()
        self._note_delays(name)

    async def _block(self) -> None:
        """One person's command waits for Lines while everybody else taps."""
        self.lines.blocked = ["session-1"]
        self.lines.released.clear()
        self.telegram.ask(self._write([PEOPLE[0]], f"/session #{self.sessions[1]}"), time.monotonic())
        await asyncio.sleep(0.2)
        await self._tap("taps while one is blocked", RATES[0], _BLOCKED - 1)
        self.lines.blocked = ()
        self.lines.released.set()
        await self.telegram.drain()

    async def _count_requests(self) -> None:
        """A hundred people ask the same thing at once, of what is no longer fresh."""
        for command in ("/channels", "/queue"):
            await self._count(command, [command] * 100)
        await self._count("/session", [f"/session #{each}" for each in self.sessions])

    async def _count(self, name: str, texts: Sequence[str]) -> None:
        await asyncio.sleep(_FRESH)
        before = self.lines.requests
        asked = zip(PEOPLE[1:], texts, strict=False)
        self.telegram.ask([make_command(person, text) for person, text in asked], time.monotonic())
        await self.telegram.drain()
        self.figures[f"requests for 100 {name}"] = self.lines.requests - before

    def _write(self, people: Iterator[int] | Sequence[int], text: str) -> list[dict[str, object]]:
        return [make_command(person, text) for person in people]

    def _note_delays(self, name: str) -> None:
        points = quantiles([1000 * each for each in self.telegram.delays], n=100)
        self.figures[f"{name}, p50"], self.figures[f"{name}, p99"] = points[49], points[98]

    def _find_longest(self, stops: Sequence[tuple[float, float]]) -> None:
        for name, (begun, ended) in self.windows.items():
            within = [length for at, length in stops if begun <= at < ended]
            self.figures[f"longest stop, {name}"] = 1000 * max(within, default=0.0)


def import_only() -> Mapping[str, float]:
    """The start and memory of a process that imports aiogram."""
    seconds, memory = import_aiogram()
    return {"start": seconds, "memory": memory}
