"""The embedded worlds: the demo with a bot in it, and the Lines server alone."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import HttpUrl, SecretStr

from lines_bot.alerts.policy import Policy
from lines_bot.app import App, make_app
from lines_bot.people import Person, Role
from lines_bot.runner import run_app, run_until_stopped
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import BOT_TOKEN, LINES_TOKEN, PERSONS, TEAM, Embedded
from lines_bot.sandbox.serving import CannotListen
from lines_bot.sandbox.telegram import FloodLimits
from lines_bot.settings import AlertTarget, Settings
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.outgoing.rate_limiter import RateLimits

Tell = Callable[[str], None]


def make_settings(servers: Embedded, folder: Path) -> Settings:
    """The settings that join a bot to the embedded servers."""
    return Settings(
        _env_file=None,
        bot_token=SecretStr(servers.bot_token),
        telegram_api_url=HttpUrl(servers.telegram.url),
        telegram_proxy=None,
        telegram_ca_bundle=None,
        lines_url=HttpUrl(servers.lines.url),
        lines_token=SecretStr(LINES_TOKEN),
        lines_ca_bundle=None,
        lines_rate=600,
        database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'demo.db'}"),
        admins=frozenset(person.id for person in PERSONS if person.role == Role.ADMIN),
        chats=frozenset({TEAM}),
        alert_chats=(AlertTarget(TEAM),),
        poll_seconds=2,
        queue_limit=10,
        queue_wait=300,
        health_listen=None,
        heartbeat_url=None,
        language="en",
        timezone=ZoneInfo("UTC"),
        log_level="WARNING",
    )


@asynccontextmanager
async def start_demo(
    port: int, policy: Policy | None = None, bot_token: str = BOT_TOKEN
) -> AsyncIterator[tuple[App, Embedded]]:
    """The embedded servers and a bot that knows the demo's people."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            embedded.serve(port=port, floods=FloodLimits(), bot_token=bot_token) as servers,
            make_app(make_settings(servers, Path(folder)), rate_limits=RateLimits(), policy=policy) as app,
        ):
            admin = next(person for person in PERSONS if person.role == Role.ADMIN)
            for person in PERSONS:
                if person.role in (Role.VIEWER, Role.OPERATOR, Role.LEAD):
                    by = Person(admin.id, admin.name, Role.ADMIN)
                    await app.people.grant(person.id, person.name, Role(person.role), by)
            yield app, servers


def make_token() -> str:
    """A bot token that nobody can know beforehand."""
    return f"{BOT_TOKEN.partition(':')[0]}:{secrets.token_urlsafe(24)}"


async def demonstrate(port: int, bot_token: str, tell: Tell) -> str | None:
    """Run the demo until stopped; a sentence if it cannot start."""
    return await _serve(port, _demonstrate(port, bot_token, tell))


async def serve_sandbox(port: int, tell: Tell) -> str | None:
    """Run the Lines server alone until stopped; a sentence if it cannot start."""
    return await _serve(port, _serve_sandbox(port, tell))


async def _serve(port: int, work: Coroutine[Any, Any, str | None]) -> str | None:
    try:
        return await run_until_stopped(work)
    except CannotListen as error:
        return f"--port {port} cannot be used: {error}. Choose another, or 0 for a free one."
    except DatabaseTrouble as error:
        return f"The demo cannot keep its memory: {error}."


async def _demonstrate(port: int, bot_token: str, tell: Tell) -> str | None:
    async with start_demo(port, bot_token=bot_token) as (app, servers), asyncio.TaskGroup() as tasks:
        living = tasks.create_task(embedded.live(servers.simulation))
        tell(f"Open {servers.telegram.url} in a browser. Ctrl-C ends everything.")
        try:
            return await run_app(app)
        finally:
            living.cancel()


async def _serve_sandbox(port: int, tell: Tell) -> str | None:
    async with embedded.serve_lines(port=port) as (server, simulation):
        tell(f"LINES_URL={server.url}\nLINES_TOKEN={LINES_TOKEN}\nCtrl-C ends it.")
        await embedded.live(simulation)
    return None
