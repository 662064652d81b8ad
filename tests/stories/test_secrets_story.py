"""Secrets stay where they were put: every story is searched for them at its end; here they are tempted."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import BufferedInputFile
from pydantic import HttpUrl

from lines_bot.people import Person, Role
from lines_bot.sandbox.embedded import BOT_TOKEN, LINES_TOKEN, TEAM
from lines_bot.sandbox.faults import Fault
from lines_bot.telegram.views.commands import COMMANDS
from tests.liar import open_liar
from tests.story import Story, open_story


async def use_everything(story: Story) -> None:
    for command, *_rest in COMMANDS:
        await story.ask(story.admin, f"/{command}", story.team)


async def test_no_secret_leaves_the_bot_whatever_fails(
    story: Story, caplog: pytest.LogCaptureFixture
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
    assert story.find_secrets() == {}


async def test_a_server_that_gives_the_token_back_does_not_get_it_shown(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def tell_token(_call: Mapping[str, Any], result: Any) -> Any:
        rows = result.get("result")
        return result | {"result": [row | {"__name": LINES_TOKEN} for row in rows]} if rows else result

    async with open_liar(story.servers.lines.url, tell_token) as address:
        await story.restart(lines_url=HttpUrl(address))
        await story.poll(times=3)
        await use_everything(story)
        await story.stop()
    assert "[token]" in story.driver.describe()
    assert story.find_secrets() == {}


async def log_token(_story: Story) -> None:
    logging.getLogger("lines_bot.telegram").debug("the token is %s", BOT_TOKEN)


async def log_database(story: Story) -> None:
    logging.getLogger("sqlalchemy.pool").info(story.settings.database_url.get_secret_value())


async def show_token(story: Story) -> None:
    sent = await story.app.bot.send_message(TEAM, f"The token is {LINES_TOKEN}.")
    await story.app.bot.delete_message(TEAM, sent.message_id)


async def send_token(story: Story) -> None:
    await story.app.bot.send_document(TEAM, BufferedInputFile(BOT_TOKEN.encode(), "talk.txt"))


async def keep_token(story: Story) -> None:
    await story.app.people.grant(1, LINES_TOKEN, Role.VIEWER, Person(0, "test"))


@pytest.mark.parametrize(
    ("give_away", "place", "secret"),
    [
        (log_token, "log", BOT_TOKEN),
        (log_database, "log", "sqlite+aiosqlite:///"),
        (show_token, "chats", LINES_TOKEN),
        (send_token, "files", BOT_TOKEN),
        (keep_token, "demo.db", LINES_TOKEN),
    ],
)
async def test_a_secret_that_gets_out_is_found(
    tmp_path: Path, give_away: Callable[[Story], Awaitable[None]], place: str, secret: str
) -> None:
    async with open_story(tmp_path) as story:
        await give_away(story)
    found = story.find_secrets()
    assert list(found) == [place]
    assert found[place][0].startswith(secret)
