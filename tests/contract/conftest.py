from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.documents import standard
from tests.contract.servers import KINDS, Caller

Running = dict[str, Caller]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running() -> AsyncIterator[Running]:
    """One server of each kind; starting a platform for every test would take too long."""
    callers = {kind: Caller(await start(standard())) for kind, start in KINDS.items()}
    yield callers
    for caller in callers.values():
        await caller.close()
        await caller.handle.stop()


@pytest_asyncio.fixture(loop_scope="session", params=list(KINDS))
async def server(request: pytest.FixtureRequest, running: Running) -> Caller:
    caller = running[request.param]
    await caller.handle.load(standard())
    return caller
