"""One poll: one HTTP request to Lines, one step of the engine for every key, one transaction."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lines_bot.alerts.engine import Change, Condition, Level, find_due, step
from lines_bot.alerts.growth import Growth, update_growth
from lines_bot.alerts.incidents import ConditionUpdate, EngineState, Incident, Incidents
from lines_bot.alerts.jumps import shift_state
from lines_bot.alerts.observations import observe, observe_outage
from lines_bot.alerts.policy import PolicyBook
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.alerts.subjects import Evaluation, EvaluationContext
from lines_bot.clock import Clock
from lines_bot.lines import LinesError
from lines_bot.snapshot import LinesCache, Snapshot, list_missing

_log = logging.getLogger(__name__)
_LEAST_JUMP = 1.0  # seconds; less is a clock that is kept right
_TROUBLE = (Level.BAD, Level.URGENT)


@dataclass(frozen=True)
class Poll:
    """How the last look at Lines ended; `trouble` is None when it was read, `ended_at` monotonic seconds.

    `due`: when another look would confirm what this one saw, if that is in sight.
    """

    at: datetime
    trouble: LinesError | None
    ended_at: float
    due: datetime | None = None


class Monitor:
    """Reads Lines and brings the incidents up to date.

    `list_disconnected` names the channels that a person disconnected through the bot.
    """

    def __init__(
        self,
        cache: LinesCache,
        incidents: Incidents,
        rules: RuleBook,
        list_disconnected: Callable[[], Awaitable[frozenset[str]]],
        clock: Clock,
    ) -> None:
        self._cache = cache
        self._incidents = incidents
        self._rules = rules
        self._list_disconnected = list_disconnected
        self._clock = clock
        self._before: Snapshot | None = None
        self._offset = clock.offset()
        self.last: Poll | None = None

    async def poll(self) -> Sequence[str]:
        """Look once; returns the ids of the channels to reconnect before anyone is called.

        Lines that cannot be read is an observation, not an error.
        """
        offset = self._clock.offset()
        state = shift_state(await self._incidents.load(), _measure_jump(self._offset, offset))
        book = await self._rules.load()
        growths: Mapping[str, Growth] | None = None
        try:
            snapshot = await self._cache.read(timedelta(0))
        except LinesError as error:
            _log.warning("Lines cannot be read: %s", error)
            last = Poll(self._clock.now(), error, self._clock.monotonic())
            evaluations = observe_outage(error, state.conditions, book.base)
        else:
            last = Poll(snapshot.taken_at, None, self._clock.monotonic())
            growths = self._follow_queues(snapshot, state)
            context = EvaluationContext(state.last_good, growths, await self._list_disconnected())
            evaluations = observe(snapshot, state.conditions.keys(), context, book)
            self._before = snapshot
        updates = advance(state.conditions, evaluations, last.at)
        await self._incidents.record(updates, growths, last.at)
        await self._escalate(book)
        # A look that could not be kept is none.
        self.last, self._offset = replace(last, due=_find_due(updates, evaluations)), offset
        return [
            each.subject.id
            for each in updates.values()
            if each.change is Change.HEAL and each.subject is not None
        ]

    async def _escalate(self, book: PolicyBook) -> None:
        """Incidents that nobody took in time are for the next target too."""
        now = self._clock.now()
        due = [
            each.id
            for each in await self._incidents.list_open()
            if each.escalated_at is None and not each.is_owned(now) and is_overdue(each, book, now)
        ]
        if due:
            await self._incidents.escalate(due, now)

    def _follow_queues(self, snapshot: Snapshot, state: EngineState) -> Mapping[str, Growth]:
        """Each line's growth; right after a start there is nothing yet to compare with."""
        if self._before is None:
            return state.growths
        arrivals, departures = count_moves(self._before, snapshot)
        return {
            line: update_growth(state.growths.get(line), arrivals[line], departures[line], snapshot.taken_at)
            for line in snapshot.lines
        }


def is_overdue(incident: Incident, book: PolicyBook, now: datetime) -> bool:
    """Whether nobody took it for as long as its policy allows."""
    after = incident.subject.find_policy(book).escalate_after
    return after is not None and now - incident.opened_at >= after


def count_moves(before: Snapshot, after: Snapshot) -> tuple[Counter[str], Counter[str]]:
    """Who joined and who left each line's queue; the backlog of a channel that came back is no growth."""
    returned = {each.id for each in before.troubled}
    arrivals = Counter(
        each.line or "" for each in list_missing(after, before) if each.channel not in returned
    )
    return arrivals, Counter(each.line or "" for each in list_missing(before, after))


def advance(
    held: Mapping[str, Condition], evaluations: Mapping[str, Evaluation], now: datetime
) -> dict[str, ConditionUpdate]:
    """One reading of all keys: the updates for those that hold a condition before or after it."""
    updates: dict[str, ConditionUpdate] = {}
    for key, evaluation in evaluations.items():
        before = held.get(key)
        if before is None and evaluation.observation.level not in _TROUBLE:
            continue
        after, change = step(before, evaluation.observation, now, evaluation.hold, evaluation.heal_for)
        since = after or before
        updates[key] = ConditionUpdate(after, change, evaluation.subject, since.since if since else None)
    return updates


def _find_due(
    updates: Mapping[str, ConditionUpdate], evaluations: Mapping[str, Evaluation]
) -> datetime | None:
    """When the first of these is decided."""
    due = (
        find_due(each.condition, evaluations[key].hold, evaluations[key].heal_for)
        for key, each in updates.items()
    )
    return min(filter(None, due), default=None)


def _measure_jump(before: float, after: float) -> timedelta:
    """By how much the time of day was set, from the offsets of the clock."""
    jump = after - before
    return timedelta(seconds=jump) if abs(jump) >= _LEAST_JUMP else timedelta(0)
