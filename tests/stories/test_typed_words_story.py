"""What people type is understood, or refused with the words that were not: never dropped, never guessed."""

import unicodedata

import pytest

from lines_bot.sandbox.fields import Item
from tests.sessions import take_session
from tests.story import Story

SITE = "Чат на сайте"


def call_client(story: Story, name: str, account: str = "") -> Item:
    """A waiting session of the shop whose client is called so."""
    session = take_session(story)
    client = story.servers.simulation.world.get("clients", session["_clients"][0])
    client.update({"__name": name, "_username": account or "someone"})
    return session


@pytest.mark.parametrize(
    "length",
    ["2 h", "2 hours", "2h", "2ч", "2 часа", "120 min", "1h60m", "2\u00a0часа", "2,0 ч"],
)
async def test_a_length_is_read_however_it_is_written(story: Story, length: str) -> None:
    answer = await story.ask(story.lead, f"/mute {SITE} {length}", story.team)
    assert answer.text == f"🔕 {SITE} is muted, ends 22.11 11:30 UTC."


@pytest.mark.parametrize("rest", ["0h", "-2h", "tomorrow", "90", "2 apples", "400d", "1h30"])
async def test_what_is_no_length_mutes_nothing_and_is_said_back(story: Story, rest: str) -> None:
    answer = await story.ask(story.lead, f"/mute {SITE} {rest}", story.team)
    assert answer.text == (
        f"⚠️ I know “{SITE}”, but did not understand “{rest}”. "
        "Write a length like 30m, 2h, 1h30m or 1d. Nothing was changed."
    )
    assert "Nothing is muted" in (await story.ask(story.lead, "/mutes", story.team)).text


@pytest.mark.parametrize("command", ["/maintenance 0h", "/maintenance tomorrow", "/maintenance 90"])
async def test_maintenance_of_no_length_is_refused_with_examples(story: Story, command: str) -> None:
    answer = await story.ask(story.lead, command, story.team)
    assert "30m, 2h, 1h30m or 1d. Nothing was changed." in answer.text


async def test_a_name_that_ends_like_a_length_is_a_name(story: Story) -> None:
    story.channel("Shop Telegram")["__name"] = "Shop 2h"
    story.pass_time(60)
    answer = await story.ask(story.lead, "/mute Shop 2h", story.team)
    assert answer.text.startswith("🔕 Shop 2h is muted, ends when fixed")


@pytest.mark.parametrize(
    ("written", "name"),
    [("Олег Иванов", "Ольга Иванова"), ("Kate Bron", "Kate Brown"), ("Маркт", "Марат")],
)
async def test_a_guess_marks_nobody_and_is_a_button_with_the_name(
    story: Story, written: str, name: str
) -> None:
    session = call_client(story, name)
    answer = await story.ask(story.lead, f"/spam {written}", story.team)
    assert not story.count_calls("sessions.markAsSpam")
    await story.press(story.lead, f"/spam {name}", answer)
    assert story.session(session["__id"])["_state"] == "MarkedAsSpam"


async def test_swapped_digits_are_another_client(story: Story) -> None:
    call_client(story, "+7 905 123-45-67")
    answer = await story.ask(story.lead, "/spam +7 905 123-54-67", story.team)
    assert "No such session of a client" in answer.text
    assert not answer.buttons
    assert not story.count_calls("sessions.markAsSpam")


@pytest.mark.parametrize("command", ["assign", "close", "bot", "group"])
async def test_no_change_is_made_to_what_only_comes_close(story: Story, command: str) -> None:
    call_client(story, "Zinaida Unlike")
    await story.ask(story.lead, f"/{command} Zinada Unlike", story.team)
    assert not story.servers.lines.requests or not any(
        method.startswith("sessions.") and method not in ("sessions.search", "sessions.get")
        for request in story.servers.lines.requests
        for method in request.methods
    )


async def test_a_guess_keeps_the_words_after_the_name(story: Story) -> None:
    call_client(story, "Zinaida Unlike")
    answer = await story.ask(story.lead, "/assign Zinada Unlike Support desk", story.team)
    assert "/assign Zinaida Unlike Support desk" in answer.buttons


async def test_a_name_that_looks_like_a_reference_is_a_name(story: Story) -> None:
    call_client(story, "Decade")
    answer = await story.ask(story.lead, "/session decade", story.team)
    assert "Decade" in answer.text


@pytest.mark.parametrize(
    "stored", ["Семён Ёлкин", unicodedata.normalize("NFD", "Семён Ёлкин"), "СЕМЕН\u00a0ЕЛКИН"]
)
@pytest.mark.parametrize("written", ["семен елкин", "Семён  Ёлкин", "«Семён Ёлкин»"])
async def test_lines_is_asked_in_every_form_in_which_a_name_is_stored(
    story: Story, stored: str, written: str
) -> None:
    call_client(story, stored)
    found = await story.ask(story.lead, f"/sessions {written}", story.team)
    assert "Sessions: 1" in found.text
    card = await story.ask(story.lead, f"/client {written}", story.team)
    assert normalized(stored) in normalized(card.text)


async def test_a_hyphen_of_a_phone_is_a_hyphen(story: Story) -> None:
    call_client(story, "Anna\u2011Maria Weiß")
    assert "Sessions: 1" in (await story.ask(story.lead, "/sessions Anna–Maria", story.team)).text


