"""/assign, /spam, /last and /queue, as people use them."""

import re

from lines_bot.sandbox.fields import Item
from lines_bot.telegram.views.view import clip
from tests.driver import Message
from tests.story import Story, find_button


def read_reference(message: Message, name: str) -> str:
    """The reference beside a client's name."""
    found = re.search(rf"{re.escape(name)} #([0-9a-f]+)", message.text)
    assert found, f"no reference of {name} in\n{message.text}"
    return found[1]


def oldest(story: Story) -> Item:
    def joined(session: Item) -> tuple[str, str]:
        return session.get("_acceptedAt") or session["__createdAt"], session["__id"]

    return min(story.sessions("Waiting"), key=joined)


def oldest_of_the_shop(story: Story) -> Item:
    """The oldest waiting session, in a channel where it may be spam."""
    session = oldest(story)
    session.update(_channel=story.channel("Shop Telegram")["__id"], _line=story.line("Shop")["__id"])
    return session


def name_client(story: Story, session: Item) -> str:
    return str(story.servers.simulation.world.get("clients", session["_clients"][0])["__name"])


async def test_assign_goes_from_the_oldest_session_to_an_operator_in_one_message(story: Story) -> None:
    answer = await story.ask(story.operator, "/assign", story.team)
    session = oldest(story)
    first = answer.buttons[0]
    assert first.startswith(f"1 · {name_client(story, session)}")
    await story.press(story.operator, first, answer)
    assert "Who takes it?" in answer.text
    assert find_button("Kate Brown", answer) == "🟢 Kate Brown · 1"
    await story.press(story.operator, "Kate Brown", answer)
    assert "Kate Brown has the session." in answer.text
    assert len(story.team.answers) == 1
    assert story.session(session["__id"])["_state"] == "AssignedToOperator"


async def test_assign_by_reference_and_loose_name_acts_at_once(story: Story) -> None:
    queue = await story.ask(story.operator, "/queue", story.team)
    ref = re.findall(r"#([0-9a-f]{6,})", queue.text)[0]
    answer = await story.ask(story.operator, f"/assign #{ref} kate", story.team)
    assert "Kate Brown has the session." in answer.text


async def test_assign_to_an_ambiguous_operator_asks(story: Story) -> None:
    queue = await story.ask(story.operator, "/queue", story.team)
    ref = re.findall(r"#([0-9a-f]{6,})", queue.text)[0]
    answer = await story.ask(story.operator, f"/assign {ref} петров", story.team)
    assert "fits several operators" in answer.text
    assert len([each for each in answer.buttons if "·" in each]) == 2
    assert not story.count_calls("sessions.assignToOperator")


async def test_assign_to_an_offline_operator_is_refused_with_the_reason(story: Story) -> None:
    queue = await story.ask(story.operator, "/queue", story.team)
    ref = re.findall(r"#([0-9a-f]{6,})", queue.text)[0]
    answer = await story.ask(story.operator, f"/assign {ref} Schmidt", story.team)
    assert "That operator is offline" in answer.text
    assert all(session.get("_userId") is None for session in story.sessions("Waiting"))


async def test_a_session_that_moved_on_is_not_taken_from_the_one_who_got_it(story: Story) -> None:
    answer = await story.ask(story.operator, "/assign", story.team)
    await story.press(story.operator, answer.buttons[0], answer)
    other = await story.ask(story.lead, "/assign", story.team)
    await story.press(story.lead, other.buttons[0], other)
    await story.press(story.lead, "Kate Brown", other)
    story.pass_time(4)
    await story.press(story.operator, "Марат Сафин", answer)
    assert "The session has moved on" in answer.text
    assert "Already done by Anna Lead" in answer.text
    assert story.count_calls("sessions.assignToOperator") == 1


async def test_a_client_of_the_queue_opens_in_place_and_closes_again(story: Story) -> None:
    oldest_of_the_shop(story)
    queue = await story.ask(story.operator, "/queue", story.team)
    listed, name = queue.text, name_client(story, oldest(story))
    first = queue.buttons[0]
    assert re.fullmatch(rf"1 {re.escape(clip(name, 14))} · \d+ \w+", first)
    await story.press(story.operator, first, queue)
    assert queue.text.startswith(f"👤 {name} #")
    assert queue.buttons == ["Assign", "Spam", "Last", "◀️ Back"]
    await story.press(story.operator, "Back", queue)
    assert (queue.text, queue.buttons[0]) == (listed, first)
    assert len(story.team.answers) == 1


