"""The bot's own record of the queues: taken after every look, kept for 90 days."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from lines_bot.clock import Clock
from lines_bot.lines import LinesClient, LinesError, Session, SessionState
from lines_bot.snapshot import LinesCache, Snapshot, list_missing
from lines_bot.statistics.summary import Figures, Sample, summarize, take_samples, thin
from lines_bot.store.database import Database, cut
from lines_bot.store.tables import SampleRow

_log = logging.getLogger(__name__)
_MISSED_LOOKS = 4
_PIECE = 500
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
        values = [_make_values(line, sample) for line, sample in samples.items()]
        at = snapshot.taken_at.replace(microsecond=0)
        async with self._database.begin() as session:
            if before is None or before.taken_at >= at:
                # Two looks in one second are one.
                for piece in cut(samples):
                    same = delete(SampleRow).where(SampleRow.line.in_(piece), SampleRow.at == at)
                    await session.execute(same)
            await session.execute(insert(SampleRow), values)
        self._before = snapshot

    async def read(self, line: str, period: timedelta) -> Figures:
        """The figures of a line, or of EVERY_LINE, from `period` ago until now."""
        end = self._clock.now()
        samples = await self._list(line, since=end - period, before=end)
        return await asyncio.to_thread(summarize, samples, end - period, end, self._clock.zone, self._every)

    async def thin(self) -> None:
        """Keep old samples at the grain their age deserves."""
        now = self._clock.now()
        async with self._database.begin() as session:
            lines = (await session.scalars(select(SampleRow.line).distinct())).all()
        for line in lines:
            await self._thin_line(line, now)

    async def _thin_line(self, line: str, now: datetime) -> None:
        samples = await self._list(line, since=None, before=now)
        gone, new = await asyncio.to_thread(_compare, samples, now)
        async with self._database.begin() as session:
            for piece in cut(gone):
                await session.execute(
                    delete(SampleRow).where(SampleRow.line == line, SampleRow.at.in_(piece))
                )
            if new:
                await session.execute(insert(SampleRow), [_make_values(line, each) for each in new])

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
        samples: list[Sample] = []
        count = _PIECE
        while count == _PIECE:
            piece = query if not samples else query.where(SampleRow.at > samples[-1].at)
            async with self._database.begin() as session:
                rows = (await session.execute(piece.order_by(SampleRow.at).limit(_PIECE))).all()
            # A long history takes a while to be read: between two pieces others have their turn.
            samples += [
                Sample(at, watched, waiting, oldest, arrivals, departures, tuple(waits or ()))
                for at, watched, waiting, oldest, arrivals, departures, waits in rows
            ]
            count = len(rows)
        return samples

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


def _compare(samples: Sequence[Sample], now: datetime) -> tuple[Sequence[datetime], Sequence[Sample]]:
    """What thinning takes away, and what it puts there instead."""
    kept = set(thin(samples, now))
    return [each.at for each in samples if each not in kept], sorted(
        kept.difference(samples), key=lambda each: each.at
    )


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
