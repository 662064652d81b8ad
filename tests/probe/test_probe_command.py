"""`lines-bot probe` and `lines-bot bridge --fit`, as an administrator runs them."""

import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.contract.bridge_server import BRIDGE, BridgeServer
from tests.contract.documents import standard
from tests.contract.servers import Caller, start_sandbox
from tests.probe.companies import WORDS, make_company

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.asyncio(loop_scope="package")


async def run(folder: Path, url: str, token: str, *arguments: str) -> tuple[int | None, str, str]:
    """`lines-bot …` for a bridge: its code, its output and its errors."""
    environment = {
        "PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in ("bot", "handlers")),
        "BOT_TOKEN": "1:nobody",
        "LINES_URL": url,
        "LINES_TOKEN": token,
        "ADMINS": "1",
        "CHATS": "-1",
        "ALERT_CHATS": "-1",
    }
    command = (sys.executable, "-m", "lines_bot", *arguments)
    process = await create_subprocess_exec(*command, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_a_company_is_looked_at_and_the_script_is_fitted_to_it(
    platform: BridgeServer, tmp_path: Path
) -> None:
    settings = {"operatorNames": {"like": "contains"}, "times": "text", "plainIds": ["sessions._line"]}
    await platform.load(make_company(), None, **settings)
    before = (await platform.report())["operations"]
    code, out, err = await run(tmp_path, platform.url, platform.token, "probe")
    assert (before, code, err) == ([], 0, "")
    differing = [line for line in out.splitlines() if line.startswith("DIFF")]
    assert [line.split(": ")[0].split(maxsplit=1)[1] for line in differing] == [
        "operator text.like",
        "filters by sessions._line",
        "times in filters",
    ]
    assert all("What to do: " in line for line in differing)
    assert "its name is contains" in differing[0]
    assert "lines-bot bridge --fit probe.json > bridge.ts" in out
    seen = (tmp_path / "probe.json").read_text(encoding="utf-8")
    assert [word for word in WORDS if word in seen + out] == []
    code, script, _steps = await run(tmp_path, platform.url, platform.token, "bridge", "--fit", "probe.json")
    table = json.loads(script.split("const COMPANY: BridgeCompany = ")[1].split(";\n")[0])
    assert (code, table["comparisons"], table["times"]) == (0, {"text.like": "contains"}, "text")
    await platform.load(make_company(), script, **settings)
    code, out, _err = await run(tmp_path, platform.url, platform.token, "probe")
    assert "the script in ELMA365 knows this company" in out
    caller = Caller(platform)
    found = await caller.call("sessions.search", where={"eq": ["_line", "l-quiet"]})
    assert [item["__id"] for item in found["result"]] == ["s-quiet"]
    await caller.close()


async def test_a_bridge_without_a_probe_is_told_what_to_paste(tmp_path: Path) -> None:
    sandbox = await start_sandbox(standard())
    code, out, err = await run(tmp_path, sandbox.url, sandbox.token, "probe")
    await sandbox.stop()
    assert (code, out) == (2, "")
    assert "has no probe" in err
    assert "lines-bot bridge > bridge.ts" in err
    assert not (tmp_path / "probe.json").exists()


@pytest.mark.parametrize(
    "content", [None, "no JSON", '{"bridge": "1"}', '{"bridge": "Hello, Anna", "collections": {}}']
)
async def test_a_file_that_no_probe_wrote_fits_nothing(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "probe.json").write_text(content, encoding="utf-8")
    code, out, err = await run(tmp_path, "http://localhost/", "x", "bridge", "--fit", "probe.json")
    assert (code, out) == (2, "")
    assert err.startswith("probe.json ")
    assert err.count("\n") == 1


async def test_without_a_probe_the_script_is_as_it_stands(tmp_path: Path) -> None:
    code, out, _err = await run(tmp_path, "http://localhost/", "x", "bridge")
    assert (code, out.strip()) == (0, BRIDGE.read_text(encoding="utf-8").strip())
