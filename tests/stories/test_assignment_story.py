"""/assign to anybody, /group and /bot, with the way back."""

from lines_bot.people import Person
from tests.sessions import ask_about, take_session
from tests.story import Story, find_button


async def test_a_session_goes_to_a_group_of_the_line_and_waits_there(story: Story) -> None:
    session = take_session(story)
    answer = await ask_about(story, "group", "ночная")
    assert "In the queue of the group Ночная смена." in answer.text
    assert session["_userGroupId"] == story.group("Ночная смена")["__id"]
    assert session["_state"] == "Waiting"


async def test_groups_are_offered_as_buttons(story: Story) -> None:
    take_session(story)
    answer = await ask_about(story, "group")
    assert "To which group?" in answer.text
    await story.press(story.lead, "First line", answer)
    assert "In the queue of the group First line." in answer.text


async def test_a_group_of_another_line_is_refused_with_the_reason(story: Story) -> None:
    session = take_session(story)
    answer = await ask_about(story, "assign", "sales")
    assert "That group is not among the line's operators. Nothing was changed." in answer.text
    assert session.get("_userGroupId") is None


async def test_a_session_goes_to_the_bot_where_the_line_has_one(story: Story) -> None:
    session = take_session(story)
    assert "The bot of the line has the session." in (await ask_about(story, "assign", "bot")).text
    assert session["_state"] == "AssignedToBot"
    session.update(_state="Waiting", _line=story.line("Опт / Wholesale")["__id"])
    assert "No bot is connected to this line." in (await ask_about(story, "bot")).text


async def test_me_is_who_an_administrator_said_i_am(story: Story) -> None:
    take_session(story)
    unknown = await ask_about(story, "assign", "me")
    assert "I do not know which operator you are." in unknown.text
    assert f"/link_me {story.lead.id}" in unknown.text
    await story.app.people.link(story.lead.id, story.user("Kate Brown")["__id"], Person(105, "Ada Admin"))
    answer = await ask_about(story, "assign", "me")
    assert "Kate Brown has the session." in answer.text


async def test_an_assignment_can_be_taken_back_to_who_had_it(story: Story) -> None:
    session = take_session(story)
    session.update(_state="AssignedToOperator", _userId=story.user("John Miller")["__id"])
    card = await ask_about(story, "session")
    answer = await story.reply(story.lead, card, "/assign Kate Brown")
    assert session["_userId"] == story.user("Kate Brown")["__id"]
    await story.press(story.lead, "↩️ Undo", answer)
    assert "Undone" in answer.text
    assert session["_userId"] == story.user("John Miller")["__id"]


async def test_the_common_queue_takes_nothing_back_so_no_undo_is_offered(story: Story) -> None:
    take_session(story)
    answer = await ask_about(story, "assign", "Kate Brown")
    assert "Kate Brown has the session." in answer.text
    assert not [text for text in answer.buttons if "Undo" in text]


async def test_an_undo_is_good_for_a_minute(story: Story) -> None:
    session = take_session(story)
    session.update(_userGroupId=story.group("First line")["__id"])
    answer = await ask_about(story, "assign", "Kate Brown")
    story.pass_time(61)
    await story.press(story.lead, "↩️ Undo", answer)
    assert "Too late: this button worked for 60 s" in story.team.answers[-1].text
    assert session["_userId"] == story.user("Kate Brown")["__id"]


async def test_an_undo_takes_nothing_from_whoever_has_it_by_now(story: Story) -> None:
    session = take_session(story)
    session.update(_userGroupId=story.group("First line")["__id"])
    answer = await ask_about(story, "assign", "Kate Brown")
    find_button("Undo", answer)
    session["_userId"] = story.user("John Miller")["__id"]
    await story.press(story.lead, "↩️ Undo", answer)
    assert "The session has moved on" in story.team.answers[-1].text
    assert session["_userId"] == story.user("John Miller")["__id"]


async def test_an_undo_pressed_twice_is_done_once(story: Story) -> None:
    session = take_session(story)
    session.update(_userGroupId=story.group("First line")["__id"])
    answer = await ask_about(story, "assign", "Kate Brown")
    undo = answer.key("↩️ Undo")
    assert undo is not None
    for _ in range(2):
        await story.lead.press_data(undo["callback_data"], answer)
        await story.driver.quiet()
    assert "Already done by Anna Lead" in answer.text
    assert story.count_calls("sessions.assignToOperatorGroup") == 1
