"""What a supervisor sees over HTTP."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiogram.methods import SendMessage
from aiohttp import web
from pydantic import SecretStr

from lines_bot.health import serve_health
from lines_bot.settings import Listen
from lines_bot.store.errors import DatabaseLocked
from tests.story import Story


async def ask(story: Story, path: str, port: int) -> httpx.Response:
    async with serve_health(story.app.health, Listen("127.0.0.1", port)), httpx.AsyncClient() as http:
        return await http.get(f"http://127.0.0.1:{port}{path}")


async def test_health_is_good_while_lines_is_looked_at(story: Story, unused_tcp_port: int) -> None:
    assert (await ask(story, "/healthz", unused_tcp_port)).status_code == 503
    await story.poll()
    assert (await ask(story, "/healthz", unused_tcp_port)).status_code == 200
    story.pass_time(61)
    told = await ask(story, "/healthz", unused_tcp_port)
    assert (told.status_code, told.text) == (503, "the last look at Lines is too old")


async def test_health_is_bad_while_an_alert_cannot_be_delivered(story: Story, unused_tcp_port: int) -> None:
    await story.poll(times=2)
    story.servers.telegram.faults.fail(SendMessage, times=20)
    await story.poll(times=10)
    told = await ask(story, "/healthz", unused_tcp_port)
    assert told.status_code == 503
    assert "has not been delivered" in told.text


@pytest.mark.parametrize(
    "figure", ["poll_age_seconds", "open_incidents", "undelivered_cards", "lines_readable"]
)
async def test_metrics_speak_prometheus(story: Story, unused_tcp_port: int, figure: str) -> None:
    await story.poll()
    told = await ask(story, "/metrics", unused_tcp_port)
    assert f"# TYPE lines_bot_{figure} gauge" in told.text


@asynccontextmanager
async def serve_switch(asked: list[str], status: int = 200) -> AsyncIterator[SecretStr]:
    """A dead man's switch that writes down when it was asked."""

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status)

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield SecretStr(f"http://{host}:{port}/ping-of-the-switch")
    await runner.cleanup()


async def test_the_switch_is_asked_after_good_rounds_once_a_minute(story: Story) -> None:
    asked: list[str] = []
    async with serve_switch(asked) as address:
        await story.restart(heartbeat_url=address)
        await story.poll()
        assert asked == ["/ping-of-the-switch"]
        await story.poll(times=3)
        assert len(asked) == 1
        await story.poll()
        assert len(asked) == 2
        await story.poll(after=600, times=2)
        assert len(asked) == 4
        await story.stop()
    assert "ping-of-the-switch" not in "\n".join(story.log)
    await story.start(heartbeat_url=None)


async def test_the_switch_is_not_asked_while_rounds_fail_or_nobody_looks(story: Story) -> None:
    asked: list[str] = []
    async with serve_switch(asked) as address:
        await story.restart(heartbeat_url=address)
        await story.poll()
        story.pass_time(60)
        await story.app.jobs.heartbeat.beat()
        assert len(asked) == 1

        async def fail() -> None:
            raise DatabaseLocked("memory.db")

        poll, monitor = story.app.jobs.monitor.poll, story.app.jobs.monitor
        monitor.poll = fail  # type: ignore[assignment,method-assign]
        await story.poll(after=120, times=3)
        assert len(asked) == 1
        monitor.poll = poll  # type: ignore[method-assign]
        await story.poll(after=120)
        assert len(asked) == 2


@pytest.mark.parametrize("status", [404, 500, None])
async def test_a_switch_that_does_not_answer_keeps_the_bot_from_nothing(
    story: Story, unused_tcp_port: int, status: int | None
) -> None:
    asked: list[str] = []
    async with serve_switch(asked, status or 200) as address:
        lost = SecretStr(f"http://127.0.0.1:{unused_tcp_port}/ping-of-the-switch")
        await story.restart(heartbeat_url=address if status else lost)
        await story.poll()
        story.break_channel("Shop Telegram")
        await story.poll(times=3)
    assert any("Shop Telegram" in each.text for each in story.team.answers)
    assert len([each for each in story.log if "HEARTBEAT_URL was asked in vain" in each]) == 1


async def test_every_metric_that_the_shipped_rules_ask_for_is_measured(story: Story) -> None:
    rules = Path(__file__).parents[2] / "deploy" / "prometheus-rules.yaml"
    asked = set(re.findall(r"lines_bot_\w+", rules.read_text(encoding="utf-8")))
    await story.poll()
    await story.ask(story.lead, "/channels")
    measured = (await story.app.health.measure()).decode()
    assert asked
    assert {name for name in asked if name not in measured} == set()
