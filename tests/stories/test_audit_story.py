"""/audit: who did what to which object, when, from which chat, with which outcome."""

import csv
import io

from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile

from lines_bot.people import Person
from lines_bot.sandbox.faults import Fault
from tests.driver import Message
from tests.sessions import CLIENT, ask_about, take_session
from tests.story import Story


async def ask(story: Story, words: str = "") -> Message:
    return await story.ask(story.lead, f"/audit {words}".strip())


async def test_the_audit_names_person_deed_object_chat_and_outcome(story: Story) -> None:
    take_session(story)
    await story.app.people.link(story.lead.id, story.user("John Miller")["__id"], Person(105, "Ada Admin"))
    await ask_about(story, "assign", "Kate Brown")
    answer = await ask(story)
    assert "Audit: 1" in answer.text
    assert "✅" in answer.text
    assert "Anna Lead (John Miller) · Assign" in answer.text
    assert f"{CLIENT} #" in answer.text
    assert f"→ Kate Brown · chat {story.team.id}" in answer.text


async def test_what_failed_and_what_was_read_is_there_too(story: Story) -> None:
    take_session(story)
    await ask_about(story, "session")
    story.servers.lines.faults.inject(Fault.DOWN, times=1, method="channels.reconnect")
    await story.ask(story.lead, "/reconnect Shop Instagram", story.team)
    answer = await ask(story)
    assert "⚠️" in answer.text
    assert "Shop Instagram" in answer.text
    assert "Anna Lead · Read" in answer.text


async def test_who_what_when_and_an_object_narrow_it(story: Story) -> None:
    take_session(story)
    await ask_about(story, "assign", "Kate Brown")
    story.pass_time(26 * 3600)
    await story.ask(story.admin, "/reconnect Shop Instagram", story.team)
    for words, found in (
        ("anna", 1),
        ("ada", 1),
        ("anna assign", 1),
        ("anna reconnect", 0),
        ("today", 1),
        ("yesterday", 1),
        ("1h", 1),
        ("2d", 2),
        ("2026-11-22", 1),
        ("2026-11-25", 0),
    ):
        assert f"Audit: {found}" in (await ask(story, words)).text, words
    card = await ask(story, "assign")
    ref = card.text.partition("#")[2][:6]
    assert "Audit: 1" in (await ask(story, f"#{ref}")).text
    assert "Nothing is known under #abcdef" in (await ask(story, "#abcdef")).text


async def test_the_export_is_a_table_that_holds_no_formula(story: Story) -> None:
    session = take_session(story)
    client = story.servers.simulation.world.get("clients", session["_clients"][0])
    client["__name"] = "=HYPERLINK(1)"
    card = await story.ask(story.lead, "/session HYPERLINK")
    await story.reply(story.lead, card, "/assign Kate Brown")
    answer = await ask(story, "assign")
    await story.press(story.lead, "Export", answer)
    sent = story.servers.telegram.calls(SendDocument)[-1].document
    assert isinstance(sent, BufferedInputFile)
    rows = list(csv.DictReader(io.StringIO(sent.data.decode("utf-8-sig"))))
    assert [(row["person"], row["verb"], row["outcome"]) for row in rows] == [("Anna Lead", "assign", "done")]
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert rows[0]["object"] == session["__id"]


async def test_the_audit_can_be_read_while_lines_cannot(story: Story) -> None:
    take_session(story)
    await ask_about(story, "assign", "Kate Brown")
    story.pass_time(3600)
    story.servers.lines.faults.inject(Fault.DENY)
    assert "Anna Lead · Assign" in (await ask(story)).text
