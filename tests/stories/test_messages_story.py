"""/history, /export and /say, as people use them; reading is on record."""

import re

from lines_bot.operations.ledger import Verb
from lines_bot.sandbox.faults import Fault
from lines_bot.sandbox.fields import Item
from tests.driver import Message
from tests.sessions import ask_about, take_session
from tests.story import Story


def take(story: Story, count: int = 25) -> Item:
    """A session in which `count` messages were written."""
    session = take_session(story)
    world = story.servers.simulation.world
    while len(world.conversation(session)) < count:
        number = len(world.conversation(session))
        world.say(session, None, {"body": f"word {number}", "client": session["_clients"][0], "type": "text"})
    return session


async def say(story: Story, text: str) -> Message:
    card = await ask_about(story, "session")
    ref = re.findall(r"#([0-9a-f]{6,})", card.text)[0]
    return await story.ask(story.lead, f"/say #{ref} {text}", story.team)


async def test_history_has_pages_of_ten_from_the_newest_or_the_oldest(story: Story) -> None:
    session = take(story)
    answer = await ask_about(story, "history")
    assert "Messages: 25, newest first" in answer.text
    assert re.findall(r"word (\d+)", answer.text) == [str(n) for n in range(24, 14, -1)]
    await story.press(story.lead, "2/3 ▶️", answer)
    assert "word 14" in answer.text
    await story.press(story.lead, "Oldest first", answer)
    first = story.servers.simulation.world.conversation(session)[0]["body"]
    assert first in answer.text
    assert "oldest first" in answer.text


async def test_export_is_a_file_with_everything(story: Story) -> None:
    take(story)
    await ask_about(story, "export")
    sent = story.team.answers[-1]
    assert sent.raw["document"]["file_name"].endswith(".txt")
    assert sent.text.startswith("Transcript of ")


async def test_who_reads_what_clients_wrote_is_on_record(story: Story) -> None:
    session = take(story)
    await ask_about(story, "last")
    await ask_about(story, "export")
    assert [(entry.verb, entry.person_name) for entry in await story.entries(session["__id"])] == [
        (Verb.READ, "Anna Lead"),
        (Verb.EXPORT, "Anna Lead"),
    ]


async def test_a_system_message_stands_in_the_session_with_its_lines(story: Story) -> None:
    session = take(story)
    answer = await say(story, "We look into it.\nPlease wait.")
    assert "Sent to the session:" in answer.text
    assert (
        story.servers.simulation.world.conversation(session)[-1]["body"] == "We look into it.\nPlease wait."
    )


async def test_saying_the_same_again_is_said_again(story: Story) -> None:
    take(story)
    for _ in range(2):
        await say(story, "We look into it.")
    assert story.count_calls("sessions.sendSystemMessage") == 2


async def test_a_lost_answer_to_words_is_looked_up_and_not_said_twice(story: Story) -> None:
    take(story)
    await say(story, "We look into it.")
    story.servers.lines.faults.inject(Fault.DROP, times=1, method="sessions.sendSystemMessage")
    answer = await say(story, "We look into it.")
    assert "Done (confirmed by re-reading Lines)." in answer.text
    assert story.count_calls("sessions.sendSystemMessage") == 2
    story.servers.lines.faults.inject(Fault.DOWN, times=1, method="sessions.sendSystemMessage")
    answer = await say(story, "We look into it.")
    assert "Not done (confirmed by re-reading Lines)" in answer.text


async def test_words_without_a_session_or_too_many_are_not_said(story: Story) -> None:
    answer = await story.ask(story.operator, "/say hello there")
    assert "Nothing was said." in answer.text
    assert not story.count_calls("sessions.sendSystemMessage")
