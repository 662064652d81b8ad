"""Processes of the bot within a moment: forks of an interpreter that has imported it and run nothing.

Run as a program it reads lines: each is answered with the pid of a new process that does `lines-bot run`.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from tests.process import SOURCES


class Nursery(Protocol):
    """Whatever starts a process of the bot and tells its pid."""

    async def __call__(self) -> int: ...


@asynccontextmanager
async def open_nursery(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Nursery]:
    """Start processes in `folder`, with nothing but this environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.chaos.nursery",
        cwd=folder,
        env={"PYTHONPATH": SOURCES, **environment},
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asking, answering = process.stdin, process.stdout

    async def start() -> int:
        asking.write(b"\n")
        return int(await answering.readline())

    try:
        yield start
    finally:
        asking.close()
        await process.wait()


async def wait_for_end(pid: int) -> None:
    """Return when the process is no more."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def main() -> None:
    import lines_bot.app
    import lines_bot.runner
    from lines_bot.__main__ import cli

    assert lines_bot.app
    assert lines_bot.runner
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            cli(["run"])
        print(pid, flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    main()
