"""A bridge that was fitted to a variant, as a server of the contract."""

from collections.abc import Mapping
from typing import Any

from lines_bot.lines.probe import Probe
from lines_bot.probe.fitting import find_differences, write_script
from tests.contract.bridge_server import BRIDGE, BridgeServer
from tests.contract.servers import Caller
from tests.probe.companies import make_company
from tests.probe.variants import Variant


class FittedBridge:
    """Loads every company onto the variant's platform, with the script that knows it."""

    def __init__(self, server: BridgeServer, variant: Variant, script: str) -> None:
        self.url = server.url
        self.token = server.token
        self._server = server
        self._variant = variant
        self._script = script

    async def load(self, document: Mapping[str, Any]) -> None:
        await self._server.load(document, self._script, **self._variant.settings)

    async def stop(self) -> None:
        """The process serves the other variants too."""


async def look(server: BridgeServer, variant: Variant, script: str | None = None) -> Probe:
    """What a script, the plain one or another, sees of a variant."""
    await server.load(make_company(variant.rows), script, **variant.settings)
    caller = Caller(server)
    try:
        return Probe.model_validate(await caller.call("system.probe"))
    finally:
        await caller.close()


async def fit(server: BridgeServer, variant: Variant) -> FittedBridge:
    probe = await look(server, variant)
    script = write_script(BRIDGE.read_text(encoding="utf-8"), find_differences(probe))
    return FittedBridge(server, variant, script)
