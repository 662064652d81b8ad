from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.contract.bridge_server import BridgeServer, start_bridge
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


class Bridge(Caller):
    handle: BridgeServer

    async def operations(self) -> list[str]:
        return list((await self.handle.report())["operations"])

    async def batch(self, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers in the order of the calls."""
        payload = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in enumerate(calls)
        ]
        answers = await self.post(payload)
        return sorted(answers, key=lambda answer: int(answer["id"]))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def process() -> AsyncIterator[Bridge]:
    bridge = Bridge(await start_bridge(standard()))
    yield bridge
    await bridge.close()
    await bridge.handle.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def bridge(process: Bridge) -> Bridge:
    await process.handle.load(standard())
    return process


def found(result: dict[str, Any]) -> list[str]:
    return [item["__id"] for item in result["result"]]
