"""A group whose lead decided that talks with clients are shown to the asker alone."""

import pytest
from aiogram.methods import DeleteMessage, EditEphemeralMessageText, SendMessage

from lines_bot.operations.ledger import Verb
from lines_bot.people import Action
from lines_bot.telegram.callbacks import SetPrivacy, ShowLast
from lines_bot.telegram.views.commands import COMMANDS
from lines_bot_handlers.routers import make_routers
from tests.driver import Message
from tests.sessions import CLIENT, take_session
from tests.story import Story, find_button

WORDS = "nobody else may read this"
PRIVATE = "Answered in private."
# They read, and show nothing that a client wrote: names and accounts, a question withdrawn, a change undone.
NO_TALK = {"find", "turn_found", "open_client", "cancel", "undo"}


@pytest.fixture
async def discreet(story: Story) -> Story:
    """A story in whose group the lead turned it on, and an operator who started the bot."""
    for message in story.servers.simulation.world.conversation(take_session(story)):
        message["body"] = WORDS
    asked = await story.ask(story.lead, "/privacy", story.team)
    assert "to everyone who is in it" in asked.text
    await story.press(story.lead, "Show it to the asker alone", asked)
    assert "to the asker alone" in asked.text
    await story.ask(story.operator, "/start")
    return story


@pytest.fixture
async def administered(discreet: Story) -> Story:
    """The same, and the bot is an administrator of the group."""
    telegram = discreet.servers.telegram
    group = telegram.chats.chats[discreet.team.id]
    telegram.people.promote_bot(group, telegram.chats.persons[discreet.lead.id])
    await discreet.driver.quiet()
    return discreet


async def tell(story: Story, command: str) -> None:
    """The operator's command in the group, carried out."""
    await story.operator.send(command, story.team)
    await story.driver.quiet()


async def open_card(story: Story) -> Message:
    """The client's session, opened by the operator's tap."""
    choice = await story.ask(story.operator, f"/sessions {CLIENT}", story.team)
    await story.press(story.operator, CLIENT, choice)
    return story.operator.list_ephemeral(story.team)[-1]


@pytest.mark.parametrize("command", ["last", "history", "session"])
async def test_an_administrator_shows_a_talk_in_the_group_to_the_asker_alone(
    administered: Story, command: str
) -> None:
    before = administered.team.answers
    await tell(administered, f"/{command} {CLIENT}")
    (answer,) = administered.operator.list_ephemeral(administered.team)
    assert WORDS in answer.text
    assert administered.team.answers == before
    assert administered.lead.list_ephemeral(administered.team) == []
    assert WORDS not in str(administered.operator.private)


async def test_a_tap_is_answered_to_the_asker_alone_and_the_pressed_message_stays(discreet: Story) -> None:
    queue = await discreet.ask(discreet.operator, "/queue Shop", discreet.team)
    await discreet.press(discreet.operator, "1 ", queue)
    before = queue.text
    await discreet.press(discreet.operator, "Last", queue)
    (answer,) = discreet.operator.list_ephemeral(discreet.team)
    assert answer.text.startswith("👤")
    assert queue.text == before
    assert discreet.team.answers[-1] == queue


async def test_what_one_person_sees_is_walked_in_its_place(discreet: Story) -> None:
    card = await open_card(discreet)
    for button, shown in (("History", "newest first"), ("Oldest first", "oldest first")):
        await discreet.press(discreet.operator, button, card)
        assert shown in card.text
        assert WORDS in card.text
    assert discreet.operator.list_ephemeral(discreet.team) == [card]


async def test_what_is_done_from_there_is_shown_there_and_written_down(discreet: Story) -> None:
    card = await open_card(discreet)
    await discreet.press(discreet.operator, "Assign…", card)
    await discreet.press(discreet.operator, "To bot", card)
    assert "The bot of the line has the session." in card.text
    assert "The bot of the line" not in str(discreet.team)
    (session,) = discreet.sessions("AssignedToBot")[-1:]
    entry = (await discreet.entries(session["__id"]))[-1]
    assert (entry.verb, entry.chat) == (Verb.ASSIGN_TO_BOT, discreet.team.id)
    assert entry.answer_message_id is None, "no message of the group shows it"


async def test_a_list_to_choose_from_becomes_the_talk_in_its_place(administered: Story) -> None:
    await tell(administered, "/last")
    (chosen,) = administered.operator.list_ephemeral(administered.team)
    assert chosen.text.startswith("Last message of which client?")
    for button in ("▶️", "◀️", CLIENT):
        await administered.press(administered.operator, button, chosen)
    assert WORDS in chosen.text
    assert WORDS not in str(administered.team)


async def test_an_answer_that_telegram_let_go_is_shown_anew(discreet: Story) -> None:
    card = await open_card(discreet)
    gone = "Bad Request: ephemeral message not found"
    discreet.servers.telegram.faults.fail(EditEphemeralMessageText, code=400, description=gone)
    await discreet.press(discreet.operator, "History", card)
    _lost, answer = discreet.operator.list_ephemeral(discreet.team)
    assert "newest first" in answer.text
    assert WORDS not in str(discreet.team)


async def test_a_reply_to_what_one_person_sees_is_answered_to_that_person(discreet: Story) -> None:
    card = await open_card(discreet)
    before = discreet.team.answers
    await discreet.operator.send(f"/last {CLIENT}", discreet.team, reply_to=card)
    await discreet.driver.quiet()
    assert WORDS in discreet.operator.list_ephemeral(discreet.team)[-1].text
    await discreet.operator.send("/queue", discreet.team, reply_to=card)
    await discreet.driver.quiet()
    assert discreet.operator.list_ephemeral(discreet.team)[-1].text.startswith("Queue")
    assert discreet.team.answers == before


