"""The embedded worlds: the demo with a bot in it, and the Lines server alone."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import HttpUrl, SecretStr

from lines_bot.alerts.policy import Policy
from lines_bot.app import App, make_app
from lines_bot.people import Person, Role
from lines_bot.runner import run_app, run_until_stopped
from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import BOT_TOKEN, LINES_TOKEN, PERSONS, TEAM, Embedded
from lines_bot.sandbox.telegram import FloodLimits
from lines_bot.settings import AlertTarget, Settings
from lines_bot.telegram.outgoing.rate_limiter import RateLimits

Tell = Callable[[str], None]


def make_settings(servers: Embedded, folder: Path) -> Settings:
    """The settings that join a bot to the embedded servers."""
    return Settings(
        _env_file=None,
        bot_token=SecretStr(BOT_TOKEN),
        telegram_api_url=HttpUrl(servers.telegram.url),
        telegram_proxy=None,
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
        language="en",
    )


@asynccontextmanager
async def start_demo(port: int, policy: Policy | None = None) -> AsyncIterator[tuple[App, Embedded]]:
    """The embedded servers and a bot that knows the demo's people."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            embedded.serve(port=port, floods=FloodLimits()) as servers,
            make_app(make_settings(servers, Path(folder)), rate_limits=RateLimits(), policy=policy) as app,
        ):
            admin = next(person for person in PERSONS if person.role == Role.ADMIN)
            for person in PERSONS:
                if person.role in (Role.VIEWER, Role.OPERATOR, Role.LEAD):
                    by = Person(admin.id, admin.name, Role.ADMIN)
                    await app.people.grant(person.id, person.name, Role(person.role), by)
            yield app, servers


async def demonstrate(port: int, tell: Tell) -> str | None:
    """Run the demo until stopped; a sentence if its port is taken."""
    try:
        return await run_until_stopped(_demonstrate(port, tell))
    except OSError as error:
        return (
            f"--port {port} cannot be used: {error.strerror or error}. Choose another, or 0 for a free one."
        )


async def _demonstrate(port: int, tell: Tell) -> str | None:
    async with start_demo(port) as (app, servers), asyncio.TaskGroup() as tasks:
        living = tasks.create_task(embedded.live(servers.simulation))
        tell(f"Open {servers.telegram.url} in a browser. Ctrl-C ends everything.")
        try:
            return await run_app(app)
        finally:
            living.cancel()


async def serve_sandbox(port: int, tell: Tell) -> str | None:
    """Run the Lines server alone until stopped."""
    try:
        return await run_until_stopped(_serve_sandbox(port, tell))
    except OSError as error:
        return (
            f"--port {port} cannot be used: {error.strerror or error}. Choose another, or 0 for a free one."
        )


async def _serve_sandbox(port: int, tell: Tell) -> str | None:
    async with embedded.serve_lines(port=port) as (server, simulation):
        tell(f"LINES_URL={server.url}\nLINES_TOKEN={LINES_TOKEN}\nCtrl-C ends it.")
        await embedded.live(simulation)
    return None
