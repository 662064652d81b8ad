"""What was seen of a queue over time: samples, how they are thinned, and the figures of a period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from lines_bot.lines import Session
from lines_bot.snapshot import Queue, Snapshot, list_missing, waits_since

EVERY_LINE = ""
KEPT = timedelta(days=90)

_RAW, _FINE = timedelta(hours=48), timedelta(days=14)
_FIVE_MINUTES, _HOUR = timedelta(minutes=5), timedelta(hours=1)
_MOST_COLUMNS = 120
_WIDTHS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 360, 720, 1440)]


@dataclass(frozen=True)
class Sample:
    """A queue at one look, or all looks of a span that begins at `at`: the worst of them and their sums.

    Times are seconds. `watched` is the time that the looks account for; `waits` has, for each who went to an
    operator, the time in the queue.
    """

    at: datetime
    watched: int
    waiting: int
    oldest: int
    arrivals: int
    departures: int
    waits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Hour:
    """An hour of the day, over all days of a period; `median` is seconds."""

    hour: int
    arrivals: int
    pickups: int
    median: float | None


@dataclass(frozen=True)
class Column:
    """The worst of a piece of the period; `oldest` is seconds."""

    waiting: int
    oldest: int


@dataclass(frozen=True)
class Figures:
    """A period of one queue. A column is None where nobody looked; `median` and `oldest` are seconds.

    `last` is the last look, None if that is too long ago to be kept by itself.
    """

    begin: datetime
    end: datetime
    last: Sample | None
    waiting: int
    oldest: int
    arrivals: int
    pickups: int
    others: int
    median: float | None
    watched: timedelta
    hours: Sequence[Hour]
    width: timedelta
    columns: Sequence[Column | None]

    @property
    def is_empty(self) -> bool:
        return not any(self.columns)


def take_samples(
    before: Snapshot | None, after: Snapshot, taken: Mapping[str, Session]
) -> Mapping[str, Sample]:
    """A sample of each line and of every line together.

    `taken` are those of the missing whom an operator has now. Without a look before, nobody is known to have
    come or gone.
    """
    departed = list_missing(before, after) if before else []
    arrived = list_missing(after, before) if before else []
    watched = round((after.taken_at - before.taken_at).total_seconds()) if before else 0
    came, left = _by_line(arrived), _by_line(departed)
    oldest = min(filter(None, (each.oldest for each in after.queues.values())), default=None)
    queues = {**after.queues, EVERY_LINE: Queue(len(after.waiting), oldest)}
    return {
        line: Sample(
            at=after.taken_at.replace(microsecond=0),
            watched=watched,
            waiting=queue.waiting,
            oldest=_measure(queue.oldest, after.taken_at),
            arrivals=len(came[line]),
            departures=len(left[line]),
            waits=tuple(
                _measure(waits_since(each), taken[each.id].accepted_at or after.taken_at)
                for each in left[line]
                if each.id in taken
            ),
        )
        for line in (EVERY_LINE, *after.lines)
        for queue in [queues.get(line, Queue())]
    }


def thin(samples: Iterable[Sample], now: datetime) -> Sequence[Sample]:
    """One sample a look for 48 hours, one of five minutes for 14 days, one an hour for 90 days.

    Sums and maxima stay what they were; only when exactly something happened is forgotten.
    """
    fine, coarse = _floor(now - _RAW, _FIVE_MINUTES), _floor(now - _FINE, _HOUR)
    forgotten = _floor(now - KEPT, _HOUR)
    spans: dict[datetime, list[Sample]] = defaultdict(list)
    for each in sorted(samples, key=lambda sample: sample.at):
        if each.at >= fine:
            spans[each.at].append(each)
        elif each.at >= forgotten:
            spans[_floor(each.at, _HOUR if each.at < coarse else _FIVE_MINUTES)].append(each)
    return [_merge(at, span) for at, span in spans.items()]


def summarize(
    samples: Sequence[Sample], begin: datetime, end: datetime, zone: ZoneInfo, every: timedelta
) -> Figures:
    """The figures of a period from its samples, oldest first; `every` is the time between two looks."""
    width = _choose_width(end - begin, every)
    count = -((begin - end) // width)
    spans: dict[int, list[Sample]] = defaultdict(list)
    hours: dict[int, list[Sample]] = defaultdict(list)
    for each in samples:
        spans[min((each.at - begin) // width, count - 1)].append(each)
        hours[each.at.astimezone(zone).hour].append(each)
    total = _merge(begin, samples)
    return Figures(
        begin=begin,
        end=end,
        last=samples[-1] if samples and end - samples[-1].at < _RAW else None,
        waiting=total.waiting,
        oldest=total.oldest,
        arrivals=total.arrivals,
        pickups=len(total.waits),
        others=total.departures - len(total.waits),
        median=median(total.waits) if total.waits else None,
        watched=min(timedelta(seconds=total.watched), end - begin),
        hours=[_sum_hour(hour, hours[hour]) for hour in sorted(hours)],
        width=width,
        columns=[_find_worst(spans[place]) if place in spans else None for place in range(count)],
    )


def _by_line(sessions: Iterable[Session]) -> Mapping[str, Sequence[Session]]:
    found: dict[str, list[Session]] = defaultdict(list)
    for each in sessions:
        found[EVERY_LINE].append(each)
        if each.line:
            found[each.line].append(each)
    return found


def _measure(since: datetime | None, until: datetime) -> int:
    """Seconds in the queue; two clocks that differ make no time negative."""
    return max(0, round((until - (since or until)).total_seconds()))


def _floor(at: datetime, span: timedelta) -> datetime:
    seconds = int(span.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def _merge(at: datetime, span: Sequence[Sample]) -> Sample:
    return Sample(
        at=at,
        watched=sum(each.watched for each in span),
        waiting=max((each.waiting for each in span), default=0),
        oldest=max((each.oldest for each in span), default=0),
        arrivals=sum(each.arrivals for each in span),
        departures=sum(each.departures for each in span),
        waits=tuple(wait for each in span for wait in each.waits),
    )


def _find_worst(span: Sequence[Sample]) -> Column:
    return Column(max(each.waiting for each in span), max(each.oldest for each in span))


def _sum_hour(hour: int, span: Sequence[Sample]) -> Hour:
    waits = [wait for each in span for wait in each.waits]
    return Hour(hour, sum(each.arrivals for each in span), len(waits), median(waits) if waits else None)


def _choose_width(period: timedelta, every: timedelta) -> timedelta:
    """Narrow, but no column may be empty only because its look came a little later."""
    least = max(period / _MOST_COLUMNS, 2 * every)
    return next((width for width in _WIDTHS if width >= least), _WIDTHS[-1])
