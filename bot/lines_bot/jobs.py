"""What the bot does by itself, each on its own: a slow or failing job keeps no other from its turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from lines_bot.alerts.hooks import AlertHooks
from lines_bot.alerts.monitor import Monitor
from lines_bot.clock import Clock
from lines_bot.heartbeat import Heartbeat
from lines_bot.lines import LinesError
from lines_bot.operations.operations import Operations, Unconfirmed
from lines_bot.people import SYSTEM_ACTOR, ChatContext
from lines_bot.references import References
from lines_bot.retention import Retention
from lines_bot.statistics.samples import Samples
from lines_bot.store.database import Database
from lines_bot.store.past import bring_to_now
from lines_bot.telegram.alerts.notifier import Notifier
from lines_bot.telegram.board import Boards
from lines_bot.telegram.incoming.inbox import Inbox
from lines_bot.telegram.language import Language
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.views.jobs import render_looks_fail, render_looks_work_again

_log = logging.getLogger(__name__)
_LOOK_AT_BUTTONS = 5
_FAILURES_TOLD = 3
_LOOK_AT_CLOCK = 1.0
_LEAST_JUMP = 1.0
_LEAST_PAUSE = timedelta(seconds=1)
Step = Callable[[], Awaitable[object]]


@dataclass
class Jobs:
    """The steps and when each has its turn. `failures`: looks in a row that failed or could not be kept."""

    language: Language
    clock: Clock
    operations: Operations
    monitor: Monitor
    alert_hooks: AlertHooks
    notifier: Notifier
    boards: Boards
    samples: Samples
    expiring_buttons: ExpiringButtons
    references: References
    inbox: Inbox
    administrators: Administrators
    heartbeat: Heartbeat
    database: Database
    retention: Retention
    failures: int = field(default=0, init=False)
    _offset: float | None = field(default=None, init=False)
    _looking: Job | None = field(default=None, init=False)

    async def watch(self) -> None:
        """Every step of a round, one after the other."""
        await self.look()
        for step in (
            self.notifier.reconcile_all,
            self.boards.update,
            self.samples.take,
            self.heartbeat.beat,
        ):
            await self._try(step)

    async def look(self) -> None:
        """Finish what a crash left, look at Lines, and reconnect what is to be healed."""
        await self._try(self._follow_time_set_back)
        await self._try(self.operations.complete_unfinished)
        with self.language.speak():
            try:
                ailing = await self.monitor.poll()
            except Exception as error:
                await self._count_failure(error)
            else:
                await self._count_success()
                await self._try(self.alert_hooks.tell)
                await asyncio.gather(*(self._heal(channel) for channel in ailing))

    def schedule(self, scheduler: AsyncIOScheduler, poll_seconds: float) -> None:
        """Give each job its turn."""
        self._looking = self._repeat(scheduler, self._look_and_tell, poll_seconds, at_once=True)
        self._repeat(scheduler, self.boards.update, poll_seconds)
        self._repeat(scheduler, self.samples.take, poll_seconds)
        self._repeat(scheduler, self.heartbeat.beat, poll_seconds)
        self._repeat(scheduler, self.expiring_buttons.take_away, _LOOK_AT_BUTTONS)
        for step in (
            self.samples.thin,
            self.notifier.expire,
            self.references.prune,
            self._prune_inbox,
            self.retention.prune,
        ):
            scheduler.add_job(self._try, "cron", [step], hour=3, misfire_grace_time=None)

    async def follow_clock(self, scheduler: AsyncIOScheduler) -> None:
        """The scheduler plans by the time of day: when that is set, everything has its turn at once."""
        offset = self.clock.offset()
        while True:
            await asyncio.sleep(_LOOK_AT_CLOCK)
            before, offset = offset, self.clock.offset()
            if abs(offset - before) >= _LEAST_JUMP:
                _log.warning("the time of day was set by %.0f s", offset - before)
                replan(scheduler, self.clock.now())

    def _repeat(
        self, scheduler: AsyncIOScheduler, step: Step, seconds: float, *, at_once: bool = False
    ) -> Job:
        first = {"next_run_time": datetime.now(UTC)} if at_once else {}
        return scheduler.add_job(
            self._try,
            "interval",
            [step],
            seconds=seconds,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            **first,
        )

    async def _try(self, step: Step) -> None:
        # Only the end of the process cancels a step, and the scheduler would log that as a failure.
        with self.language.speak(), suppress(asyncio.CancelledError):
            try:
                await step()
            except Exception:
                _log.exception("%s failed; its next turn tries again", getattr(step, "__qualname__", step))

    async def _look_and_tell(self) -> None:
        """Telling chats has its own pace: no look waits for it."""
        await self.look()
        self.notifier.wake()
        self._hasten()

    def _hasten(self) -> None:
        """What was seen is confirmed when its hold is over, and not only at the next turn."""
        job, last = self._looking, self.monitor.last
        if job is None or job.next_run_time is None or last is None or last.due is None:
            return
        due = max(last.due, self.clock.now() + _LEAST_PAUSE)
        if due < job.next_run_time:
            job.modify(next_run_time=due)

    async def _heal(self, channel: str) -> None:
        """Reconnect a channel before anyone is called; what comes of it is seen at the next look."""
        try:
            await self.operations.reconnect(
                channel, SYSTEM_ACTOR, ChatContext(0, is_private=False, is_open=True)
            )
        except (LinesError, Unconfirmed) as error:
            _log.warning("channel %s could not be healed: %s", channel, error)

    async def _follow_time_set_back(self) -> None:
        """Nothing that is stored happened later than now; it may have been stored before the start, too."""
        offset = self.clock.offset()
        if self._offset is None or self._offset - offset >= _LEAST_JUMP:
            await bring_to_now(self.database, self.clock.now())
        self._offset = offset

    async def _prune_inbox(self) -> None:
        await self.inbox.prune(self.clock.now())

    async def _count_failure(self, error: Exception) -> None:
        self.failures += 1
        _log.error("a look at Lines came to nothing", exc_info=error)
        if self.failures == _FAILURES_TOLD:
            await self.administrators.tell(partial(render_looks_fail, error))

    async def _count_success(self) -> None:
        failures, self.failures = self.failures, 0
        if failures >= _FAILURES_TOLD:
            await self.administrators.tell(partial(render_looks_work_again, failures))


def replan(scheduler: AsyncIOScheduler, now: datetime) -> None:
    """Let every repeated job run now, and from now on at its pace."""
    for job in scheduler.get_jobs():
        if isinstance(job.trigger, IntervalTrigger):
            job.modify(next_run_time=now)
