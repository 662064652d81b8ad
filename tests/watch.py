"""Alerts without a network: the real monitor, incidents and cards between a scripted Lines and Telegram.

    async with open_watch(tmp_path) as watch:
        watch.lines.set_state("a", ChannelState.ERROR)
        await watch.poll(after=15, times=3)
        assert watch.telegram.list_messages(TEAM)

Time stands still until somebody lets it pass. A restart makes every object anew over the same database.
"""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from lines_bot.alerts.incidents import Incidents
from lines_bot.alerts.monitor import Monitor
from lines_bot.alerts.mutes import Mutes
from lines_bot.alerts.policy import Policy
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.lines import Channel, ChannelState, ChannelType, Line, LinesError, Session, SessionState
from lines_bot.operations.ledger import Ledger
from lines_bot.references import References
from lines_bot.settings import AlertTarget
from lines_bot.snapshot import LinesCache, Snapshot
from lines_bot.store.database import Database
from lines_bot.telegram.alerts.card_content import CardContentReader
from lines_bot.telegram.alerts.card_store import CardStore
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.alerts.quiet_digests import QuietDigests
from lines_bot.telegram.alerts.reconciler import CardReconciler
from lines_bot.telegram.alerts.router import AlertRouter
from lines_bot.telegram.alerts.suppression import SuppressionReader
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.language import Language
from tests.clock import ZONE, ManualClock
from tests.messenger import Messenger

# A slow machine is no slow chat.
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
UNHURRIED = 60.0
TEAM, DUTY, ADMIN = AlertTarget(-1), AlertTarget(-2, 7), AlertTarget(7)


class ScriptedLines(LinesCache):
    """What Lines says; `trouble` is raised instead while it is set."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.trouble: LinesError | None = None
        self.channels: dict[str, Channel] = {}
        self.lines: dict[str, Line] = {}
        self.waiting: dict[str, Session] = {}

    def add(self, channel: str, line: str, state: ChannelState = ChannelState.ACTIVE) -> None:
        self.lines[line] = Line(id=line, name=f"Line {line}")
        self.channels[channel] = Channel(
            id=channel, name=f"Channel {channel}", state=state, type=ChannelType.TELEGRAM_BOT, line=line
        )

    def set_state(self, channel: str, state: ChannelState) -> None:
        self.channels[channel] = self.channels[channel].model_copy(update={"state": state})

    def wait(self, session: str, line: str) -> None:
        self.waiting[session] = Session(
            id=session, state=SessionState.WAITING, line=line, accepted_at=self._clock.now()
        )

    async def read(self, max_age: timedelta) -> Snapshot:
        if self.trouble is not None:
            raise self.trouble
        return Snapshot(
            dict(self.lines), dict(self.channels), tuple(self.waiting.values()), self._clock.now()
        )


@dataclass
class Watch:
    """What a test turns and looks at."""

    clock: ManualClock
    lines: ScriptedLines
    telegram: Messenger
    database: Database
    targets: Sequence[AlertTarget]
    policy: Policy
    notifier_timeout: float
    incidents: Incidents = field(init=False)
    mutes: Mutes = field(init=False)
    rules: RuleBook = field(init=False)
    card_store: CardStore = field(init=False)
    facts: CardContentReader = field(init=False)
    suppressions: SuppressionReader = field(init=False)
    router: AlertRouter = field(init=False)
    monitor: Monitor = field(init=False)
    notifier: Notifier = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Make everything that a process holds, as after a crash."""
        ledger = Ledger(self.database, self.clock)
        self.incidents, self.mutes = Incidents(self.database), Mutes(self.database)
        self.rules = RuleBook(self.database, self.policy, self.clock)
        self.card_store = CardStore(self.database)
        self.facts = CardContentReader(
            self.incidents, ledger, References(self.database, self.clock), self.clock
        )
        self.suppressions = SuppressionReader(self.mutes, self.clock)
        self.monitor = Monitor(self.lines, self.incidents, self.rules, ledger.list_disconnected, self.clock)
        places = ChatRegistry(self.database, [target.chat for target in self.targets])
        self.incidents.listen(self.card_store.expect)
        self.router = AlertRouter(places, self.rules, self.targets, [ADMIN])
        self.notifier = Notifier(
            self.card_store,
            CardReconciler(self.card_store, self.telegram, self.facts, [ADMIN]),
            QuietDigests(self.database, self.card_store, self.telegram, self.facts),
            self.router,
            self.suppressions,
            self.notifier_timeout,
        )

    async def poll(self, *, after: float = 15, times: int = 1) -> None:
        """Let time pass, look at Lines and mend the cards, that many times."""
        for _ in range(times):
            self.clock.move(after)
            await self.monitor.poll()
            await self.notifier.reconcile_all()


async def make_template(folder: Path) -> Path:
    """An empty database, to be copied: migrating one takes longer than most tests."""
    path = folder / "template.db"
    database = Database(SecretStr(f"sqlite+aiosqlite:///{path}"))
    await database.migrate()
    await database.close()
    return path


def make_watch(
    database: Database, targets: Sequence[AlertTarget], policy: Policy, notifier_timeout: float = UNHURRIED
) -> Watch:
    """A watch over an empty company that remembers in this database."""
    clock = ManualClock(START)
    return Watch(
        clock, ScriptedLines(clock), Messenger(clock.now), database, targets, policy, notifier_timeout
    )


@asynccontextmanager
async def open_watch(
    folder: Path,
    *,
    template: Path | None = None,
    targets: Sequence[AlertTarget] = (TEAM,),
    policy: Policy | None = None,
    notifier_timeout: float = UNHURRIED,
) -> AsyncIterator[Watch]:
    """A watch over an empty company, with its memory in `folder`."""
    path = folder / "watch.db"
    shutil.copy(template or await make_template(folder), path)
    database = Database(SecretStr(f"sqlite+aiosqlite:///{path}"))
    try:
        with Language("en", ZONE).speak():
            yield make_watch(database, targets, policy or Policy(), notifier_timeout)
    finally:
        await database.close()
