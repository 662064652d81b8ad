"""What clients wrote, and how to reach them, is for those alone who work with it."""

import pytest

from lines_bot.operations.ledger import Verb
from lines_bot.queries.privacy import mask_contacts
from lines_bot.telegram.callbacks import Export, ShowHistory, ShowLast, ShowSession
from lines_bot.telegram.views.commands import COMMANDS
from tests.sessions import take_session
from tests.story import Story

SECRET_WORDS = "my card is 4111 1111 1111 1111"
PHONE, EMAIL = "+7 (999) 123-45-67", "zoya.secret@mail.example"


def name_client(story: Story, name: str) -> str:
    """A waiting session whose client is called so and wrote something; returns its id."""
    world = story.servers.simulation.world
    session = take_session(story)
    for client in session["_clients"]:
        world.get("clients", client)["__name"] = name
    for message in world.conversation(session):
        message["body"] = SECRET_WORDS
    return str(session["__id"])


@pytest.mark.parametrize("name", [PHONE, EMAIL, "7999\u200b1234567", f"Zoya <{EMAIL}>"])
async def test_a_viewer_sees_no_phone_and_no_address_anywhere(story: Story, name: str) -> None:
    name_client(story, name)
    for chat in (story.viewer.private, story.team):
        for command, *_rest in COMMANDS:
            answer = await story.ask(story.viewer, f"/{command}", chat)
            for button in [text for text in answer.buttons if text.startswith(("🔄", "Shop"))]:
                await story.press(story.viewer, button, answer)
    seen = [
        part
        for chat in (story.viewer.private, story.team)
        for each in chat.answers
        for part in (each.text, *each.buttons)
    ]
    assert [text for text in seen if "123-45" in text or "1234567" in text or "zoya.secret" in text] == []
    assert any("…67" in text or "z…@…" in text for text in seen)


async def test_an_operator_sees_how_to_reach_the_client(story: Story) -> None:
    name_client(story, PHONE)
    assert PHONE in (await story.ask(story.operator, "/queue Shop", story.team)).text
    assert PHONE in (await story.ask(story.operator, f"/sessions {PHONE[-2:]}", story.team)).text


FOUND, NOT_FOUND = "Sessions: 1 ", "Nothing found."


@pytest.mark.parametrize(
    ("words", "told_to_operator", "told_to_viewer"),
    [
        ("client:1234", FOUND, NOT_FOUND),
        ("client:+79", FOUND, NOT_FOUND),
        ("Brown +79", FOUND, NOT_FOUND),
        ("client:zoya.sec", FOUND, NOT_FOUND),
        ("client:ящнфюыус", FOUND, NOT_FOUND),
        ("client:zebedee", FOUND, FOUND),
        ("client:67", FOUND, FOUND),
    ],
)
async def test_a_viewers_search_confirms_nothing_that_is_masked_for_them(
    story: Story, words: str, told_to_operator: str, told_to_viewer: str
) -> None:
    session = story.session(name_client(story, "Zebedee Brown +79991234567"))
    story.servers.simulation.world.get("clients", session["_clients"][0])["_username"] = EMAIL
    asked = f"/sessions {words} waiting"
    assert told_to_operator in (await story.ask(story.operator, asked, story.team)).text
    found = await story.ask(story.viewer, asked, story.team)
    assert told_to_viewer in found.text
    await story.press(story.viewer, "🔄", found)
    assert told_to_viewer in found.text


async def test_what_clients_wrote_is_shown_to_no_viewer(story: Story) -> None:
    session = name_client(story, "Zoya")
    card = await story.ask(story.operator, "/session Zoya", story.operator.private)
    assert SECRET_WORDS in card.text
    ref = card.text.partition("#")[2][:6]
    listed = await story.ask(story.viewer, "/queue")
    for data in (
        ShowLast(session=ref),
        ShowHistory(session=ref),
        ShowSession(session=ref),
        Export(session=ref),
        ShowLast(session=ref, back=1),
    ):
        toast = await story.viewer.press_data(data.pack(), listed)
        assert "Only operators can do this" in toast.text
    for command, *_rest in COMMANDS:
        await story.ask(story.viewer, f"/{command} #{ref}", story.team)
    assert SECRET_WORDS not in f"{story.viewer.private}{story.team}"
    assert {entry.person for entry in await story.entries(session)} == {story.operator.id}


@pytest.mark.parametrize(
    ("command", "verb"),
    [("session", Verb.READ), ("last", Verb.READ), ("history", Verb.READ), ("export", Verb.EXPORT)],
)
async def test_every_reading_of_a_talk_is_on_record(story: Story, command: str, verb: Verb) -> None:
    session = name_client(story, "Zoya")
    await story.ask(story.operator, f"/{command} Zoya", story.team)
    (entry,) = await story.entries(session)
    assert (entry.verb, entry.person, entry.chat, entry.outcome) == (verb, 102, story.team.id, "done")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kate Brown", "Kate Brown"),
        (PHONE, "…67"),
        ("89991234567", "…67"),
        ("Kate +7-999-123-45-67, home", "Kate …67, home"),
        ("8‑999‑123‑45‑67", "…67"),
        ("٠١٢٣٤٥٦٧", "…٦٧"),
        (EMAIL, "z…@…"),
        ("a@b", "a…@…"),
        ("Room 101, building 12", "Room 101, building 12"),
        ("", ""),
    ],
)
def test_contacts_are_cut_and_names_stay(name: str, shown: str) -> None:
    assert mask_contacts(name) == shown
