"""The one place where everything is made and joined."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.alerts.incidents import Incidents
from bot.alerts.monitor import Monitor
from bot.alerts.policy import Policy
from bot.company import Directory
from bot.desk import Desk
from bot.ledger import Entry, Ledger
from bot.lines import LinesClient
from bot.operations import Operations
from bot.people import People
from bot.references import References
from bot.session_desk import SessionDesk
from bot.settings import Settings
from bot.store.database import Database
from bot.telegram.access import Access, Permission
from bot.telegram.cards import Cards
from bot.telegram.commands import publish_commands
from bot.telegram.gate import Gate, Pace
from bot.telegram.language import Language
from bot.telegram.updates import UpdateLoop
from bot.telegram.views.status import Status
from bot.transcripts import Transcripts
from handlers.routers import make_routers

_HANDLERS_FINISH = 6.0
_CARDS_FINISH = 2.0


def read_clock() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class App:
    """The joined parts that the process, the demo and the tests drive."""

    settings: Settings
    language: Language
    bot: Bot
    people: People
    updates: UpdateLoop
    monitor: Monitor
    cards: Cards

    async def watch(self) -> None:
        """The poll job: look at Lines, then bring the cards to what is true."""
        with self.language.speak():
            await self.monitor.poll()
            await self.cards.deliver()

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
            next_run_time=read_clock(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        with self.language.speak():
            deliveries = asyncio.create_task(self.cards.run())
            scheduler.start()
            try:
                await publish_commands(self.bot, self.settings)
                await self.updates.run()
            finally:
                scheduler.pause()
                await self.updates.finish(_HANDLERS_FINISH)
                await self.cards.flush(_CARDS_FINISH)
                deliveries.cancel()
                scheduler.shutdown(wait=False)


@asynccontextmanager
async def make_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = read_clock,
    pace: Pace | None = None,
    policy: Policy | None = None,
    patience: float = 10,
) -> AsyncIterator[App]:
    """Make everything from the settings, and close it at the end."""
    policy = policy or Policy(
        queue_limit=settings.queue_limit, queue_wait=timedelta(seconds=settings.queue_wait)
    )
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        lines = await stack.enter_async_context(make_lines(settings, patience))
        gate = Gate(pace or Pace())
        bot = make_bot(settings)
        stack.push_async_callback(bot.session.close)
        bot.session.middleware(gate)
        language = Language(settings.language, settings.timezone)
        references = References(database)
        directory = Directory(lines, now)
        ledger = Ledger(database, now)
        operations = Operations(lines, ledger)
        desk = Desk(lines, directory, references)
        sessions = SessionDesk(lines, directory, references, desk, now)
        people = People(database, settings.admins, now)
        incidents = Incidents(database)
        monitor = Monitor(directory, incidents, policy, now)
        cards = Cards(bot, database, incidents, ledger, references, settings.alert_chats, now)

        async def redraw(_entry: Entry) -> None:
            cards.wake()

        async def read_status() -> Status:
            opened, undelivered = await asyncio.gather(incidents.list_open(), cards.count_undelivered())
            return Status(monitor.last, lines.latency, gate.latency, len(opened), undelivered)

        operations.listen(redraw)
        dispatcher = Dispatcher(
            desk=desk,
            sessions=sessions,
            transcripts=Transcripts(lines, directory, sessions, ledger, now),
            operations=operations,
            people=people,
            incidents=incidents,
            cards=cards,
            read_status=read_status,
            now=now,
        )
        dispatcher.update.outer_middleware(Access(people, settings.chats))
        permission = Permission()
        for observer in (dispatcher.message, dispatcher.callback_query):
            observer.middleware(permission)
        dispatcher.include_routers(*make_routers())
        yield App(settings, language, bot, people, UpdateLoop(bot, dispatcher), monitor, cards)


def make_lines(settings: Settings, patience: float = 10) -> LinesClient:
    """The client for the bridge of the settings; `patience` is seconds for a read with all its retries."""
    verify: ssl.SSLContext | bool = True
    if settings.lines_ca_bundle is not None:
        verify = ssl.create_default_context(cafile=str(settings.lines_ca_bundle))
    return LinesClient(
        str(settings.lines_url),
        settings.lines_token,
        rate=settings.lines_rate,
        verify=verify,
        deadline=patience,
    )


def make_bot(settings: Settings) -> Bot:
    """The bot for the Telegram of the settings."""
    proxy = settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None
    api = TelegramAPIServer.from_base(str(settings.telegram_api_url))
    return Bot(settings.bot_token.get_secret_value(), session=AiohttpSession(proxy=proxy, api=api))
