"""Killed at any await of an operation: the next start knows the truth, and the same command does it once."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import delete

from lines_bot.lines import LinesClient
from lines_bot.operations.ledger import Entry, Ledger, Outcome
from lines_bot.operations.operations import Operations
from lines_bot.people import ChatContext, Person, Role
from lines_bot.sandbox import lines_server
from lines_bot.sandbox.actor import is_open
from lines_bot.sandbox.company import company
from lines_bot.sandbox.faults import Fault, Faults
from lines_bot.sandbox.world import World
from lines_bot.store.database import Database
from lines_bot.store.tables import LedgerRow
from tests.clock import ManualClock
from tests.roles import keep_role

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LEAD = Person(101, "Anna Lead", Role.LEAD)
COMMAND = ChatContext(-1001, is_private=False, is_open=True, request_message_id=7, answer_message_id=8)
TOKEN = "a-token-of-lines"
MOST_AWAITS = 100
Got = TypeVar("Got")
Perform = Callable[[Operations, World], Coroutine[Any, Any, object]]


class Fate:
    """Lets a process live for some awaits of an operation, and ends it at the next one."""

    def __init__(self, awaits: int) -> None:
        self.awaits = awaits
        self.process: asyncio.Task[object] | None = None

    def is_due(self) -> bool:
        self.awaits -= 1
        return self.awaits == -1


class MortalLedger(Ledger):
    """Dies before or after any of its transactions."""

    def __init__(self, database: Database, fate: Fate) -> None:
        super().__init__(database, ManualClock(NOW))
        self._fate = fate

    async def intend(self, *args: Any, **kwargs: Any) -> Entry:
        return await self._live(super().intend(*args, **kwargs))

    async def finish(self, *args: Any, **kwargs: Any) -> Entry:
        return await self._live(super().finish(*args, **kwargs))

    async def find_last(self, *args: Any, **kwargs: Any) -> Entry | None:
        return await self._live(super().find_last(*args, **kwargs))

    async def find_by_request(self, *args: Any, **kwargs: Any) -> Entry | None:
        return await self._live(super().find_by_request(*args, **kwargs))

    async def _live(self, work: Coroutine[Any, Any, Got]) -> Got:
        if self._fate.is_due():
            work.close()
            raise asyncio.CancelledError
        got = await work
        if self._fate.is_due():
            raise asyncio.CancelledError
        return got


class MortalFaults(Faults):
    """Ends the process while Lines, which has carried the call out, is about to answer."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def take(self, methods: Collection[str]) -> Fault | None:
        if not self._fate.is_due() or self._fate.process is None:
            return None
        self._fate.process.cancel()
        return Fault.SLOW


def find(world: World, collection: str, name: str) -> str:
    return str(next(item["__id"] for item in world.items(collection) if item["__name"] == name))


def find_session(world: World) -> str:
    shop = find(world, "channels", "Shop Telegram")
    items = world.items("sessions")
    return str(max(each["__id"] for each in items if each["_channel"] == shop and is_open(each)))


def assign(operations: Operations, world: World) -> Coroutine[Any, Any, object]:
    return operations.assign(find_session(world), find(world, "users", "Kate Brown"), LEAD, COMMAND)


def say(operations: Operations, world: World) -> Coroutine[Any, Any, object]:
    return operations.say(find_session(world), "We look into it.", LEAD, COMMAND)


def create(operations: Operations, world: World) -> Coroutine[Any, Any, object]:
    return operations.create(find(world, "channels", "Чат на сайте"), "somebody-new", LEAD, COMMAND)


def count_assigned(world: World) -> int:
    kate, shop = find(world, "users", "Kate Brown"), find(world, "channels", "Shop Telegram")
    held = [item for item in world.items("sessions") if item.get("_userId") == kate]
    return sum(item["_channel"] == shop for item in held)


def count_said(world: World) -> int:
    return sum(message["body"] == "We look into it." for message in world.messages)


def count_created(world: World) -> int:
    return sum(item["__name"] == "somebody-new" for item in world.items("sessions"))


@pytest.fixture(scope="module")
def document() -> Mapping[str, object]:
    return company(1, NOW).dump()


@pytest.mark.parametrize(
    ("perform", "count"),
    [(assign, count_assigned), (say, count_said), (create, count_created)],
    ids=["assign", "say", "create"],
)
async def test_killed_at_any_await_the_truth_is_known_and_the_same_command_does_it_once(
    tmp_path: Path, document: Mapping[str, object], perform: Perform, count: Callable[[World], int]
) -> None:
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await database.migrate()
    ledger = Ledger(database, ManualClock(NOW))
    outcomes = set()
    for awaits in range(MOST_AWAITS):
        world, fate = World(document, 1), Fate(awaits)
        async with database.begin() as session:
            await session.execute(delete(LedgerRow))
        async with await lines_server.serve(world, TOKEN, now=lambda: NOW) as server:
            server.faults = MortalFaults(fate)
            async with LinesClient(server.url, SecretStr(TOKEN), rate=1_000_000) as lines:
                first_life = Operations(lines, MortalLedger(database, fate), keep_role)
                fate.process = asyncio.create_task(perform(first_life, world))
                await asyncio.wait([fate.process])
            fate.process = None if (ended := not fate.process.cancelled()) else fate.process
            server.faults.release()
            async with LinesClient(server.url, SecretStr(TOKEN), rate=1_000_000) as lines:
                second_life = Operations(lines, ledger, keep_role)
                told: list[Entry] = []

                async def listen(entry: Entry, told: list[Entry] = told) -> None:
                    told.append(entry)

                second_life.listen_to_completions(listen)
                await second_life.complete_unfinished()
                assert await ledger.list_unfinished() == []
                for entry in told:
                    is_done = entry.outcome is Outcome.DONE
                    assert is_done == (count(world) == 1), f"killed at await {awaits}"
                    assert (entry.chat, entry.answer_message_id) == (-1001, 8)
                    outcomes.add(entry.outcome)
                await perform(second_life, world)
                assert count(world) == 1, f"killed at await {awaits}"
        if ended:
            break
    await database.close()
    assert ended
    assert awaits > 10
    assert outcomes == {Outcome.DONE, Outcome.FAILED}