async def test_a_session_somebody_just_closed_is_told_so(story: Story) -> None:
    answer = await story.ask(story.operator, "/assign", story.team)
    await story.press(story.operator, answer.buttons[0], answer)
    oldest(story).update(_state="Closed")
    await story.press(story.operator, "Kate Brown", answer)
    assert answer.text == "⚠️ The session is already: closed. Nothing was changed."


async def test_spam_carries_undo_and_undo_brings_the_session_back(story: Story) -> None:
    session = oldest_of_the_shop(story)
    queue = await story.ask(story.operator, "/queue", story.team)
    ref = re.findall(r"#([0-9a-f]{6,})", queue.text)[0]
    answer = await story.ask(story.operator, f"/spam #{ref}", story.team)
    assert "Marked as spam" in answer.text
    assert story.session(session["__id"])["_state"] == "MarkedAsSpam"
    await story.press(story.operator, "↩️ Not spam", answer)
    assert "No longer spam" in answer.text
    assert story.session(session["__id"])["_state"] != "MarkedAsSpam"


async def test_spam_where_the_rules_forbid_it_is_refused_before_anything_is_called(story: Story) -> None:
    internal = story.channel("Внутренние заявки")
    session = oldest(story)
    session["_channel"] = internal["__id"]
    answer = await story.ask(story.operator, "/spam", story.team)
    assert "Sessions of the type “Internal” cannot be marked as spam" in answer.text
    queue = await story.ask(story.operator, "/queue", story.team)
    ref = re.findall(r"#([0-9a-f]{6,})", queue.text)[0]
    refused = await story.ask(story.operator, f"/spam {ref}", story.team)
    assert "Sessions of the type “Internal” cannot be marked as spam" in refused.text
    assert not story.count_calls("sessions.markAsSpam")


async def test_last_shows_who_wrote_what_in_a_quote_with_attachments(story: Story) -> None:
    session = oldest_of_the_shop(story)
    world = story.servers.simulation.world
    message = world.conversation(session)[-1]
    message["files"] = [{"__id": "f1", "__name": "счёт.pdf", "size": 10}]
    message["body"] = "<b>Где мой заказ?</b> @everyone"
    answer = await story.ask(story.operator, "/last", story.team)
    await story.press(story.operator, answer.buttons[0], answer)
    assert "<b>Где мой заказ?</b> @everyone" in answer.text
    assert "📎 счёт.pdf" in answer.text
    quoted = [entity for entity in answer.entities if entity["type"] == "expandable_blockquote"]
    assert len(quoted) == 1
    assert {"⏪ Earlier", "Assign", "Spam"} <= set(answer.buttons)


async def test_earlier_messages_are_paged_and_lead_back(story: Story) -> None:
    answer = await story.ask(story.operator, "/last", story.team)
    await story.press(story.operator, answer.buttons[0], answer)
    latest = answer.text
    await story.press(story.operator, "⏪ Earlier", answer)
    assert answer.text != latest
    await story.press(story.operator, "⏩ Later", answer)
    assert answer.text == latest


async def test_answering_a_card_with_a_command_means_its_session(story: Story) -> None:
    oldest_of_the_shop(story)
    answer = await story.ask(story.operator, "/last", story.team)
    await story.press(story.operator, answer.buttons[0], answer)
    spam = await story.reply(story.operator, answer, "/spam")
    assert "Marked as spam" in spam.text
    last = await story.reply(story.operator, spam, "/last")
    assert "spam" in last.text


async def test_answering_a_card_of_somebody_else_means_nothing(story: Story) -> None:
    session = oldest_of_the_shop(story)
    queue = await story.ask(story.viewer, "/queue", story.team)
    ref = read_reference(queue, name_client(story, session))
    forged = await story.viewer.send(f"#{ref} is a nice one", story.team)
    await story.driver.quiet()
    answer = await story.reply(story.operator, forged, "/spam")
    assert "Which session is spam?" in answer.text
    assert story.session(session["__id"])["_state"] == "Waiting"


async def test_the_queue_of_one_line_is_asked_for_by_a_loose_name(story: Story) -> None:
    answer = await story.ask(story.viewer, "/queue shop", story.team)
    assert re.search(r"^Shop: \d+ waiting", answer.text, re.MULTILINE)
    assert "Поддержка" not in answer.text
    await story.press(story.viewer, "↩️ All lines", answer)
    assert re.search(r"^Поддержка: \d+ waiting", answer.text, re.MULTILINE)


async def test_an_empty_queue_says_so(story: Story) -> None:
    story.drain_queues()
    answer = await story.ask(story.viewer, "/queue", story.team)
    assert "🟢 Nobody is waiting." in answer.text
