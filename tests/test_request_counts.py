"""A hundred people who ask at the same moment cost Lines a handful of requests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from lines_bot.lines import LinesClient
from lines_bot.operations.ledger import Ledger
from lines_bot.people import ChatContext, Person, Role
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.sessions import SessionQueries
from lines_bot.queries.transcripts import Transcripts
from lines_bot.references import References
from lines_bot.sandbox import lines_server
from lines_bot.sandbox.company import company
from lines_bot.sandbox.lines_server import LinesServer
from lines_bot.sandbox.world import World
from lines_bot.snapshot import LinesCache
from lines_bot.store.database import Database
from tests.clock import START, ManualClock

CROWD = 100
HERE = ChatContext(-1001, is_private=False, is_open=True)
SOMEBODY = Person(7, "Somebody", Role.LEAD)


@dataclass
class Desk:
    """The read side, and the server whose requests are counted."""

    server: LinesServer
    cache: LinesCache
    company: CompanyQueries
    sessions: SessionQueries
    transcripts: Transcripts
    ids: list[str]

    def count(self, since: int) -> int:
        return len(self.server.requests) - since


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    world = World(company(1, START).dump(), 1)
    ids = [item["__id"] for item in world.items("sessions")]
    clock = ManualClock()
    database = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await database.migrate()
    async with (
        await lines_server.serve(world, "token", now=clock.now) as server,
        LinesClient(server.url, SecretStr("token"), rate=1_000_000) as lines,
    ):
        cache, references = LinesCache(lines, clock), References(database, clock)
        company_queries = CompanyQueries(lines, cache, references)
        sessions = SessionQueries(lines, cache, references, company_queries, clock)
        transcripts = Transcripts(lines, cache, sessions, Ledger(database, clock), clock)
        yield Desk(server, cache, company_queries, sessions, transcripts, ids)
    await database.close()


async def test_a_hundred_lists_of_channels_are_one_request(desk: Desk) -> None:
    await asyncio.gather(*(desk.company.list_channels(reader=number) for number in range(CROWD)))
    assert desk.count(0) == 1


async def test_a_hundred_queues_are_two_requests(desk: Desk) -> None:
    await asyncio.gather(*(desk.sessions.list_queue() for _ in range(CROWD)))
    assert desk.count(0) <= 2


async def test_a_hundred_cards_of_as_many_sessions_are_four_requests(desk: Desk) -> None:
    wanted = (desk.ids * CROWD)[:CROWD]
    assert len(set(wanted)) > 20
    cards = await asyncio.gather(*(desk.transcripts.open_card(each, SOMEBODY, HERE) for each in wanted))
    assert [card.session.id for card in cards] == wanted
    assert desk.count(0) <= 4


async def test_one_card_is_two_requests_and_one_where_the_names_are_known(desk: Desk) -> None:
    await desk.cache.read(timedelta(0))
    before = len(desk.server.requests)
    await desk.transcripts.open_card(desk.ids[0], SOMEBODY, HERE)
    assert desk.count(before) <= 2
    before = len(desk.server.requests)
    await desk.transcripts.open_card(desk.ids[0], SOMEBODY, HERE)
    assert desk.count(before) == 1


async def test_a_crowd_of_names_is_read_once(desk: Desk) -> None:
    snapshot = await desk.cache.read(timedelta(0))
    clients = [each for session in snapshot.waiting for each in session.clients]
    before = len(desk.server.requests)
    named = await asyncio.gather(
        *(desk.cache.read_clients([each]) for each in clients), *(desk.cache.read_users() for _ in range(9))
    )
    assert all(named)
    (request,) = desk.server.requests[before:]
    assert sorted(request.methods) == ["clients.search", "users.search"]
