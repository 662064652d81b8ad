"""One trial: so many kills, then quiet, then the bot's memory and the chat are held against the truth."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import select

from lines_bot.alerts.families import ChannelSubject
from lines_bot.alerts.policy import EVERYTHING, Policy
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.clock import Clock
from lines_bot.people import People, Person, Role
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import TEAM, Embedded
from lines_bot.store.database import Database
from lines_bot.store.tables import CardIncidentRow, CardRow, IncidentRow
from lines_bot.telegram.alerts.card_store import MISSED, CardState
from tests.chaos.life import Life, Look
from tests.chaos.nursery import open_nursery, wait_for_end
from tests.driver import Driver, open_driver
from tests.process import SOURCES, describe_process

CLOCK = Clock(ZoneInfo("UTC"))
LONGEST_LIFE = 1.5
NOTICED_WITHIN = timedelta(seconds=2)
QUIET_LOOKS = 8
LOOKS_A_MINUTE = 60
RULES = {"error_for": "1", "well_for": "2", "early": "off"}


@dataclass(frozen=True)
class Tally:
    """What came of a trial; the lists are empty and the last two counts 0 if all is well."""

    kills: int
    breaks: int
    presses: int
    incidents: int
    messages: int
    reconnects: int
    lost: list[str]
    untrue: list[str]
    duplicates: int
    repeated_reconnects: int


async def try_kills(kills: int, seed: int, folder: Path) -> Tally:
    """Kill the bot so many times at random moments, then let it come to rest and look at what is left."""
    random = Random(seed)
    database = Database(SecretStr(f"sqlite+aiosqlite:///{folder / 'memory.db'}"))
    async with embedded.serve(seed=seed) as servers, open_driver(servers.telegram.url) as driver:
        await _prepare(database)
        life = Life(servers, driver, random, channels=2 * kills + 20)
        environment = {**describe_process(servers, folder), "POLL_SECONDS": "1", "LOG_LEVEL": "ERROR"}
        async with _run(life), open_nursery(folder, environment) as start:
            for _ in range(kills):
                life.process += 1
                known = len(life.looks)
                pid = await start()
                await _wait_for_looks(servers, life, known + 1)
                asyncio.get_running_loop().call_later(
                    random.uniform(0, LONGEST_LIFE), os.kill, pid, signal.SIGKILL
                )
                await wait_for_end(pid)
                await life.move()

        async def judge() -> Tally:
            return await _judge(database, servers, life, driver, kills)

        try:
            return await _rest(servers, driver, judge, folder, environment)
        finally:
            await database.close()


async def _prepare(database: Database) -> None:
    await database.migrate()
    people = People(database, frozenset(), CLOCK)
    await people.grant(101, "Anna Lead", Role.LEAD, Person(0, "test"))
    rules = RuleBook(database, Policy(), CLOCK)
    for name, value in RULES.items():
        await rules.set(EVERYTHING, name, value, "test")


@asynccontextmanager
async def _run(life: Life) -> AsyncIterator[None]:
    living = asyncio.create_task(life.run())
    try:
        yield
    finally:
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living


async def _wait_for_looks(servers: Embedded, life: Life, count: int) -> None:
    async with asyncio.timeout(60):
        while len(life.looks) < count:
            await servers.lines.wait_for_requests(len(servers.lines.requests) + 1)


async def _rest(
    servers: Embedded,
    driver: Driver,
    judge: Callable[[], Awaitable[Tally]],
    folder: Path,
    environment: dict[str, str],
) -> Tally:
    """Nothing happens any more; a last process has a minute of looks to see how things are, and is ended."""
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "lines_bot",
        "run",
        cwd=folder,
        env={"PYTHONPATH": SOURCES, **environment},
        stdout=DEVNULL,
    )
    begun = len(servers.lines.requests)
    for looks in range(QUIET_LOOKS, LOOKS_A_MINUTE):
        await servers.lines.wait_for_requests(begun + looks)
        await driver.quiet()
        if not (await judge()).untrue:
            break
    process.send_signal(signal.SIGTERM)
    await process.wait()
    return await judge()


async def _judge(database: Database, servers: Embedded, life: Life, driver: Driver, kills: int) -> Tally:
    async with database.begin() as session:
        incidents = list(await session.scalars(select(IncidentRow)))
        cards = list(await session.scalars(select(CardRow).where(CardRow.chat == TEAM)))
        members = await session.scalars(select(CardIncidentRow))
        places = {member.incident: member.card for member in members}
    posts = driver.chat("Support team").answers
    messages = {post.id: post.text for post in posts if "reply_to_message" not in post.raw}
    answers = Counter(
        (post.raw["reply_to_message"]["message_id"], post.text)
        for post in posts
        if post.text.startswith(("🔺", "⏰"))
    )
    standing = {card.id for card in cards if card.message in messages}
    told_nowhere = [each for each in incidents if places.get(each.id) not in standing]
    # What flapped stays open for a while after it is well, and says so.
    opened = {each.key for each in incidents if each.closed_at is None and not _is_settling(each)}
    truth = set(map(ChannelSubject.make_key, life.broken))
    reconnects = sum(request.methods.count("channels.reconnect") for request in servers.lines.requests)
    return Tally(
        kills=kills,
        breaks=life.breaks,
        presses=life.presses,
        incidents=len(incidents),
        messages=len(messages),
        reconnects=reconnects,
        lost=[
            *(f"incident {each.id} stands on no card" for each in told_nowhere),
            *_find_never_noticed(life.looks, incidents),
        ],
        untrue=[
            *(f"{key} is open and well" for key in opened - truth),
            *(f"{key} is in Error and not open" for key in truth - opened),
            *_find_untrue(cards, [(each, places.get(each.id)) for each in incidents], messages),
        ],
        duplicates=len(messages) - len(standing) + answers.total() - len(answers),
        repeated_reconnects=reconnects - life.reconnected,
    )


def _find_untrue(
    cards: Sequence[CardRow],
    placed: Sequence[tuple[IncidentRow, int | None]],
    messages: Mapping[int, str],
) -> Iterator[str]:
    """Cards that say something else than their incidents."""
    for card in cards:
        held = [each for each, place in placed if place == card.id]
        still = sum(each.closed_at is None for each in held)
        bad = sum(each.closed_at is None and each.well_since is None for each in held)
        if card.state != (CardState.LIVE if still else CardState.FINAL):
            yield f"card {card.id} is {card.state} with {still} open"
        shown = messages.get(card.message or 0, "")
        # What came and went before it could be told stands in a digest.
        ended = ("🗒", "🩹") if card.family == MISSED else ("🟢",)
        marks = ("🔴",) if bad else ("🟡",) if still else ended
        count = f" {bad} of {len(held)} " if still and len(held) > 1 else ""
        if not shown.startswith(tuple(mark + count for mark in marks)):
            yield f"card {card.id} has {bad} bad of {len(held)} and shows {shown[:60]!r}"


def _is_settling(incident: IncidentRow) -> bool:
    return bool(incident.flapping) and incident.well_since is not None


def _find_never_noticed(looks: Sequence[Look], incidents: Sequence[IncidentRow]) -> Iterator[str]:
    """Channels in Error from one kept look to another, long enough, without an incident at that time.

    A look was kept if its process lived to look again: it commits one before the next.
    """
    last_of_process = {look.process: place for place, look in enumerate(looks)}
    known: defaultdict[str, list[IncidentRow]] = defaultdict(list)
    for each in incidents:
        known[each.key].append(each)
    began: dict[str, datetime] = {}
    for place, look in enumerate(looks):
        began = {channel: at for channel, at in began.items() if channel in look.broken}
        if place == last_of_process[look.process]:
            continue
        for channel in look.broken:
            since = began.setdefault(channel, look.at)
            if look.at - since >= NOTICED_WITHIN and not any(
                each.opened_at <= look.at + NOTICED_WITHIN and (each.closed_at or look.at) >= since
                for each in known[ChannelSubject.make_key(channel)]
            ):
                yield f"channel {channel} was in Error for {look.at - since} by {look.at} and never told"
