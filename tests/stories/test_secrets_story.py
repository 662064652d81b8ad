"""Secrets stay where they were put: nothing that the bot writes, shows, keeps or raises has them."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import EditMessageText, SendMessage
from pydantic import HttpUrl

from bot.sandbox.embedded import BOT_TOKEN, LINES_TOKEN
from bot.sandbox.faults import Fault
from bot.telegram.views.commands import COMMANDS
from tests.liar import open_liar
from tests.story import Story

SECRETS = (BOT_TOKEN, BOT_TOKEN.partition(":")[2], LINES_TOKEN)


def find_secrets(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def read_files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode(errors="replace") for path in folder.iterdir()}


async def read_everything(story: Story, folder: Path, log: pytest.LogCaptureFixture) -> dict[str, str]:
    """All that anyone but Lines and Telegram themselves can read of the bot, by the place."""
    metrics = await story.app.health.measure()
    troubles = await story.app.health.list_troubles()
    uploads = [
        each.content.decode(errors="replace") for each in story.servers.telegram.chats.uploads.values()
    ]
    return {
        **read_files(folder),
        "log": log.text,
        "metrics": metrics.decode(),
        "health": "\n".join(troubles),
        "chats": story.driver.describe(),
        "toasts": "\n".join(toast.text for toast in story.driver.answered.values()),
        "files": "\n".join(uploads),
        "settings": repr(story.settings),
    }


async def use_everything(story: Story) -> None:
    for command, *_rest in COMMANDS:
        await story.ask(story.admin, f"/{command}", story.team)


async def test_no_secret_leaves_the_bot_whatever_fails(
    story: Story, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await use_everything(story)
    for fault in Fault:
        if fault is not Fault.SLOW:
            story.servers.lines.faults.inject(fault)
            await story.poll(times=2)
            await use_everything(story)
            story.servers.lines.faults.clear()
    telegram = story.servers.telegram.faults
    telegram.fail(SendMessage, times=2)
    telegram.drop(EditMessageText)
    story.break_channel("Shop Telegram")
    await story.poll(times=8)
    places = await read_everything(story, tmp_path, caplog)
    assert {place: found for place, text in places.items() if (found := find_secrets(text))} == {}
    assert len(places["log"]) > 1000, "the log was really read"
    assert "demo.db" in places


async def test_a_server_that_gives_the_token_back_does_not_get_it_shown(
    story: Story, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def tell_token(_call: Mapping[str, Any], result: Any) -> Any:
        rows = result.get("result")
        return result | {"result": [row | {"__name": LINES_TOKEN} for row in rows]} if rows else result

    async with open_liar(story.servers.lines.url, tell_token) as address:
        await story.restart(lines_url=HttpUrl(address))
        await story.poll(times=3)
        await use_everything(story)
        places = await read_everything(story, tmp_path, caplog)
        await story.stop()
    assert "[token]" in places["chats"]
    assert {place: found for place, text in places.items() if (found := find_secrets(text))} == {}
