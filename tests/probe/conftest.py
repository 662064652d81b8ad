from collections.abc import AsyncIterator

import pytest_asyncio

from tests.contract.bridge_server import BridgeServer, start_bridge
from tests.contract.documents import standard


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def platform() -> AsyncIterator[BridgeServer]:
    """One process that plays every platform in turn."""
    server = await start_bridge(standard())
    yield server
    await server.stop()
