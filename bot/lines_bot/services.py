"""What the product is made of, joined room by room from the ground up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot

from lines_bot.alerts.hooks import AlertHooks
from lines_bot.alerts.incidents import Incidents
from lines_bot.alerts.monitor import Monitor
from lines_bot.alerts.mutes import Mutes
from lines_bot.alerts.policy import Policy
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.clock import Clock
from lines_bot.connections import make_bot, make_lines
from lines_bot.health import Health
from lines_bot.heartbeat import Heartbeat
from lines_bot.jobs import Jobs
from lines_bot.lines import LinesClient
from lines_bot.operations.ledger import Ledger
from lines_bot.operations.operations import Operations
from lines_bot.people import People
from lines_bot.queries.alert_subjects import AlertSubjectQueries
from lines_bot.queries.audit import Audit
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.clients import ClientQueries
from lines_bot.queries.queries import Queries
from lines_bot.queries.sessions import SessionQueries
from lines_bot.queries.transcripts import Transcripts
from lines_bot.references import References
from lines_bot.retention import Retention
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
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.incoming.inbox import Inbox
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.outgoing.completions import ResumedOperations
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.outgoing.kept_rests import KeptRests
from lines_bot.telegram.outgoing.rate_limiter import OutgoingRateLimiter, RateLimits


@dataclass(frozen=True)
class Core:
    """The two servers, the memory, and what everything else stands on."""

    settings: Settings
    clock: Clock
    database: Database
    lines: LinesClient
    bot: Bot
    rate_limiter: OutgoingRateLimiter
    references: References
    cache: LinesCache
    ledger: Ledger
    people: People
    chats: ChatRegistry
    operations: Operations

    async def open(self) -> None:
        """Bring the memory to today's shape and take from it what must be known at once."""
        await self.database.migrate()
        rests = KeptRests(self.database)
        self.rate_limiter.resting.restore(await rests.load())
        self.rate_limiter.listen_to_rests(rests.keep)

    async def close(self) -> None:
        await self.bot.session.close()
        await self.lines.aclose()
        await self.database.close()


@dataclass(frozen=True)
class Watch:
    """What goes on by itself, and what tells how that is."""

    boards: Boards
    samples: Samples
    expiring_buttons: ExpiringButtons
    inbox: Inbox
    administrators: Administrators
    jobs: Jobs
    health: Health


@dataclass(frozen=True)
class Alerting:
    """From a look at Lines to what chats are shown of it."""

    incidents: Incidents
    mutes: Mutes
    rules: RuleBook
    monitor: Monitor
    card_store: CardStore
    notifier: Notifier
    router: AlertRouter
    suppressions: SuppressionReader
    actions: AlertActions
    reader: AlertReader
    content: CardContentReader
    hooks: AlertHooks


def make_core(settings: Settings, clock: Clock, rate_limits: RateLimits, lines: LinesClient | None) -> Core:
    """Nothing is opened yet; with this client of Lines if there is one."""
    database = Database(settings.database_url)
    lines, bot = lines or make_lines(settings), make_bot(settings)
    rate_limiter = OutgoingRateLimiter(rate_limits, clock)
    bot.session.middleware(rate_limiter)
    ledger, people = Ledger(database, clock), People(database, settings.admins, clock)
    operations = Operations(lines, ledger, people.refresh)
    operations.listen_to_completions(ResumedOperations(bot).notify)
    return Core(
        settings,
        clock,
        database,
        lines,
        bot,
        rate_limiter,
        References(database, clock),
        LinesCache(lines, clock),
        ledger,
        people,
        ChatRegistry(database, settings.chats),
        operations,
    )


def make_queries(core: Core) -> Queries:
    lines, cache, references, clock = core.lines, core.cache, core.references, core.clock
    company = CompanyQueries(lines, cache, references)
    sessions = SessionQueries(lines, cache, references, company, clock)
    return Queries(
        company,
        sessions,
        ClientQueries(lines, cache, references, sessions),
        Audit(core.database, cache, references, sessions),
        AlertSubjectQueries(cache, references),
        Transcripts(lines, cache, sessions, core.ledger, clock),
    )


def make_alerting(core: Core, policy: Policy | None) -> Alerting:
    """By this policy, or by that of the settings."""
    database, settings, clock = core.database, core.settings, core.clock
    limits = Policy(queue_limit=settings.queue_limit, queue_wait=timedelta(seconds=settings.queue_wait))
    incidents, mutes, rules = (
        Incidents(database),
        Mutes(database),
        RuleBook(database, policy or limits, clock),
    )
    card_store, delivery = CardStore(database), Delivery(core.bot, core.chats)
    content = CardContentReader(incidents, core.ledger, core.references, clock)
    administrators = [AlertTarget(admin) for admin in sorted(settings.admins)]
    suppressions = SuppressionReader(mutes, clock)
    router = AlertRouter(core.chats, rules, settings.alert_chats, administrators)
    notifier = Notifier(
        card_store,
        CardReconciler(card_store, delivery, content, administrators),
        QuietDigests(database, card_store, delivery, content),
        router,
        suppressions,
    )
    core.operations.listen(notifier.redraw)
    incidents.listen(card_store.expect)
    return Alerting(
        incidents,
        mutes,
        rules,
        Monitor(core.cache, incidents, rules, core.ledger.list_disconnected, clock),
        card_store,
        notifier,
        router,
        suppressions,
        AlertActions(card_store, incidents, mutes, notifier, core.operations, core.ledger, clock),
        AlertReader(card_store, incidents, content, suppressions, rules, core.ledger, core.people),
        content,
        AlertHooks(incidents),
    )


def make_watch(
    core: Core, alerting: Alerting, language: Language, count_unreadable: Callable[[], int]
) -> Watch:
    clock, every = core.clock, timedelta(seconds=core.settings.poll_seconds)
    unhurried = Delivery(core.bot, core.chats, is_urgent=False)
    boards = Boards(core.bot, core.database, unhurried, core.chats, core.cache, alerting.incidents, clock)
    samples = Samples(core.database, core.cache, core.lines, every, clock)
    expiring_buttons, inbox = ExpiringButtons(core.bot, clock), Inbox(core.database)
    administrators = Administrators(core.bot, core.settings.admins, clock)
    jobs = Jobs(
        language,
        clock,
        core.operations,
        alerting.monitor,
        alerting.hooks,
        alerting.notifier,
        boards,
        samples,
        expiring_buttons,
        core.references,
        inbox,
        administrators,
        Heartbeat(core.settings.heartbeat_url, alerting.monitor, lambda: health.list_troubles(), clock),
        core.database,
        Retention(core.database, timedelta(days=core.settings.retention_days), clock),
    )
    health = Health(
        alerting.monitor,
        alerting.incidents,
        alerting.card_store,
        core.lines,
        core.rate_limiter,
        every,
        clock,
        lambda: jobs.failures,
        count_unreadable,
    )
    return Watch(boards, samples, expiring_buttons, inbox, administrators, jobs, health)
