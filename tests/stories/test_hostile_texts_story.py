"""Names and words that were made to mislead: shown as plain text, cut to size, never obeyed."""

import logging

import pytest

from lines_bot.alerts.rules import RULES
from lines_bot.references import Kind, References
from lines_bot.sandbox.fields import Item
from lines_bot.store.database import Database
from lines_bot.telegram.views.commands import COMMANDS
from tests.clock import ManualClock
from tests.driver import Message
from tests.story import Story

MARKUP = "<b>Lead</b> [pay](https://evil.example) *now* @anna_lead /revoke 105 #4f2a91 https://evil.example"
BIDI = "\u202eexe.tnemyap\u202c\u200b\u2066\u0000\ufeff"
HUGE = "Ы" * 4096
NAMES = (MARKUP, BIDI + "Zoya", HUGE, "🙂" * 4096, "\n\n⚠️ Done.\n", "${jndi:ldap://x}", "{name} {0} %s %(x)s")
REFERENCES = (
    "../../etc/passwd",
    "%00",
    "' OR '1'='1",
    "#' --",
    "{__class__}",
    "\u202e",
    "9" * 500,
    "#" * 50,
    "a" * 6,
)


def poison(story: Story, name: str) -> Item:
    """A session in which everything that others can name is named so; returns it."""
    world = story.servers.simulation.world
    session = story.sessions("Waiting")[0]
    for client in session["_clients"]:
        world.get("clients", client).update(__name=name, _username=name)
    world.get("channels", session["_channel"])["__name"] = name
    world.get("lines", session["_line"])["__name"] = name
    for message in world.conversation(session):
        message["body"] = name
    return session


async def name_session(story: Story, session_id: str) -> str:
    """The short name of a session."""
    database = Database(story.settings.database_url)
    short = (await References(database, ManualClock()).ids_to_refs(Kind.SESSION, [session_id]))[session_id]
    await database.close()
    return "#" + short


def find_foreign_entities(message: Message) -> list[str]:
    return [entity["type"] for entity in message.entities if entity["type"] in ("text_link", "text_mention")]


@pytest.mark.parametrize("name", NAMES, ids=["markup", "bidi", "huge", "emoji", "lines", "lookup", "format"])
async def test_hostile_names_are_shown_as_plain_text(
    story: Story, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    session = poison(story, name)
    await story.poll(times=6)
    for command, *_rest in COMMANDS:
        await story.ask(story.admin, f"/{command}", story.team)
    client = await name_session(story, session["__id"])
    for command in ("session", "last", "history", "export", "assign", "group", "close", "why"):
        await story.ask(story.admin, f"/{command} {client}", story.team)
    said = [*story.team.answers]
    assert [message.text for message in said if find_foreign_entities(message)] == []
    assert [message.text for message in said if "\u202e" in message.text or "\u200b" in message.text] == []
    assert [message.text for message in said if "inside the bot" in message.text] == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert session["_state"] == "Waiting"


@pytest.mark.parametrize("number", ["9" * 1500, "9" * 20, "-1", "0", "9999", "1e309", "nan", "٣", "²"])
async def test_no_number_is_too_much(story: Story, number: str, caplog: pytest.LogCaptureFixture) -> None:
    for command in (
        f"/grant {number} lead",
        f"/revoke {number}",
        f"/link_me {number} Kate",
        f"/quiet {number}:00-{number}:30",
        f"/maintenance {number}d",
        f"/mute Shop {number}d",
        f"/stats {number}d",
        f"/audit {number}d",
        f"/sessions >{number}d",
        *(f"/rules {name} {number}" for name in RULES),
    ):
        answer = await story.ask(story.admin, command, story.team)
        if command.startswith("/rules") and answer.buttons:
            await story.press(story.admin, answer.buttons[0], answer)
    story.break_channel("Shop Telegram")
    await story.poll(times=6)
    assert [message.text for message in story.team.answers if "inside the bot" in message.text] == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("reference", REFERENCES)
async def test_no_reference_leads_anywhere_but_to_what_was_shown(
    story: Story, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    for command, *_rest in COMMANDS:
        await story.ask(story.admin, f"/{command} {reference}", story.team)
        await story.ask(story.admin, f"/{command} #{reference} lead", story.team)
    assert [message.text for message in story.team.answers if "inside the bot" in message.text] == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert story.channel("Shop Instagram")["_state"] == "error"
