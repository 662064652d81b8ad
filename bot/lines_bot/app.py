"""The one place where everything is made and joined."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiogram import Bot, Dispatcher
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from lines_bot.alerts.incidents import Incidents
from lines_bot.alerts.monitor import Monitor
from lines_bot.alerts.mutes import Mutes
from lines_bot.alerts.policy import Policy
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.clock import Clock
from lines_bot.connections import make_bot, make_lines
from lines_bot.health import Health, serve_health
from lines_bot.lines import LinesClient, LinesError
from lines_bot.operations.ledger import Entry, Ledger
from lines_bot.operations.operations import Operations, Unconfirmed
from lines_bot.people import SYSTEM_ACTOR, ChatContext, People
from lines_bot.queries.alert_subjects import AlertSubjectQueries
from lines_bot.queries.audit import Audit
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.clients import ClientQueries
from lines_bot.queries.sessions import SessionQueries
from lines_bot.queries.transcripts import Transcripts
from lines_bot.references import References
from lines_bot.settings import AlertTarget, Settings
from lines_bot.snapshot import LinesCache
from lines_bot.statistics.samples import Samples
from lines_bot.store.database import Database
from lines_bot.telegram.alerts.actions import AlertActions
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.alerts.quiet_digests import QuietDigests
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.alerts.reconciler import CardReconciler
from lines_bot.telegram.alerts.router import AlertRouter
from lines_bot.telegram.alerts.suppression import SuppressionReader
from lines_bot.telegram.board import Boards
from lines_bot.telegram.charts import Charts
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.command_menu import publish_commands
from lines_bot.telegram.incoming.access import AccessMiddleware, PermissionMiddleware
from lines_bot.telegram.incoming.command_arguments import CommandArgumentsMiddleware
from lines_bot.telegram.incoming.command_buttons import CommandButtonMiddleware
from lines_bot.telegram.incoming.flood_control import FloodControl, FloodLimits
from lines_bot.telegram.incoming.inbox import Inbox
from lines_bot.telegram.incoming.polling import UpdateLoop
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.outgoing.completions import ResumedOperations
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.outgoing.rate_limiter import OutgoingRateLimiter, RateLimits
from lines_bot.telegram.views.status import Status
from lines_bot_handlers.routers import make_routers

_log = logging.getLogger(__name__)
_HANDLERS_FINISH = 6.0
_CARDS_FINISH = 2.0
_LOOK_AT_BUTTONS = 5


@dataclass(frozen=True)
class App:
    """The joined parts that the process, the demo and the tests drive."""

    settings: Settings
    language: Language
    bot: Bot
    people: People
    operations: Operations
    updates: UpdateLoop
    monitor: Monitor
    notifier: Notifier
    boards: Boards
    samples: Samples
    expiring_buttons: ExpiringButtons
    health: Health

    async def watch(self) -> None:
        """The poll job: finish what a crash left, look at Lines, then bring the cards to what is true."""
        with self.language.speak():
            await self.operations.complete_unfinished()
            ailing = await self.monitor.poll()
            await asyncio.gather(*(self.heal(channel) for channel in ailing))
            await self.notifier.reconcile_all()
            await self.boards.update()
            await self.samples.take()

    async def heal(self, channel: str) -> None:
        """Reconnect a channel before anyone is called; what comes of it is seen at the next look."""
        try:
            await self.operations.reconnect(
                channel, SYSTEM_ACTOR, ChatContext(0, is_private=False, is_open=True)
            )
        except (LinesError, Unconfirmed) as error:
            _log.warning("channel %s could not be healed: %s", channel, error)

    async def _watch_by_schedule(self) -> None:
        # Only the end of the process cancels a look, and the scheduler would log that as a failure.
        with suppress(asyncio.CancelledError):
            await self.watch()

    async def run(self) -> None:
        """Work until cancelled; then finish what runs, confirm it and flush the cards."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self._watch_by_schedule,
            "interval",
            seconds=self.settings.poll_seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        scheduler.add_job(
            self.expiring_buttons.take_away,
            "interval",
            seconds=_LOOK_AT_BUTTONS,
            max_instances=1,
            coalesce=True,
        )
        scheduler.add_job(self.samples.thin, "cron", hour=3, misfire_grace_time=None)
        scheduler.add_job(self.notifier.expire, "cron", hour=3, misfire_grace_time=None)
        async with serve_health(self.health, self.settings.health_listen):
            await self._work(scheduler)

    async def _work(self, scheduler: AsyncIOScheduler) -> None:
        with self.language.speak():
            deliveries = asyncio.create_task(self.notifier.run())
            scheduler.start()
            try:
                await publish_commands(self.bot, self.settings)
                await self.updates.run()
            finally:
                scheduler.pause()
                await self.updates.finish(_HANDLERS_FINISH)
                await self.notifier.flush(_CARDS_FINISH)
                deliveries.cancel()
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
    policy = policy or Policy(
        queue_limit=settings.queue_limit, queue_wait=timedelta(seconds=settings.queue_wait)
    )
    clock = clock or Clock(settings.timezone)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        lines = await stack.enter_async_context(lines or make_lines(settings))
        rate_limiter = OutgoingRateLimiter(rate_limits or RateLimits(), clock)
        bot = make_bot(settings)
        stack.push_async_callback(bot.session.close)
        bot.session.middleware(rate_limiter)
        language = Language(settings.language, settings.timezone)
        references = References(database, clock)
        cache = LinesCache(lines, clock)
        ledger = Ledger(database, clock)
        people = People(database, settings.admins, clock)
        operations = Operations(lines, ledger, people.refresh)
        company = CompanyQueries(lines, cache, references)
        sessions = SessionQueries(lines, cache, references, company, clock)
        incidents = Incidents(database)
        mutes = Mutes(database)
        rules = RuleBook(database, policy, clock)
        monitor = Monitor(cache, incidents, rules, ledger.list_disconnected, clock)
        chats = ChatRegistry(database, settings.chats)
        card_store, delivery = CardStore(database), Delivery(bot, chats)
        content = CardContentReader(incidents, ledger, references, clock)
        administrators = [AlertTarget(admin) for admin in sorted(settings.admins)]
        suppressions = SuppressionReader(mutes, clock)
        notifier = Notifier(
            card_store,
            CardReconciler(card_store, delivery, content, administrators),
            QuietDigests(database, card_store, delivery, content),
            AlertRouter(card_store, chats, rules, settings.alert_chats, administrators),
            suppressions,
        )
        boards = Boards(bot, database, Delivery(bot, chats, is_urgent=False), chats, cache, incidents, clock)
        every = timedelta(seconds=settings.poll_seconds)
        samples = Samples(database, cache, lines, every, clock)
        health = Health(monitor, incidents, card_store, lines, rate_limiter, every, clock)
        alert_actions = AlertActions(card_store, incidents, mutes, notifier, operations, clock)

        async def redraw(_entry: Entry) -> None:
            notifier.wake()

        async def read_status() -> Status:
            opened, undelivered = await asyncio.gather(incidents.list_open(), card_store.count_undelivered())
            return Status(monitor.last, lines.latency, rate_limiter.latency, len(opened), undelivered)

        operations.listen(redraw)
        operations.listen_to_completions(ResumedOperations(bot).notify)
        dispatcher = Dispatcher(
            company=company,
            sessions=sessions,
            audit=Audit(database, cache, references, sessions),
            clients=ClientQueries(lines, cache, references, sessions),
            alert_subjects=AlertSubjectQueries(cache, references),
            transcripts=Transcripts(lines, cache, sessions, ledger, clock),
            operations=operations,
            people=people,
            chats=chats,
            admins=settings.admins,
            alert_actions=alert_actions,
            alert_reader=AlertReader(card_store, incidents, content, suppressions, rules),
            boards=boards,
            mutes=mutes,
            rules=rules,
            references=references,
            samples=samples,
            charts=Charts(),
            read_status=read_status,
        )
        expiring_buttons = ExpiringButtons(bot, clock)
        dispatcher.update.outer_middleware(
            AccessMiddleware(
                people, chats, FloodControl(flood_limits or FloodLimits(), clock), expiring_buttons, clock
            )
        )
        dispatcher.update.outer_middleware(CommandButtonMiddleware(references))
        permission = PermissionMiddleware(chats, expiring_buttons)
        for observer in (dispatcher.message, dispatcher.callback_query):
            observer.middleware(permission)
        dispatcher.message.middleware(CommandArgumentsMiddleware(references))
        dispatcher.include_routers(*make_routers())
        yield App(
            settings,
            language,
            bot,
            people,
            operations,
            UpdateLoop(bot, dispatcher, Inbox(database), Administrators(bot, settings.admins, clock), clock),
            monitor,
            notifier,
            boards,
            samples,
            expiring_buttons,
            health,
        )
