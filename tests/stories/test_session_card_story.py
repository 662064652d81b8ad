"""/session, /sessions, /close and /unspam, as people use them."""

from lines_bot.sandbox.fields import Item
from tests.sessions import CLIENT, ask_about, take_session
from tests.story import Story, find_button


def give_to_the_bots_user(story: Story, session: Item) -> None:
    session.update(_state="AssignedToOperator", _userId=story.servers.simulation.world.me)


async def test_a_card_tells_everything_and_offers_what_can_be_done(story: Story) -> None:
    session = take_session(story)
    session["_apps"] = [{"namespace": "shop", "code": "orders", "id": "77"}]
    last = story.servers.simulation.world.conversation(session)[-1]
    card = await ask_about(story, "session")
    for part in ("Line: Shop", "Channel: Shop Telegram", "State: in the queue", "Linked: shop/orders/77"):
        assert part in card.text
    assert CLIENT in card.text
    assert last["body"] in card.text
    for name in (
        "Assign to me",
        "Assign…",
        "Close",
        "Spam",
        "Last",
        "History",
        "Copy id",
    ):
        find_button(name, card)
    copied = card.key("Copy id")
    assert copied is not None
    assert copied["copy_text"]["text"] == session["__id"]


async def test_a_viewer_finds_sessions_but_does_not_read_what_was_said(story: Story) -> None:
    found = await story.ask(story.viewer, "/sessions waiting")
    assert "Sessions: " in found.text
    assert not [text for text in found.buttons if "·" in text]
    refused = await story.ask(story.viewer, "/session")
    assert "can do this" in refused.text


async def test_sessions_are_found_by_client_line_operator_state_and_age(story: Story) -> None:
    take_session(story)
    for words in (CLIENT, "client:zoya waiting", "Ящнф"):
        assert CLIENT in (await story.ask(story.lead, f"/sessions {words}")).text
    held = story.sessions("AssignedToOperator")[0]
    operator = story.servers.simulation.world.get("users", held["_userId"])["__name"]
    by_operator = await story.ask(story.lead, f"/sessions operator:{operator.split()[-1]} assigned")
    assert operator in by_operator.text
    assert "Sessions: 0" in (await story.ask(story.lead, "/sessions waiting >9d")).text
    assert "Nothing found." in (await story.ask(story.lead, "/sessions зюзюзю")).text


async def test_a_search_keeps_its_words_while_pages_turn(story: Story) -> None:
    story.servers.simulation.flood(story.line("Shop")["__id"], 12)
    first = await story.ask(story.lead, "/sessions line:shop waiting")
    before = first.text
    await story.press(story.lead, "2/", first)
    assert first.text != before
    assert "Sessions · line:shop" not in before
    assert "line:shop waiting" in first.text
    await story.press(story.lead, "◀️ 1/", first)
    assert first.text == before


async def test_closing_asks_first_and_only_the_asker_may_say_yes(story: Story) -> None:
    session = take_session(story)
    give_to_the_bots_user(story, session)
    card = await ask_about(story, "session")
    asked = await story.reply(story.operator, card, "/close")
    assert "It cannot be opened again." in asked.text
    await story.press(story.operator, "Close", asked)
    assert "Closed." in asked.text
    assert story.session(session["__id"])["_state"] == "Closed"


async def test_a_question_of_somebody_else_is_not_answered_for_them(story: Story) -> None:
    session = take_session(story)
    give_to_the_bots_user(story, session)
    found = await ask_about(story, "close")
    await story.press(story.operator, "Close", found)
    assert "Only the person who asked can answer this." in story.team.answers[-1].text
    await story.press(story.lead, "Cancel", found)
    assert "Cancelled. Nothing was changed." in found.text
    assert not story.count_calls("sessions.close")


async def test_a_question_is_over_after_a_minute(story: Story) -> None:
    session = take_session(story)
    give_to_the_bots_user(story, session)
    asked = await ask_about(story, "close")
    story.pass_time(61)
    await story.press(story.lead, "Close", asked)
    assert "Too late: " in story.team.answers[-1].text
    assert not story.count_calls("sessions.close")


async def test_what_somebody_else_holds_cannot_be_closed_and_is_not_tried(story: Story) -> None:
    session = take_session(story, "AssignedToOperator")
    session["_userId"] = story.user("Kate Brown")["__id"]
    asked = await ask_about(story, "close")
    await story.press(story.lead, "Close", asked)
    assert "Only the assigned operator or bot may close it." in asked.text
    assert not story.count_calls("sessions.close")


async def test_spam_is_listed_and_brought_back(story: Story) -> None:
    session = take_session(story)
    session.update(_state="MarkedAsSpam", _channel=story.channel("orders@example.com")["__id"])
    assert CLIENT in (await ask_about(story, "session")).text
    listed = await story.ask(story.operator, "/unspam", story.team)
    assert "Take which session out of spam?" in listed.text
    await story.press(story.operator, CLIENT, listed)
    assert "No longer spam." in listed.text
    assert story.session(session["__id"])["_state"] == "Waiting"


async def test_a_card_costs_two_requests_and_one_where_the_names_are_known(story: Story) -> None:
    take_session(story)
    await story.poll()
    queue = await story.ask(story.lead, "/queue", story.team)
    ref = next(line for line in queue.text.splitlines() if CLIENT in line).partition("#")[2][:6]
    await story.restart()
    await story.poll()
    for most in (2, 1):
        asked = len(story.servers.lines.requests)
        assert CLIENT in (await story.ask(story.lead, f"/session #{ref}", story.team)).text
        assert len(story.servers.lines.requests) - asked == most