async def test_two_commands_that_nobody_else_saw_are_two(discreet: Story) -> None:
    """Ephemeral messages all have the number 0: the second is not the first, handed out again."""
    session = take_session(discreet)
    card = await open_card(discreet)
    for _time in range(2):
        session["_state"] = "Waiting"
        await discreet.operator.send(f"/bot {CLIENT}", discreet.team, reply_to=card)
        await discreet.driver.quiet()
        assert session["_state"] == "AssignedToBot"


@pytest.mark.parametrize("command", ["last", "history", "session"])
async def test_where_telegram_refuses_a_talk_goes_to_the_private_chat(discreet: Story, command: str) -> None:
    answer = await discreet.ask(discreet.operator, f"/{command} {CLIENT}", discreet.team)
    assert answer.text == PRIVATE
    assert WORDS not in str(discreet.team)
    assert WORDS in discreet.operator.private.answers[-1].text


async def test_a_tap_that_telegram_refuses_to_answer_in_the_group_goes_to_the_private_chat(
    discreet: Story,
) -> None:
    queue = await discreet.ask(discreet.operator, "/queue Shop", discreet.team)
    await discreet.press(discreet.operator, "1 ", queue)
    too_late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    discreet.servers.telegram.faults.fail(SendMessage, code=400, description=too_late)
    await discreet.press(discreet.operator, "Last", queue)
    assert discreet.team.answers[-1].text == PRIVATE
    assert discreet.operator.private.answers[-1].text.startswith("👤")


async def test_a_telegram_that_knows_no_ephemeral_messages_is_not_trusted_with_one(discreet: Story) -> None:
    discreet.servers.telegram.chats.knows_ephemeral = False
    await tell(discreet, f"/last {CLIENT}")
    assert discreet.servers.telegram.calls(DeleteMessage)
    assert WORDS not in str(discreet.team)
    assert WORDS in discreet.operator.private.answers[-1].text


async def test_a_file_goes_to_the_asker_alone(discreet: Story) -> None:
    await discreet.ask(discreet.operator, f"/export {CLIENT}", discreet.team)
    (upload,) = discreet.servers.telegram.chats.uploads.values()
    assert WORDS in upload.content.decode()
    assert [answer.text for answer in discreet.team.answers[1:]] == [PRIVATE]
    assert discreet.operator.private.answers[-1].text == f"Transcript of {CLIENT}"
    await discreet.press(discreet.operator, "Export", await open_history(discreet))
    assert discreet.operator.list_ephemeral(discreet.team)[-1].text == f"Transcript of {CLIENT}"


async def open_history(story: Story) -> Message:
    card = await open_card(story)
    await story.press(story.operator, "History", card)
    return card


async def test_the_ledger_says_in_which_chat_somebody_read(administered: Story) -> None:
    session = take_session(administered)
    await tell(administered, f"/last {CLIENT}")
    (entry,) = await administered.entries(session["__id"])
    assert (entry.person, entry.chat) == (administered.operator.id, administered.team.id)


async def test_who_never_started_the_bot_is_told_how(discreet: Story) -> None:
    answer = await discreet.ask(discreet.lead, f"/last {CLIENT}", discreet.team)
    assert answer.text == "I cannot write to you first: open @lines_demo_bot, press Start, repeat this."
    assert WORDS not in discreet.driver.describe()


async def test_what_goes_wrong_is_told_in_the_group(discreet: Story) -> None:
    answer = await discreet.ask(discreet.lead, "/last Nobody At All", discreet.team)
    assert answer.text.startswith("⚠️ No such session of a client “Nobody At All”.")


async def test_it_can_be_turned_off_by_a_lead_only_and_outlives_a_restart(discreet: Story) -> None:
    await discreet.restart()
    asked = await discreet.ask(discreet.lead, "/privacy", discreet.team)
    assert "to the asker alone" in asked.text
    toast = await discreet.operator.press_data(SetPrivacy(discreet=False).pack(), asked)
    assert "Only leads can do this" in toast.text
    assert (await discreet.ask(discreet.operator, f"/last {CLIENT}", discreet.team)).text == PRIVATE
    await discreet.press(discreet.lead, "Show it to everyone", asked)
    assert WORDS in (await discreet.ask(discreet.operator, f"/last {CLIENT}", discreet.team)).text


async def test_in_private_there_is_nothing_to_hide(story: Story) -> None:
    answer = await story.ask(story.lead, "/privacy")
    assert answer.text.startswith("🔒 Nobody else reads here.")


async def test_no_command_tells_the_group_what_a_client_wrote(discreet: Story) -> None:
    await discreet.ask(discreet.lead, "/start")
    for name, *_rest in COMMANDS:
        await discreet.lead.send(f"/{name} {CLIENT}", discreet.team)
        await discreet.driver.quiet()
    assert WORDS not in str(discreet.team)
    assert WORDS in str(discreet.lead.private)


def test_whoever_reads_talks_to_somebody_says_whether_the_others_may_see_it() -> None:
    handlers = [
        handler
        for router in make_routers(standalone=True)
        for observer in (router.message, router.callback_query)
        for handler in observer.handlers
        if handler.flags.get("action") is Action.READ
    ]
    shown = {handler.callback.__name__ for handler in handlers if not handler.flags.get("discreet")}
    assert shown == NO_TALK


async def test_a_forged_tap_shows_nobody_what_another_sees(discreet: Story) -> None:
    card = await open_card(discreet)
    text = card.text
    last = next(key["callback_data"] for key in card.keyboard if key["text"] == "Last")
    assert ShowLast.unpack(last)
    await discreet.lead.press_data(last, card)
    await discreet.driver.quiet()
    assert card.text == text
    assert WORDS in discreet.lead.list_ephemeral(discreet.team)[-1].text
    assert find_button("Last", card)
