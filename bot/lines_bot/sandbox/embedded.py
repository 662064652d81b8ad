"""Everything embedded: a simulated company, a local Telegram with its page, and the side panel."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from lines_bot.sandbox import lines_server
from lines_bot.sandbox import telegram as telegram_server
from lines_bot.sandbox.company import company
from lines_bot.sandbox.faults import Fault
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.simulation import Simulation
from lines_bot.sandbox.telegram import FloodLimits, PanelAction, Person, TelegramServer
from lines_bot.sandbox.world import World

BOT_TOKEN = "1000001:sandbox-bot"
LINES_TOKEN = "sandbox-lines"
TEAM = -1001
PERSONS = (
    Person(101, "Anna Lead", "lead"),
    Person(102, "Oleg Operator", "operator"),
    Person(103, "Vera Viewer", "viewer"),
    Person(104, "Sam Stranger", "stranger"),
    Person(105, "Ada Admin", "admin"),
)
_STEP = 0.5


@dataclass(frozen=True)
class Embedded:
    """The addresses a bot needs, and the parts a test reaches for."""

    lines: lines_server.LinesServer
    telegram: TelegramServer
    simulation: Simulation
    bot_token: str = BOT_TOKEN


def read_clock() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def serve_lines(
    *,
    seed: int = 1,
    now: Callable[[], datetime] = read_clock,
    port: int = 0,
    make_company: Callable[[int, datetime], World] = company,
) -> AsyncIterator[tuple[lines_server.LinesServer, Simulation]]:
    """The Lines server alone, with a company that stands still until `live` moves it."""
    simulation = Simulation(make_company(seed, now()), Random(seed))
    async with await lines_server.serve(simulation.world, LINES_TOKEN, port=port, now=now) as lines:
        yield lines, simulation


@asynccontextmanager
async def serve(
    *,
    seed: int = 1,
    now: Callable[[], datetime] = read_clock,
    port: int = 0,
    floods: FloodLimits | None = None,
    bot_token: str = BOT_TOKEN,
    make_company: Callable[[int, datetime], World] = company,
) -> AsyncIterator[Embedded]:
    """Both servers with one company behind them. The company stands still until `live` moves it."""
    async with serve_lines(seed=seed, now=now, make_company=make_company) as (lines, simulation):
        panel = _make_panel(simulation, lines)
        async with telegram_server.serve(
            bot_token,
            persons=PERSONS,
            panel=panel,
            port=port,
            floods=floods,
            clock=lambda: now().timestamp(),
        ) as telegram:
            team = [person for person in PERSONS if person.role != "stranger"]
            telegram.chats.add_group(TEAM, "Support team", team)
            yield Embedded(lines, telegram, simulation, bot_token)


async def live(simulation: Simulation, now: Callable[[], datetime] = read_clock) -> None:
    """Let the company live at the clock's pace, until cancelled."""
    while True:
        simulation.advance(now())
        await asyncio.sleep(_STEP)


def _make_panel(simulation: Simulation, lines: lines_server.LinesServer) -> list[PanelAction]:
    world = simulation.world

    async def break_channel() -> None:
        if active := _list_channels(simulation, simulation.inferred.active):
            simulation.break_channel(active[0]["__id"])

    async def heal_channels() -> None:
        for channel in _list_channels(simulation, simulation.inferred.error):
            simulation.heal_channel(channel["__id"])

    async def flood() -> None:
        simulation.flood(_first_line(simulation)["__id"], 12)

    async def drain() -> None:
        for line in world.items("lines"):
            simulation.drain(line["__id"])

    async def toggle() -> None:
        if lines.faults.lasting is None:
            lines.faults.inject(Fault.DOWN)
        else:
            lines.faults.clear()

    def count_broken() -> str:
        return f"{len(_list_channels(simulation, simulation.inferred.error))} in Error"

    def count_waiting() -> str:
        waiting = [session for session in world.items("sessions") if session.get("_state") == "Waiting"]
        return f"{len(waiting)} waiting"

    def tell_lines() -> str:
        return "up" if lines.faults.lasting is None else "down"

    return [
        PanelAction("break", "Break a channel", break_channel, count_broken, "Channels"),
        PanelAction("heal", "Heal all channels", heal_channels, None, "Channels"),
        PanelAction("flood", "Flood the queue", flood, count_waiting, "Queue"),
        PanelAction("drain", "Drain the queues", drain, None, "Queue"),
        PanelAction("lines", "Take Lines down or up", toggle, tell_lines, "Lines"),
    ]


def _list_channels(simulation: Simulation, state: str) -> list[Item]:
    return [item for item in simulation.world.items("channels") if item.get("_state") == state]


def _first_line(simulation: Simulation) -> Item:
    return next(iter(simulation.world.items("lines")))
