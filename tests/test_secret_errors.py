"""No error says a secret, in any way it can be shown, and neither do the errors that led to it."""

import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.methods import GetMe
from pydantic import HttpUrl, SecretStr
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from lines_bot.connections import make_bot, make_lines
from lines_bot.demo import make_settings
from lines_bot.lines import LinesError
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import Embedded
from lines_bot.sandbox.faults import Fault
from lines_bot.settings import Settings
from lines_bot.store.database import Database
from lines_bot.store.errors import DatabaseUnreachable
from lines_bot.store.tables import PersonRow
from lines_bot.telegram.outgoing.errors import was_never_sent
from tests.leaks import find_secrets, list_secrets
from tests.proxies import Admit, admit_http, admit_socks, hang_up, open_proxy

PASSWORD = "canary-of-the-database"
NOBODY = HttpUrl("http://127.0.0.1:1/")


@pytest.fixture
async def servers() -> AsyncIterator[Embedded]:
    async with embedded.serve() as opened:
        yield opened


@pytest.fixture
def settings(servers: Embedded, tmp_path: Path) -> Settings:
    return make_settings(servers, tmp_path)


def show(error: BaseException | None) -> bytes:
    """The error in every way it can be shown, and then what led to it, told by the traceback or not."""
    shown = []
    while error is not None:
        shown += [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(shown).encode()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SLOW])
async def test_what_lines_does_is_told_without_a_secret(
    servers: Embedded, settings: Settings, fault: Fault
) -> None:
    servers.lines.faults.inject(fault)
    async with make_lines(settings, deadline=0.1) as lines:
        for asking in (lines.channels.get("1"), lines.sessions.create("1", "kate")):
            with pytest.raises(LinesError) as told:
                await asking
            assert find_secrets(list_secrets(settings), {"error": show(told.value)}) == {}


async def test_lines_that_is_not_there_is_told_without_a_secret(settings: Settings) -> None:
    async with make_lines(settings.model_copy(update={"lines_url": NOBODY}), deadline=0.1) as lines:
        with pytest.raises(LinesError) as told:
            await lines.describe()
    assert find_secrets(list_secrets(settings), {"error": show(told.value)}) == {}


@pytest.mark.parametrize("trouble", ["401", "502", "drop", "nobody"])
async def test_what_telegram_does_is_told_without_a_secret(
    servers: Embedded, settings: Settings, trouble: str
) -> None:
    if trouble == "drop":
        servers.telegram.faults.drop(GetMe)
    elif trouble == "nobody":
        settings = settings.model_copy(update={"telegram_api_url": NOBODY})
    else:
        servers.telegram.faults.fail(GetMe, code=int(trouble), description="Trouble")
    async with make_bot(settings) as bot:
        with pytest.raises(TelegramAPIError) as told:
            await bot.get_me()
    assert find_secrets(list_secrets(settings), {"error": show(told.value)}) == {}


@pytest.mark.parametrize(
    ("scheme", "admit"),
    [("socks5", None), ("socks5", admit_socks), ("socks5", hang_up), ("http", admit_http), ("http", hang_up)],
)
async def test_a_proxy_that_fails_is_told_without_a_secret_as_a_way_that_carried_nothing(
    servers: Embedded, settings: Settings, scheme: str, admit: Admit | None
) -> None:
    async with open_proxy(scheme, admit or hang_up) as proxy:
        if admit is None:
            await proxy.stop()
        settings = settings.model_copy(update={"telegram_proxy": proxy.address("canary-of-another")})
        async with make_bot(settings) as bot:
            with pytest.raises(TelegramNetworkError) as told:
                await bot.get_me()
    assert was_never_sent(told.value)
    assert list(servers.telegram.requests) == []
    assert "canary-of-another" in settings.secrets()
    assert find_secrets(list_secrets(settings), {"error": show(told.value)}) == {}


async def test_a_database_that_is_not_there_is_told_without_its_password(settings: Settings) -> None:
    address = SecretStr(f"postgresql+asyncpg://user:{PASSWORD}@127.0.0.1:1/database")
    database = Database(address)
    with pytest.raises(DatabaseUnreachable, match="database cannot be reached") as told:
        await database.migrate()
    await database.close()
    there = settings.model_copy(update={"database_url": address})
    assert PASSWORD in there.secrets()
    assert find_secrets(list_secrets(there), {"error": show(told.value)}) == {}


async def test_what_a_database_refuses_is_told_without_the_values(settings: Settings) -> None:
    database = Database(settings.database_url)
    await database.migrate()
    with pytest.raises(IntegrityError) as told:
        async with database.begin() as session:
            await session.execute(insert(PersonRow).values(id=1, name=PASSWORD))
    await database.close()
    assert find_secrets([PASSWORD, *list_secrets(settings)], {"error": str(told.value).encode()}) == {}
    assert "parameters hidden" in str(told.value)
