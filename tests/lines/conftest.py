import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from lines_bot.lines import LinesClient
from tests.lines.scripted_server import TOKEN, Server, Time, running


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running(Server()) as server:
        yield server


@pytest.fixture
async def lines(server: Server, time: Time) -> AsyncIterator[LinesClient]:
    async with LinesClient(server.url, SecretStr(TOKEN), rate=6000, clock=time, sleep=time.sleep) as lines:
        yield lines


@pytest.fixture
async def skip() -> Callable[[float], None]:
    """Lets seconds pass for every timer of the loop, without waiting for them."""
    loop = asyncio.get_running_loop()
    clock, ahead = loop.time, 0.0

    def skip(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    loop.time = lambda: clock() + ahead  # type: ignore[method-assign]  # the loop's time is the one shared clock
    return skip
