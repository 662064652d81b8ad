"""The product as a measured process: `python -m tests.bench.product [prepare]`.

It runs as in production, but for the limits on what may go out and be asked: they are what it would measure.
"""

import asyncio
import os
import sys
from contextlib import suppress

from pydantic import SecretStr

from lines_bot.app import make_app
from lines_bot.clock import Clock
from lines_bot.people import Person, Role
from lines_bot.references import Kind, References
from lines_bot.runner import run_app, run_until_stopped
from lines_bot.settings import Settings
from lines_bot.store.database import Database
from lines_bot.store.tables import PersonRow
from lines_bot.telegram.incoming.flood_control import FloodLimits
from lines_bot.telegram.outgoing.rate_limiter import RateLimits
from tests.bench.gauges import note_stops
from tests.bench.sizes import PEOPLE, WAITING

_ADMIN = Person(1, "bench")


async def prepare() -> None:
    """Make the memory: everybody has a role, every session a reference; those are printed in their order."""
    settings = Settings(_env_file=None)
    database, clock = Database(SecretStr(settings.database_url.get_secret_value())), Clock(settings.timezone)
    await database.migrate()
    async with database.begin() as session:
        session.add_all(
            PersonRow(id=each, name=f"Person {each}", role=Role.LEAD, granted_by=1, granted_at=clock.now())
            for each in PEOPLE
        )
    ids = [f"session-{number}" for number in range(WAITING)]
    references = await References(database, clock).ids_to_refs(Kind.SESSION, ids)
    await database.close()
    sys.stdout.write("\n".join(references[each] for each in ids))


async def run() -> None:
    """Work until SIGTERM."""
    limits = RateLimits(a_second=1_000_000, a_group_minute=1_000_000)
    floods = FloodLimits(requests=1_000_000, group_requests=1_000_000)
    async with make_app(Settings(_env_file=None), rate_limits=limits, flood_limits=floods) as app:
        noting = asyncio.create_task(note_stops())
        await run_until_stopped(run_app(app))
        noting.cancel()
        with suppress(asyncio.CancelledError):
            await noting


if __name__ == "__main__":
    from lines_bot.logs import log_to_console

    log_to_console(os.environ.get("LOG_LEVEL", "INFO"), [])
    asyncio.run(prepare() if sys.argv[1:] == ["prepare"] else run())
