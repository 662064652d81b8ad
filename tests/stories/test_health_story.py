"""What a supervisor sees over HTTP."""

import httpx
import pytest
from aiogram.methods import SendMessage

from lines_bot.health import serve_health
from lines_bot.settings import Listen
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
