"""The bot as it runs by itself: a dispatcher of its own with `LinesBot` in it, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiogram import Bot, Dispatcher

from lines_bot.alerts.policy import Policy
from lines_bot.clock import Clock
from lines_bot.extensions import add_extensions
from lines_bot.health import Health, serve_health
from lines_bot.jobs import Jobs
from lines_bot.lines import LinesClient
from lines_bot.people import People
from lines_bot.plugin import LinesBot
from lines_bot.settings import Settings
from lines_bot.statistics.samples import Samples
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.command_menu import CommandMenu
from lines_bot.telegram.incoming.flood_control import FloodLimits
from lines_bot.telegram.incoming.polling import UpdateLoop
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.outgoing.rate_limiter import RateLimits


@dataclass(frozen=True)
class App:
    """The joined parts that the process, the demo and the tests drive."""

    settings: Settings
    lines: LinesBot
    dispatcher: Dispatcher
    language: Language
    bot: Bot
    people: People
    updates: UpdateLoop
    notifier: Notifier
    samples: Samples
    expiring_buttons: ExpiringButtons
    jobs: Jobs
    health: Health
    menu: CommandMenu

    async def watch(self) -> None:
        """One round of everything that the bot does by itself."""
        await self.jobs.watch()

    async def run(self) -> None:
        """Work until cancelled; then finish what runs, confirm it and flush the cards."""
        async with serve_health(self.health, self.settings.health_listen):
            await self.lines.poll(self.dispatcher)


@asynccontextmanager
async def make_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    rate_limits: RateLimits | None = None,
    policy: Policy | None = None,
    lines: LinesClient | None = None,
    flood_limits: FloodLimits | None = None,
) -> AsyncIterator[App]:
    """Make everything from the settings, or with this client of Lines, and close it at the end."""
    made = LinesBot(
        settings,
        standalone=True,
        clock=clock,
        rate_limits=rate_limits,
        policy=policy,
        lines=lines,
        flood_limits=flood_limits,
    )
    dispatcher = Dispatcher()
    made.setup(dispatcher)
    try:
        add_extensions(made, settings.extensions)
        await made.open()
        yield App(
            settings,
            made,
            dispatcher,
            made.language,
            made.bot,
            made.people,
            made.listen(dispatcher),
            made.notifier,
            made.samples,
            made.expiring_buttons,
            made.jobs,
            made.health,
            made.menu,
        )
    finally:
        await made.aclose()
