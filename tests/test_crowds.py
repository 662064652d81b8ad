"""A thousand taps by fifty people change Lines once, everyone is answered, and Lines is hardly asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from lines_bot.lines import AppItem, LinesClient
from lines_bot.operations.ledger import Ledger
from lines_bot.operations.operations import Operations, fingerprint
from lines_bot.people import ChatContext, Person, Role
from lines_bot.sandbox import lines_server
from lines_bot.sandbox.company import company
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.world import World
from lines_bot.store.database import Database
from tests.clock import ManualClock
from tests.roles import keep_role

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HERE = ChatContext(-1001, is_private=False, is_open=True)
CROWD = [Person(number, f"Person {number}", Role.LEAD) for number in range(50)]
Tap = Callable[[Person], Awaitable[Any]]


def find(world: World, collection: str, name: str) -> Item:
    return next(item for item in world.items(collection) if item["__name"] == name)


def make_tap(verb: str, operations: Operations, world: World, seen: str, session: str) -> Tap:
    site, client = find(world, "channels", "Чат на сайте")["__id"], next(world.items("clients"))["__id"]
    kate = find(world, "users", "Kate Brown")["__id"]
    item = AppItem(namespace="shop", code="orders", id="77")
    taps: dict[str, Tap] = {
        "sessions.assignToOperator": lambda by: operations.assign(session, kate, by, HERE, seen),
        "sessions.create": lambda by: operations.create(site, "somebody-new", by, HERE),
        "channels.disconnect": lambda by: operations.disconnect(site, by, HERE),
        "clients.save": lambda by: operations.link(client, item, by, HERE),
    }
    return taps[verb]


@pytest.fixture(scope="module")
def document() -> Mapping[str, object]:
    return company(1, NOW).dump()


@pytest.mark.parametrize(
    "verb", ["sessions.assignToOperator", "sessions.create", "channels.disconnect", "clients.save"]
)
async def test_a_thousand_taps_change_lines_once(
    tmp_path: Path, document: Mapping[str, object], verb: str
) -> None:
    world = World(document, 1)
    shop = find(world, "channels", "Shop Telegram")["__id"]
    session = next(
        item for item in world.items("sessions") if (item["_state"], item["_channel"]) == ("Waiting", shop)
    )["__id"]
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await database.migrate()
    async with (
        await lines_server.serve(world, "token", now=lambda: NOW) as server,
        LinesClient(server.url, SecretStr("token"), rate=1_000_000) as lines,
    ):
        operations = Operations(lines, Ledger(database, ManualClock(NOW)), keep_role)
        seen = fingerprint(await lines.sessions.get(session))
        tap = make_tap(verb, operations, world, seen, session)
        results = await asyncio.gather(*(tap(person) for person in CROWD for _ in range(20)))
        asked = [method for request in server.requests for method in request.methods]
    await database.close()
    assert asked.count(verb) == 1
    assert [result.repeated for result in results].count(False) == 1
    assert {result.entry.person_name for result in results} == {"Person 0"}
    assert len(asked) < 15
