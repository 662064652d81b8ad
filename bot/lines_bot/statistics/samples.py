"""The bot's own record of the queues: taken after every look, kept for 90 days."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from lines_bot.clock import Clock
from lines_bot.lines import LinesClient, LinesError, Session, SessionState
from lines_bot.snapshot import LinesCache, Snapshot
from lines_bot.statistics.summary import Figures, Sample, list_missing, summarize, take_samples, thin
from lines_bot.store.database import Database, cut
from lines_bot.store.tables import SampleRow

_log = logging.getLogger(__name__)
_MISSED_LOOKS = 4
_SHORT_OUTAGE = timedelta(minutes=1)


class Samples:
    """Samples of every line, and of all together; `every` is the time between two looks."""

    def __init__(
        self,
        database: Database,
        cache: LinesCache,
        lines: LinesClient,
        every: timedelta,
        clock: Clock,
    ) -> None:
        self._database = database
        self._cache = cache
        self._lines = lines
        self._every = every
        self._clock = clock
        self._before: Snapshot | None = None

    async def take(self) -> None:
        """Keep what the last look saw; nothing if Lines was not read since."""
        snapshot, before = self._cache.latest, self._before
        if snapshot is None or snapshot is before:
            return
        longest = max(_SHORT_OUTAGE, _MISSED_LOOKS * self._every)
        if before and not timedelta(0) < snapshot.taken_at - before.taken_at <= longest:
            # Who came and went during an outage, or since the time was set, would all seem to come at once.
            before = None
        taken = await self._find_taken(list_missing(before, snapshot)) if before else {}
        samples = take_samples(before, snapshot, taken)
        async with self._database.begin() as session:
            for line, sample in samples.items():
                await session.merge(SampleRow(**_make_values(line, sample)))
        self._before = snapshot

    async def read(self, line: str, period: timedelta) -> Figures:
        """The figures of a line, or of EVERY_LINE, from `period` ago until now."""
        end = self._clock.now()
        samples = await self._list(line, since=end - period, before=end)
        return summarize(samples, end - period, end, self._clock.zone, self._every)

    async def thin(self) -> None:
        """Keep old samples at the grain their age deserves."""
        now = self._clock.now()
        async with self._database.begin() as session:
            lines = (await session.scalars(select(SampleRow.line).distinct())).all()
        for line in lines:
            await self._thin_line(line, now)

    async def _thin_line(self, line: str, now: datetime) -> None:
        samples = await self._list(line, since=None, before=now)
        kept = set(thin(samples, now))
        gone = [each.at for each in samples if each not in kept]
        new = [_make_values(line, each) for each in kept.difference(samples)]
        async with self._database.begin() as session:
            for piece in cut(gone):
                await session.execute(
                    delete(SampleRow).where(SampleRow.line == line, SampleRow.at.in_(piece))
                )
            if new:
                await session.execute(insert(SampleRow), new)

    async def _list(self, line: str, *, since: datetime | None, before: datetime) -> Sequence[Sample]:
        query = select(
            SampleRow.at,
            SampleRow.watched,
            SampleRow.waiting,
            SampleRow.oldest,
            SampleRow.arrivals,
            SampleRow.departures,
            SampleRow.waits,
        ).where(SampleRow.line == line, SampleRow.at <= before)
        if since is not None:
            query = query.where(SampleRow.at >= since)
        async with self._database.begin() as session:
            rows = await session.execute(query.order_by(SampleRow.at))
            return [
                Sample(at, watched, waiting, oldest, arrivals, departures, tuple(waits or ()))
                for at, watched, waiting, oldest, arrivals, departures, waits in rows
            ]

    async def _find_taken(self, missing: Sequence[Session]) -> Mapping[str, Session]:
        """Those of the missing whom an operator has now."""
        searches = [
            self._lines.sessions.search()
            .where(Session.f.id.in_(piece), Session.f.state == SessionState.ASSIGNED_TO_OPERATOR)
            .all()
            for piece in cut([each.id for each in missing])
        ]
        try:
            found = await asyncio.gather(*searches)
        except LinesError as error:
            _log.warning("not known who took %d sessions: %s", len(missing), error)
            return {}
        return {each.id: each for part in found for each in part}


def _make_values(line: str, sample: Sample) -> dict[str, object]:
    return {
        "line": line,
        "at": sample.at,
        "watched": sample.watched,
        "waiting": sample.waiting,
        "oldest": sample.oldest,
        "arrivals": sample.arrivals,
        "departures": sample.departures,
        "waits": list(sample.waits) or None,
    }
