"""What every story begins with is made once for all of them: a company, and an empty database."""

import asyncio
import pickle
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from lines_bot.sandbox.company import company
from lines_bot.sandbox.world import World
from lines_bot.store.database import Database


def copy_company(seed: int, now: datetime) -> World:
    """As `company` makes it."""
    world: World = pickle.loads(_pickle_company(seed, now))
    return world


def copy_database(place: Path) -> None:
    """Put an empty database of today's shape there."""
    place.write_bytes(_make_database())
    place.chmod(0o600)


@cache
def _pickle_company(seed: int, now: datetime) -> bytes:
    return pickle.dumps(company(seed, now))


@cache
def _make_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "template.db"
        # A story runs in a loop of its own, in which no other can run.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _migrate(place)).result()
        return place.read_bytes()


async def _migrate(place: Path) -> None:
    database = Database(SecretStr(f"sqlite+aiosqlite:///{place}"))
    await database.migrate()
    await database.close()
