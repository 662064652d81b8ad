"""The bot as it runs: what was made, the jobs, and the loop that listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta

from aiogram import Bot, Dispatcher
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from lines_bot.alerts.policy import Policy
from lines_bot.clock import Clock
from lines_bot.health import Health, serve_health
from lines_bot.heartbeat import Heartbeat
from lines_bot.jobs import Jobs
from lines_bot.lines import LinesClient
from lines_bot.people import People
from lines_bot.queries.queries import Queries
from lines_bot.retention import Retention
from lines_bot.services import Alerting, Core, make_alerting, make_queries, open_core
from lines_bot.settings import Settings
from lines_bot.statistics.samples import Samples
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.alerts.trials import AlertTrials
from lines_bot.telegram.board import Boards
from lines_bot.telegram.charts import Charts
from lines_bot.telegram.command_menu import CommandMenu
from lines_bot.telegram.incoming.absence import Absence
from lines_bot.telegram.incoming.access import AccessMiddleware, PermissionMiddleware
from lines_bot.telegram.incoming.command_arguments import CommandArgumentsMiddleware
from lines_bot.telegram.incoming.command_buttons import CommandButtonMiddleware
from lines_bot.telegram.incoming.flood_control import FloodControl, FloodLimits
from lines_bot.telegram.incoming.inbox import Inbox
from lines_bot.telegram.incoming.polling import UpdateLoop
from lines_bot.telegram.incoming.request import RequestMiddleware
from lines_bot.telegram.language import Language, Languages
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.outgoing.rate_limiter import RateLimits
from lines_bot.telegram.views.status import Status
from lines_bot_handlers import routers

_HANDLERS_FINISH = 6.0
_CARDS_FINISH = 2.0


@dataclass(frozen=True)
class App:
    """The joined parts that the process, the demo and the tests drive."""

    settings: Settings
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
        scheduler = AsyncIOScheduler(timezone=UTC)
        self.jobs.schedule(scheduler, self.settings.poll_seconds)
        async with serve_health(self.health, self.settings.health_listen):
            await self._work(scheduler)

    async def _work(self, scheduler: AsyncIOScheduler) -> None:
        with self.language.speak():
            beside = [
                asyncio.create_task(self.notifier.run()),
                asyncio.create_task(self.jobs.follow_clock(scheduler)),
                asyncio.create_task(self.menu.publish()),
            ]
            scheduler.start()
            try:
                await self.updates.run()
            finally:
                scheduler.pause()
                await self.updates.finish(_HANDLERS_FINISH)
                await self.notifier.flush(_CARDS_FINISH)
                for task in beside:
                    task.cancel()
                scheduler.shutdown(wait=False)


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
    clock = clock or Clock(settings.timezone)
    async with open_core(settings, clock, rate_limits or RateLimits(), lines) as core:
        alerting = make_alerting(core, policy)
        every = timedelta(seconds=settings.poll_seconds)
        unhurried = Delivery(core.bot, core.chats, is_urgent=False)
        boards = Boards(core.bot, core.database, unhurried, core.chats, core.cache, alerting.incidents, clock)
        samples = Samples(core.database, core.cache, core.lines, every, clock)
        expiring_buttons = ExpiringButtons(core.bot, clock)
        inbox, administrators = Inbox(core.database), Administrators(core.bot, settings.admins, clock)
        dispatcher = _make_dispatcher(core, make_queries(core), alerting, boards, samples)
        dispatcher["administrators"] = administrators
        dispatcher["trials"] = AlertTrials(
            alerting.router, Delivery(core.bot, core.chats), alerting.suppressions, expiring_buttons, clock
        )
        languages = Languages(core.database, settings.language, settings.timezone)
        await languages.load()
        dispatcher["languages"] = languages
        flood_control = FloodControl(flood_limits or FloodLimits(), clock)
        absence = Absence(core.references)
        _put_before_handlers(dispatcher, core, flood_control, expiring_buttons, languages, absence)
        jobs = Jobs(
            languages.default,
            clock,
            core.operations,
            alerting.monitor,
            alerting.notifier,
            boards,
            samples,
            expiring_buttons,
            core.references,
            inbox,
            administrators,
            Heartbeat(settings.heartbeat_url, alerting.monitor, lambda: health.list_troubles(), clock),
            core.database,
            Retention(core.database, timedelta(days=settings.retention_days), clock),
        )
        updates = UpdateLoop(core.bot, dispatcher, inbox, administrators, absence, clock)
        health = Health(
            alerting.monitor,
            alerting.incidents,
            alerting.card_store,
            core.lines,
            core.rate_limiter,
            every,
            clock,
            lambda: jobs.failures,
            lambda: updates.unreadable,
        )
        yield App(
            settings,
            jobs.language,
            core.bot,
            core.people,
            updates,
            alerting.notifier,
            samples,
            expiring_buttons,
            jobs,
            health,
            CommandMenu(core.bot, settings, core.database, languages, clock),
        )


def _make_dispatcher(
    core: Core, queries: Queries, alerting: Alerting, boards: Boards, samples: Samples
) -> Dispatcher:
    """With everything under the name by which handlers ask for it."""

    async def read_status() -> Status:
        opened, undelivered = await asyncio.gather(
            alerting.incidents.list_open(), alerting.card_store.count_undelivered()
        )
        poll, clock = alerting.monitor.last, core.clock
        # By a clock that nobody sets: the look itself may have been taken under another time of day.
        checked_at = clock.now() - timedelta(seconds=clock.monotonic() - poll.ended_at) if poll else None
        latencies = core.lines.latency, core.rate_limiter.latency
        missed_age = core.cache.measure_missed_age()
        missed_at = None if missed_age is None else clock.now() - missed_age
        return Status(poll, checked_at, *latencies, len(opened), undelivered, missed_at)

    dispatcher = Dispatcher(
        disable_fsm=True,
        queries=queries,
        operations=core.operations,
        people=core.people,
        chats=core.chats,
        admins=core.settings.admins,
        references=core.references,
        alert_actions=alerting.actions,
        alert_reader=alerting.reader,
        mutes=alerting.mutes,
        rules=alerting.rules,
        boards=boards,
        samples=samples,
        charts=Charts(),
        read_status=read_status,
    )
    dispatcher.include_routers(*routers.make_routers())
    return dispatcher


def _put_before_handlers(
    dispatcher: Dispatcher,
    core: Core,
    flood_control: FloodControl,
    expiring_buttons: ExpiringButtons,
    languages: Languages,
    absence: Absence,
) -> None:
    """What every update passes on its way, in this order."""
    access = AccessMiddleware(
        core.people, core.chats, flood_control, expiring_buttons, languages, absence, core.clock
    )
    dispatcher.update.outer_middleware(access)
    dispatcher.update.outer_middleware(CommandButtonMiddleware(core.references))
    permission = PermissionMiddleware(core.chats, expiring_buttons)
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(permission)
    dispatcher.message.middleware(CommandArgumentsMiddleware(core.references))
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(RequestMiddleware())
