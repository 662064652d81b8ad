"""The real process between the embedded servers, and what is left when Telegram was odd to it."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from aiogram.methods import SendMessage
from pydantic import SecretStr

from lines_bot.alerts.policy import EVERYTHING, Policy
from lines_bot.alerts.rule_book import RuleBook
from lines_bot.clock import Clock
from lines_bot.people import People, Role
from lines_bot.people import Person as Granted
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import TEAM, Embedded
from lines_bot.sandbox.telegram import Person
from lines_bot.store.database import Database
from lines_bot.telegram.incoming.inbox import Inbox
from tests.process import SOURCES, describe_process

READS = ("search", "users", "getLastMessage", "getAllMessages", "describe")
ELSEWHERE = -9_000
WITNESS = 5_000
_ROLES = (Role.VIEWER, Role.OPERATOR, Role.LEAD, Role.ADMIN)
_UNREADABLE = re.compile(
    r"ERROR lines_bot\.telegram\.incoming\.polling: update \d+ \(.*\) cannot be read: \w+$"
)
_REFUSED = re.compile(
    r"ERROR lines_bot\.telegram\.(outgoing\.delivery|alerts\.\w+): [^:]*(chat|administrator) -?\d+"
)
_ENDS_TRACE = re.compile(r"^    [A-Za-z]")
_LOUD = re.compile(r"^\S+ \S+ (ERROR|CRITICAL) ")


@dataclass
class Trial:
    """One process, and the people and groups that it knows: many, for each may ask for little at a time."""

    servers: Embedded
    database: Database
    process: Process
    people: Sequence[int]
    groups: Sequence[int]
    log: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[str]:
        """The calls that were to change something in Lines."""
        called = [method for request in self.servers.lines.requests for method in request.methods]
        return [method for method in called if method.rpartition(".")[2] not in READS]

    @property
    def unreadable(self) -> int:
        """The updates of which the log says that nobody could read them."""
        return sum(bool(_UNREADABLE.search(line)) for line in self.log)

    def find_faults(self) -> Counter[str]:
        """What the log must not have: errors that nobody foresaw, with their traces."""
        loud = [line for line in self.log if _LOUD.match(line) and not _is_foreseen(line)]
        traces = [line for line in self.log if _ENDS_TRACE.match(line)]
        return Counter(re.sub(r"^\S+ \S+ |\d+", "", line)[:200] for line in loud + traces)

    async def rest(self) -> None:
        """Return when every update is confirmed and done."""
        inbox, telegram = Inbox(self.database), self.servers.telegram
        while True:
            await self._wait_for_quiet()
            if not await inbox.list_left():
                return
            # What holds nothing is confirmed with the next poll, which is soon enough to look again.
            telegram.chats.updates.push_unread({})

    async def _wait_for_quiet(self) -> None:
        telegram = self.servers.telegram
        with telegram.chats.events.watch() as events:
            while not telegram.is_quiet():
                assert self.process.returncode is None, "\n".join(self.log[-40:])
                await events.get()

    async def answer_of(self, text: str, asker: int = WITNESS) -> str:
        """What a person who did nothing odd is answered in private."""
        telegram = self.servers.telegram
        before = len(telegram.calls(SendMessage))
        telegram.people.say(telegram.chats.persons[asker], telegram.chats.chats[asker], text)
        await self.rest()
        return next(call.text for call in telegram.calls(SendMessage)[before:] if call.chat_id == asker)

    async def stop(self) -> int | None:
        """End the process as a supervisor does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


def _is_foreseen(line: str) -> bool:
    """Whether it tells, in one line, what nobody can read or no chat takes."""
    return bool(_UNREADABLE.search(line) or _REFUSED.search(line))


@asynccontextmanager
async def open_trial(folder: Path, crowd: int, **environment: str) -> AsyncIterator[Trial]:
    """The servers and the process, with a crowd of this size and a group for every four of them."""
    people, groups = range(2_000, 2_000 + crowd), range(-3_000 - crowd // 4, -3_000)
    admins = [person for person in people if _ROLES[person % 4] is Role.ADMIN]
    database = Database(SecretStr(f"sqlite+aiosqlite:///{folder / 'memory.db'}"))
    async with embedded.serve() as servers:
        persons = [Person(person, f"Person {person}") for person in (*people, WITNESS)]
        for person in persons:
            servers.telegram.chats.add_person(person, started=True)
        for group in groups:
            servers.telegram.chats.add_group(group, f"Group {group}", persons)
        servers.telegram.chats.add_group(ELSEWHERE, "Elsewhere", persons)
        await _prepare(database, [person for person in people if person not in admins])
        settings = {
            "ADMINS": ",".join(map(str, admins)),
            "CHATS": ",".join(map(str, (TEAM, *groups))),
            "LOG_LEVEL": "INFO",
            "POLL_SECONDS": "2",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "lines_bot", "run"),
            cwd=folder,
            env={"PYTHONPATH": SOURCES, **describe_process(servers, folder), **settings, **environment},
            stderr=PIPE,
            limit=2**24,
        )
        trial = Trial(servers, database, process, people, groups)
        reading = asyncio.create_task(_read(process, trial.log))
        try:
            await servers.telegram.chats.updates.polled.wait()
            yield trial
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await reading
            await database.close()


async def _prepare(database: Database, people: Sequence[int]) -> None:
    """Roles for these people and the witness, and rules by which alerts open soon."""
    await database.migrate()
    clock = Clock(ZoneInfo("UTC"))
    roles, rules = People(database, frozenset(), clock), RuleBook(database, Policy(), clock)
    for person in people:
        await roles.grant(person, f"Person {person}", _ROLES[person % 4], Granted(0, "test"))
    await roles.grant(WITNESS, "Witness", Role.LEAD, Granted(0, "test"))
    for name, value in (("error_for", "1"), ("well_for", "2"), ("early", "off")):
        await rules.set(EVERYTHING, name, value, "test")


async def _read(process: Process, log: list[str]) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        log.append(line.decode().rstrip("\n"))
