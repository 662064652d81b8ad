"""Figures of the alerts at the size of a large company: `python -m tests.bench_alerts`.

CPU times are of this process alone, so that they mean the same on a busy machine; the storm is told in
seconds of the wall as well.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from statistics import median

from lines_bot.alerts.engine import Condition
from lines_bot.alerts.growth import Growth
from lines_bot.alerts.monitor import advance
from lines_bot.alerts.observations import observe
from lines_bot.alerts.policy import Policy, PolicyBook
from lines_bot.alerts.subjects import EvaluationContext
from lines_bot.lines import Channel, ChannelState, Line, Session, SessionState
from lines_bot.snapshot import Snapshot
from tests.watch import START, TEAM, open_watch

CHANNELS, SESSIONS, LINES, BROKEN = 5_000, 50_000, 50, 50
POLLS = 15
POLL = timedelta(seconds=15)


def make_company(poll: int) -> Snapshot:
    """One reading of a company with some channels in Error and a long queue everywhere."""
    now = START + poll * POLL
    lines = {f"l{number}": Line(id=f"l{number}", name=f"Line {number}") for number in range(LINES)}
    channels = {
        f"c{number}": Channel(
            id=f"c{number}",
            name=f"Channel {number}",
            line=f"l{number % LINES}",
            state=ChannelState.ERROR if number < BROKEN else ChannelState.ACTIVE,
        )
        for number in range(CHANNELS)
    }
    waiting = tuple(
        Session(
            id=f"s{number}",
            line=f"l{number % LINES}",
            channel=f"c{number % CHANNELS}",
            state=SessionState.WAITING,
            accepted_at=now - timedelta(seconds=number % 200),
        )
        for number in range(SESSIONS)
    )
    return Snapshot(lines, channels, waiting, now)


def evaluate() -> float:
    """Median seconds of CPU for one poll's `observe` and `advance`."""
    book = PolicyBook(Policy(), {})
    held: dict[str, Condition] = {}
    spent = []
    for poll in range(POLLS):
        company = make_company(poll)
        growths = {line: Growth(1.0, 4.0, 0.01, company.taken_at) for line in company.lines}
        begun = time.process_time()
        held = take(company, held, growths, book)
        spent.append(time.process_time() - begun)
    return median(spent)


def take(
    company: Snapshot, held: Mapping[str, Condition], growths: Mapping[str, Growth], book: PolicyBook
) -> dict[str, Condition]:
    sightings = observe(company, held.keys(), EvaluationContext(company.taken_at - POLL, growths), book)
    updates = advance(held, sightings, company.taken_at)
    return {key: each.condition for key, each in updates.items() if each.condition is not None}


async def storm() -> tuple[float, float]:
    """Seconds, of the wall and of CPU, from the poll that confirms every channel in Error to the message."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_watch(Path(folder)) as watch:
            for number in range(CHANNELS):
                watch.lines.add(f"c{number}", f"l{number % LINES}")
            await watch.poll()
            for channel in watch.lines.channels:
                watch.lines.set_state(channel, ChannelState.ERROR)
            await watch.poll(times=2)
            assert not watch.telegram.posts
            wall, cpu = time.monotonic(), time.process_time()
            await watch.poll()
            assert len(watch.telegram.list_messages(TEAM)) == 1
            return time.monotonic() - wall, time.process_time() - cpu


def main() -> None:
    logging.disable()
    print(  # noqa: T201  # the figures
        f"{CHANNELS} channels and {SESSIONS} waiting sessions: {evaluate() * 1000:.1f} ms of CPU a poll"
    )
    wall, cpu = asyncio.run(storm())
    print(  # noqa: T201
        f"{CHANNELS} channels to Error in one poll: first message "
        f"{wall:.2f} s after the confirming poll began ({cpu:.2f} s of CPU)"
    )


if __name__ == "__main__":
    main()
