"""The one place where everything is made and joined."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiogram import Bot, Dispatcher
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.alerts.incidents import Incidents
from bot.alerts.monitor import Monitor
from bot.alerts.mutes import Mutes
from bot.alerts.policy import Policy
from bot.alerts.rules import RuleBook
from bot.company import Directory
from bot.connections import make_bot, make_lines
from bot.desks.audit import Audit
from bot.desks.clients import ClientDesk
from bot.desks.company import Desk
from bot.desks.keys import KeyDesk
from bot.desks.sessions import SessionDesk
from bot.desks.transcripts import Transcripts
from bot.health import Health, serve_health
from bot.ledger import Entry, Ledger
from bot.lines import LinesClient, LinesError
from bot.operations import Operations, Unconfirmed
from bot.people import People, Person, Place, Role
from bot.references import References
from bot.samples import Samples
from bot.settings import Settings, Target
from bot.store.database import Database
from bot.telegram.access import Access, Permission
from bot.telegram.alerts.cards import Cards
from bot.telegram.alerts.decks import Decks
from bot.telegram.alerts.digests import Digests
from bot.telegram.alerts.duty import Duty
from bot.telegram.alerts.facts import Facts
from bot.telegram.alerts.mender import Mender
from bot.telegram.board import Boards
from bot.telegram.commands import publish_commands
from bot.telegram.completions import Completions
from bot.telegram.delivery import Delivery
from bot.telegram.gate import Gate, Pace
from bot.telegram.language import Language
from bot.telegram.limits import Allowance, Patience
from bot.telegram.passing import PassingButtons
from bot.telegram.pictures import Pictures
from bot.telegram.places import Places
from bot.telegram.pressed import PressedCommands
from bot.telegram.updates import UpdateLoop
from bot.telegram.views.status import Status
from bot.telegram.written import WrittenCommands
from handlers.routers import make_routers

HEALER = Person(0, "lines-bot", Role.LEAD)
_log = logging.getLogger(__name__)
_HANDLERS_FINISH = 6.0
_CARDS_FINISH = 2.0
_LOOK_AT_BUTTONS = 5


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
    operations: Operations
    updates: UpdateLoop
    monitor: Monitor
    cards: Cards
    boards: Boards
    samples: Samples
    passing: PassingButtons
    health: Health

    async def watch(self) -> None:
        """The poll job: finish what a crash left, look at Lines, then bring the cards to what is true."""
        with self.language.speak():
            await self.operations.complete_unfinished()
            ailing = await self.monitor.poll()
            await asyncio.gather(*(self.heal(channel.id) for channel in ailing))
            await self.cards.deliver()
            await self.boards.update()
            await self.samples.take()

    async def heal(self, channel: str) -> None:
        """Reconnect a channel before anyone is called; what comes of it is seen at the next look."""
        try:
            await self.operations.reconnect(channel, HEALER, Place(0, is_private=False, is_open=True))
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
            next_run_time=read_clock(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        scheduler.add_job(
            self.passing.take_away, "interval", seconds=_LOOK_AT_BUTTONS, max_instances=1, coalesce=True
        )
        scheduler.add_job(self.samples.thin, "cron", hour=3, misfire_grace_time=None)
        scheduler.add_job(self.cards.give_up, "cron", hour=3, misfire_grace_time=None)
        async with serve_health(self.health, self.settings.health_listen):
            await self._work(scheduler)

    async def _work(self, scheduler: AsyncIOScheduler) -> None:
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
    lines: LinesClient | None = None,
    allowance: Allowance | None = None,
) -> AsyncIterator[App]:
    """Make everything from the settings, or with this client of Lines, and close it at the end."""
    policy = policy or Policy(
        queue_limit=settings.queue_limit, queue_wait=timedelta(seconds=settings.queue_wait)
    )
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.migrate()
        lines = await stack.enter_async_context(lines or make_lines(settings))
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
        mutes = Mutes(database)
        rules = RuleBook(database, policy, now)
        monitor = Monitor(directory, incidents, rules, ledger.list_disconnected, now)
        places = Places(database, settings.chats)
        decks, delivery = Decks(database), Delivery(bot, places)
        facts = Facts(incidents, ledger, references, rules, settings.timezone)
        administrators = [Target(admin) for admin in sorted(settings.admins)]
        cards = Cards(
            decks,
            Mender(decks, delivery, facts, places, administrators),
            Digests(database, decks, delivery, facts),
            facts,
            mutes,
            places,
            settings.alert_chats,
            administrators,
            settings.timezone,
            now,
        )
        boards = Boards(bot, database, delivery, places, directory, incidents, now)
        every = timedelta(seconds=settings.poll_seconds)
        samples = Samples(database, directory, lines, every, settings.timezone, now)
        health = Health(monitor, incidents, decks, lines, gate, every, now)
        duty = Duty(
            decks, incidents, mutes, cards, facts, rules, operations, references, settings.timezone, now
        )

        async def redraw(_entry: Entry) -> None:
            cards.wake()

        async def read_status() -> Status:
            opened, undelivered = await asyncio.gather(incidents.list_open(), decks.count_undelivered())
            return Status(monitor.last, lines.latency, gate.latency, len(opened), undelivered)

        operations.listen(redraw)
        operations.listen_to_completions(Completions(bot).tell)
        dispatcher = Dispatcher(
            desk=desk,
            sessions=sessions,
            audit=Audit(database, directory, references, sessions),
            zone=settings.timezone,
            clients=ClientDesk(lines, directory, references, sessions),
            keys=KeyDesk(directory, references),
            transcripts=Transcripts(lines, directory, sessions, ledger, now),
            operations=operations,
            people=people,
            places=places,
            admins=settings.admins,
            duty=duty,
            boards=boards,
            mutes=mutes,
            rules=rules,
            references=references,
            samples=samples,
            pictures=Pictures(),
            read_status=read_status,
            now=now,
        )
        passing = PassingButtons(bot, now)
        dispatcher.update.outer_middleware(
            Access(people, places, Patience(allowance or Allowance(), now), passing)
        )
        dispatcher.update.outer_middleware(PressedCommands(references))
        permission = Permission(places, passing)
        for observer in (dispatcher.message, dispatcher.callback_query):
            observer.middleware(permission)
        dispatcher.message.middleware(WrittenCommands(references))
        dispatcher.include_routers(*make_routers())
        yield App(
            settings,
            language,
            bot,
            people,
            operations,
            UpdateLoop(bot, dispatcher),
            monitor,
            cards,
            boards,
            samples,
            passing,
            health,
        )
