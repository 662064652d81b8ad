"""A Lines server whose answers make no sense: every command still ends in a sentence."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from pydantic import HttpUrl

from lines_bot.telegram.views.commands import COMMANDS
from tests.liar import Lie, open_liar
from tests.story import Story

Call = Mapping[str, Any]


def repeat_messages(call: Call, result: Any) -> Any:
    """Every page of a talk is full, with the same messages again and again."""
    size = call["params"].get("size")
    return (
        result | {"result": (result["result"] * size)[:size]}
        if "getAllMessages" in call["method"]
        else result
    )


def count_what_is_not_there(call: Call, result: Any) -> Any:
    return result | {"result": [], "total": 1_000_000} if call["method"].endswith(".search") else result


def count_backwards(call: Call, result: Any) -> Any:
    return result | {"total": -5} if "total" in result else result


def send_too_much(call: Call, result: Any) -> Any:
    """More rows than were asked for, all new."""
    rows = result.get("result")
    return result | {"result": [row | {"__id": str(uuid4())} for row in rows * 50]} if rows else result


def refer_to_nothing(call: Call, result: Any) -> Any:
    """Whatever names something else names what does not exist."""
    rows = result.get("result")
    if not rows:
        return result
    wrong = {"_channel": "x", "_line": "x", "_userId": "x", "_clients": ["x"], "client": "x", "operator": "x"}
    return result | {"result": [row | {key: wrong[key] for key in row.keys() & wrong} for row in rows]}


def forget_the_fields(call: Call, result: Any) -> Any:
    rows = result.get("result")
    return result | {"result": [{"__id": row["__id"]} for row in rows]} if rows else result


def answer_nonsense(call: Call, result: Any) -> Any:
    return {"result": [None, 5, {"__id": {}}], "total": "many", "item": []}


@pytest.mark.parametrize(
    "lie",
    [
        repeat_messages,
        count_what_is_not_there,
        count_backwards,
        send_too_much,
        refer_to_nothing,
        forget_the_fields,
        answer_nonsense,
    ],
)
async def test_every_command_ends_in_a_sentence(
    story: Story, lie: Lie, caplog: pytest.LogCaptureFixture
) -> None:
    shown = await story.ask(story.admin, "/queue", story.team)
    async with open_liar(story.servers.lines.url, lie) as address:
        await story.restart(lines_url=HttpUrl(address))
        await story.poll(times=3)
        for command, *_rest in COMMANDS:
            await story.ask(story.admin, f"/{command}", story.team)
        ref = shown.text.partition("#")[2][:6]
        for command in ("session", "last", "history", "export", "assign", "group", "close", "client"):
            await story.ask(story.admin, f"/{command} #{ref}", story.team)
        await story.stop()
    assert [message.text for message in story.team.answers if "inside the bot" in message.text] == []
    assert [
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if record.levelno >= logging.ERROR
    ] == []