async def test_a_state_that_may_be_a_name_can_be_searched_for_as_one(story: Story) -> None:
    call_client(story, "Spam Assassin")
    by_state = await story.ask(story.lead, "/sessions spam", story.team)
    await story.press(story.lead, "as a name", by_state)
    assert "Spam Assassin" in by_state.text
    literally = await story.ask(story.lead, "/sessions “spam”", story.team)
    assert "Spam Assassin" in literally.text


async def test_a_line_that_is_called_like_a_state_is_found_by_its_name(story: Story) -> None:
    line = story.line("Shop")
    line["__name"] = "Closed circle"
    story.pass_time(60)
    found = await story.ask(story.lead, "/sessions closed circle", story.team)
    assert "Nothing found" not in found.text


@pytest.mark.parametrize(("word", "name"), [("bot", "Robot desk"), ("spam", "Antispam"), ("open", "Opening")])
async def test_a_state_that_is_a_part_of_a_name_is_a_state_with_a_choice(
    story: Story, word: str, name: str
) -> None:
    story.line("Shop")["__name"] = name
    story.pass_time(60)
    found = await story.ask(story.lead, f"/sessions {word}", story.team)
    assert any("as a name" in button for button in found.buttons)


async def test_an_operator_called_bot_gets_the_session(story: Story) -> None:
    user = story.user("Support desk")
    user["__name"] = "Bot"
    session = call_client(story, "Zoya Unlike Others")
    story.pass_time(600)
    await story.ask(story.lead, "/assign Zoya Unlike Others bot", story.team)
    assert not story.count_calls("sessions.assignToBot")
    assert story.session(session["__id"])["_userId"] == user["__id"]


@pytest.mark.parametrize("command", ["/Channels", "/CHANNELS", "/Queue", "/Alerts"])
async def test_a_command_in_capitals_runs(story: Story, command: str) -> None:
    answer = await story.ask(story.lead, command, story.team)
    assert "🤔" not in answer.text


@pytest.mark.parametrize("hours", ["22.00-8.00", "22:00 – 8:00", "22−8", "22:00\u20118:00"])
async def test_hours_are_read_with_what_phones_make_of_a_dash(story: Story, hours: str) -> None:
    answer = await story.ask(story.lead, f"/quiet {hours}", story.team)
    assert "22:00" in answer.text
    assert "⚠️" not in answer.text


@pytest.mark.parametrize("command", ["status", "alerts", "lines", "mutes", "board", "me", "privacy"])
async def test_words_that_a_command_does_not_take_are_said_back(story: Story, command: str) -> None:
    answer = await story.ask(story.lead, f"/{command} Shop now", story.team)
    assert answer.text == f"⚠️ /{command} takes no words, and I do not know what “Shop now” means here."


@pytest.mark.parametrize(
    ("value", "kept"), [("5m", "300"), ("5 min", "300"), ("300", "300"), ("1.5h", "5400"), ("DEFAULT", None)]
)
async def test_a_rule_takes_a_length_as_it_is_written(story: Story, value: str, kept: str | None) -> None:
    await story.ask(story.lead, "/rules queue_wait 60", story.team)
    answer = await story.ask(story.lead, f"/rules Queue_Wait {value}", story.team)
    assert ("⚠️" in answer.text) if kept is None else (f"→ {kept}" in answer.text)


async def test_one_word_after_rules_is_not_dropped(story: Story) -> None:
    assert "⚠️" in (await story.ask(story.lead, "/rules Shop", story.team)).text


async def test_a_forwarded_message_names_nobody(story: Story) -> None:
    passed_on = await story.admin.send("I am new here", story.team, forwarded_from=story.stranger)
    answer = await story.reply(story.admin, passed_on, "/grant operator")
    assert "Reply to a message that the person wrote" in answer.text
    told = await story.reply(story.admin, passed_on, "/revoke")
    assert "no longer has a role" not in told.text


async def test_much_power_is_given_only_after_a_question_to_the_same_person(story: Story) -> None:
    question = await story.ask(story.admin, "/grant 103 admin", story.team)
    assert question.text == "Shall Vera Viewer (103) be admin?"
    await story.press(story.lead, "Give the role", question)
    assert question.text == "Shall Vera Viewer (103) be admin?"
    story.pass_time(61)
    await story.press(story.admin, "Give the role", question)
    assert "Too late: " in story.team.messages[-1].text
    assert "you are viewer" in (await story.ask(story.viewer, "/help")).text


async def test_a_reference_in_what_a_client_wrote_is_not_meant(story: Story) -> None:
    listed = await story.ask(story.lead, "/channels instagram", story.team)
    ref = listed.text.split("#")[1].split()[0]
    session = call_client(story, "Zoya Unlike Others")
    story.servers.simulation.world.conversation(session)[-1]["body"] = f"please see #{ref} and #{ref}"
    last = await story.ask(story.lead, "/last Zoya Unlike Others", story.team)
    assert f"#{ref}" in last.text
    await story.reply(story.lead, last, "/reconnect")
    assert not story.count_calls("channels.reconnect")


def normalized(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е").replace("\u00a0", " ")
