"""Queues of a simulated line: the shape of a day, bursts, operators who leave.

    python -m tests.queue_traces 10000

Each trace is three hours of polls; clients come as a Poisson process and are served by up to ten operators.
The limit is about the calm queue's 99.9th percentile.
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import cos, exp, pi
from random import Random
from statistics import median

from lines_bot.alerts.engine import Change, Condition, Phase
from lines_bot.alerts.families import GrowthSubject, QueueSubject
from lines_bot.alerts.growth import Growth, update_growth
from lines_bot.alerts.monitor import advance, count_moves
from lines_bot.alerts.observations import observe
from lines_bot.alerts.policy import Policy, PolicyBook
from lines_bot.alerts.subjects import EvaluationContext
from lines_bot.lines import Line, Session, SessionState
from lines_bot.snapshot import Snapshot

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
POLL = timedelta(seconds=15)
POLLS = 720
LINE = "shop"
OPERATORS = 10
SERVICE = 240.0
POLICY = Policy(queue_limit=40, queue_wait=timedelta(seconds=1800))
FOLLOWS = timedelta(minutes=20)
_LINES = {LINE: Line(id=LINE, name="Shop")}


@dataclass(frozen=True)
class Trouble:
    """From poll to poll: so many times the clients, and this share of the operators."""

    begin: int
    end: int
    rush: float = 1.0
    staff: float = 1.0


@dataclass
class Figures:
    """What the alarms of some traces did."""

    traces: int = 0
    alarms: int = 0
    plain: int = 0
    late: int = 0
    leads: list[timedelta] = field(default_factory=list)
    false: int = 0

    @property
    def false_a_day(self) -> float:
        """Early warnings that no alarm followed, per line and day."""
        return self.false / (self.traces * POLLS * POLL / timedelta(days=1))

    @property
    def lead(self) -> timedelta:
        """The median time from the early warning to the alarm, 0 for an alarm that had none."""
        return (
            timedelta(seconds=median(each.total_seconds() for each in self.leads))
            if self.leads
            else timedelta(0)
        )


def simulate(random: Random) -> Iterator[Snapshot]:
    """The readings of one trace."""
    phase, load = random.uniform(0, 2 * pi), random.uniform(0.6, 0.8)
    troubles = list(_plan_troubles(random))
    queue: deque[Session] = deque()
    number = 0
    for poll in range(POLLS):
        now = START + poll * POLL
        active = [each for each in troubles if each.begin <= poll < each.end]
        rush = max((each.rush for each in active), default=1.0)
        staff = OPERATORS * min((each.staff for each in active), default=1.0)
        day = 1 + 0.1 * cos(phase + 2 * pi * poll / POLLS)
        arrivals = _draw_poisson(random, load * day * rush * OPERATORS / SERVICE * POLL.total_seconds())
        for _ in range(arrivals):
            number += 1
            queue.append(Session(id=f"s{number}", line=LINE, state=SessionState.WAITING, accepted_at=now))
        for _ in range(min(len(queue), _draw_poisson(random, staff / SERVICE * POLL.total_seconds()))):
            queue.popleft()
        yield Snapshot(_LINES, {}, tuple(queue), now)


def watch(random: Random, figures: Figures) -> None:
    """Let the engine read one trace, and a plain threshold beside it."""
    book = PolicyBook(POLICY, {})
    held: dict[str, Condition] = {}
    growth: Growth | None = None
    before: Snapshot | None = None
    over_since: datetime | None = None
    has_rung = False
    warned: list[datetime] = []
    alarms: list[datetime] = []
    for company in simulate(random):
        if before is not None:
            arrivals, departures = count_moves(before, company)
            growth = update_growth(growth, arrivals[LINE], departures[LINE], company.taken_at)
        before = company
        known = EvaluationContext(growths={LINE: growth} if growth else {})
        updates = advance(held, observe(company, held.keys(), known, book), company.taken_at)
        held = {key: each.condition for key, each in updates.items() if each.condition is not None}
        for key, times in ((QueueSubject.make_key(LINE), alarms), (GrowthSubject.make_key(LINE), warned)):
            if key in updates and updates[key].change is Change.OPENED:
                times.append(company.taken_at)
        over_since = (over_since or company.taken_at) if is_over(company) else None
        rings = over_since is not None and company.taken_at - over_since >= POLICY.queue.bad_for
        condition = held.get(QueueSubject.make_key(LINE))
        figures.late += rings and (condition is None or condition.phase is not Phase.BAD)
        figures.plain += rings and not has_rung
        has_rung = rings
    figures.traces += 1
    figures.alarms += len(alarms)
    for alarm in alarms:
        ahead = [alarm - each for each in warned if timedelta(0) <= alarm - each <= FOLLOWS]
        figures.leads.append(max(ahead, default=timedelta(0)))
    figures.false += sum(not any(timedelta(0) <= at - each <= FOLLOWS for at in alarms) for each in warned)


def is_over(company: Snapshot) -> bool:
    """What a plain threshold looks at."""
    return len(company.waiting) >= POLICY.queue_limit


def _plan_troubles(random: Random) -> Iterator[Trouble]:
    """In half of the traces a rush, in a third of them operators leave."""
    if random.random() < 0.5:
        begin = random.randrange(POLLS)
        yield Trouble(begin, begin + random.randint(20, 120), rush=random.uniform(1.3, 2.5))
    if random.random() < 1 / 3:
        begin = random.randrange(POLLS)
        yield Trouble(begin, begin + random.randint(40, 240), staff=random.uniform(0.3, 0.8))


def _draw_poisson(random: Random, mean: float) -> int:
    limit, product, drawn = exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        drawn += 1
    return drawn


def main() -> None:
    traces = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    figures = Figures()
    for seed in range(traces):
        watch(Random(seed), figures)
    without = sum(not lead for lead in figures.leads)
    print(  # noqa: T201  # the figures
        f"{traces} traces: {figures.plain} times a plain threshold rang, {figures.late} readings with the "
        f"hard alarm later\n{figures.alarms} hard alarms, {without} of them without an early warning; "
        f"median lead {figures.lead.total_seconds() / 60:.1f} min\n"
        f"early warnings that no alarm followed within {FOLLOWS.total_seconds() / 60:.0f} min: "
        f"{figures.false_a_day:.2f} per line and day"
    )


if __name__ == "__main__":
    main()
