"""A host at work between the embedded servers; LINES_BOT_PYTHON names a Python that has the wheel."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lines_bot.sandbox.embedded import Embedded
from tests.process import ROOT, SOURCES, describe_process

HOSTS = Path(__file__).parent
_BLOCK = re.compile(r"```python\n# ([\w/]+\.py)\n(.*?)```", re.DOTALL)


def write_examples(folder: Path) -> None:
    """Put every example of the page where a reader would."""
    for name, text in _BLOCK.findall((ROOT / "docs/plugin.md").read_text(encoding="utf-8")):
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")


@asynccontextmanager
async def run_host(
    file: str | Path, servers: Embedded, folder: Path, **more: str
) -> AsyncIterator[list[str]]:
    """The host while the block runs; it must end well when it is asked to. Yields what it prints."""
    wheel = os.environ.get("LINES_BOT_PYTHON")
    environment = {**describe_process(servers, folder), "PATH": os.environ["PATH"], **more}
    if wheel is None:
        environment["PYTHONPATH"] = SOURCES
    process = await asyncio.create_subprocess_exec(
        wheel or sys.executable,
        str(HOSTS / "run.py"),
        str(file),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said: list[str] = []
    reading = asyncio.create_task(_read(process, said))
    try:
        yield said
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await reading
        code = await process.wait()
    assert code in (0, -signal.SIGTERM), f"{file} ended with {code}:\n{''.join(said)}"
    assert "Traceback" not in "".join(said), "".join(said)


async def _read(process: asyncio.subprocess.Process, said: list[str]) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        said.append(line.decode())
