"""/start and /help lead to everything by buttons, and a slip of the finger is offered as it was meant."""

import re

import pytest

from lines_bot.people import Action, Role
from lines_bot.telegram.callbacks import RunCommand
from lines_bot.telegram.views.commands import COMMANDS
from tests.driver import Message
from tests.roles import list_commands
from tests.sessions import take_session
from tests.story import Story, find_button

# Where the walk begins.
START = {"help"}


def list_offered(message: Message) -> list[str]:
    """The commands that a page of the help has buttons for."""
    data = [key["callback_data"] for key in message.keyboard]
    return [RunCommand.unpack(each).command for each in data if each.startswith(f"{RunCommand.__prefix__}:")]


@pytest.mark.parametrize("role", list(Role))
async def test_from_start_buttons_alone_lead_to_every_command_a_role_may_use(
    story: Story, role: Role
) -> None:
    who = story.driver.person(role)
    menu = await story.ask(who, "/start")
    await story.press(who, "All commands", menu)
    reached = set()
    for subject in list(menu.buttons):
        await story.press(who, subject, menu)
        for command in list_offered(menu):
            await who.press(f"/{command}", menu)
            await story.driver.quiet()
            tapped = who.private.answers[-1]
            assert tapped.id > menu.id, command
            assert not tapped.text.startswith("⚠️"), f"/{command}: {tapped.text}"
            typed = await story.ask(who, f"/{command}")
            assert (tapped.text.splitlines()[:1], tapped.buttons) == (
                typed.text.splitlines()[:1],
                typed.buttons,
            )
            reached.add(command)
        await story.press(who, "All commands", menu)
    assert reached == list_commands(role) - START


async def test_start_begins_with_how_things_are(story: Story) -> None:
    menu = await story.ask(story.lead, "/start")
    assert menu.text.splitlines()[1] == "⏳ Lines has not been read yet."
    await story.app.watch()
    menu = await story.ask(story.lead, "/start")
    assert re.fullmatch(r"🔴 2 channels down · \d+ waiting · \d alerts?", menu.text.splitlines()[1])
    assert menu.buttons == ["Channels", "Queue", "Alerts", "All commands"]
    await story.press(story.lead, "Alerts", menu)
    assert "pen alerts" in story.lead.private.answers[-1].text


@pytest.mark.parametrize("role", list(Role))
async def test_help_tells_exactly_what_this_person_may_do(story: Story, role: Role) -> None:
    who = story.driver.person(role)
    menu = await story.ask(who, "/help")
    told = ""
    for subject in list(menu.buttons):
        await story.press(who, subject, menu)
        assert len(menu.text.splitlines()) <= 30
        told += menu.text + "\n"
        await story.press(who, "All commands", menu)
    shown = {line.split()[0].removeprefix("/") for line in told.splitlines() if line.startswith("/")}
    assert shown == list_commands(role)


async def test_help_begins_short_and_with_who_i_am(story: Story) -> None:
    menu = await story.ask(story.viewer, "/help", story.team)
    assert menu.text.startswith("Vera Viewer, you are viewer in this chat.")
    assert len(menu.text.splitlines()) <= 5
    assert menu.buttons == ["Channels", "Queue and sessions", "Alerts", "Statistics and audit", "People"]
    known = {each.subject for each in COMMANDS}
    assert len((await story.ask(story.lead, "/help", story.team)).buttons) == len(known)


async def test_assign_is_explained_with_everyone_a_session_can_go_to(story: Story) -> None:
    menu = await story.ask(story.operator, "/help")
    await story.press(story.operator, "Queue and sessions", menu)
    assert "/assign [session] [operator, group, bot or me] — Give" in menu.text
    assert "\n/assign 4f2a91 anna\n" in menu.text


async def test_in_a_group_a_subject_shows_what_its_presser_may_do(story: Story) -> None:
    menu = await story.ask(story.lead, "/help", story.team)
    await story.press(story.viewer, "Channels", menu)
    assert "/channels" in menu.text
    assert "/reconnect" not in menu.text


async def test_a_button_of_the_help_takes_the_role_of_its_command(story: Story) -> None:
    menu = await story.ask(story.lead, "/help", story.team)
    await story.press(story.lead, "Channels", menu)
    toast = await story.viewer.press("/reconnect", menu)
    assert "Only leads can do this" in toast.text
    await story.driver.quiet()
    assert story.team.answers == [menu]


async def test_a_mute_and_quiet_hours_need_no_typing(story: Story) -> None:
    menu = await story.ask(story.lead, "/start")
    await story.press(story.lead, "All commands", menu)
    await story.press(story.lead, "Alerts", menu)
    await story.press(story.lead, "/mute", menu)
    choice = story.lead.private.answers[-1]
    await story.press(story.lead, "2/3", choice)
    await story.press(story.lead, "Чат на сайте", choice)
    assert choice.text == "🔕 Чат на сайте is muted, ends when fixed."
    await story.press(story.lead, "/quiet", menu)
    hours = story.lead.private.answers[-1]
    await story.press(story.lead, "23:00-7:00", hours)
    assert hours.text == "🌙 Quiet hours, every day 23:00–07:00 · Anna Lead"


async def test_a_length_without_a_name_is_kept_while_the_name_is_chosen(story: Story) -> None:
    choice = await story.ask(story.lead, "/mute 2h")
    await story.press(story.lead, "2/3", choice)
    await story.press(story.lead, "Чат на сайте", choice)
    assert choice.text == "🔕 Чат на сайте is muted, ends 22.11 11:30 UTC."


async def test_a_session_is_chosen_for_words_by_a_tap_and_they_are_an_answer_to_it(story: Story) -> None:
    listed = await story.ask(story.operator, "/say")
    await story.press(story.operator, "1 ·", listed)
    assert "Reply to this message with what to say" in listed.text
    said = await story.reply(story.operator, listed, "/say We are looking into it")
    assert "We are looking into it" in said.text
    assert story.count_calls("sessions.sendSystemMessage") == 1


async def test_an_item_of_several_channels_is_chosen_by_a_tap_with_the_rest_of_the_words(
    story: Story,
) -> None:
    choice = await story.ask(story.lead, "/mute telegram 2h")
    assert "“telegram” fits several" in choice.text
    await story.press(story.lead, "Shop Telegram 2", choice)
    assert choice.text == "🔕 Shop Telegram 2 is muted, ends 22.11 11:30 UTC."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/chanels", ["/channels"]),
        ("/Qeue", ["/queue"]),
        ("/reconect", ["/reconnect"]),
        ("/sess", ["/sessions", "/session"]),
        ("/stat", ["/stats", "/status"]),
        ("/сдщыу", ["/close"]),
        ("/hlep", ["/help"]),
    ],
)
async def test_a_mistyped_command_is_asked_about(story: Story, written: str, meant: list[str]) -> None:
    answer = await story.ask(story.lead, written)
    assert answer.text == f"🤔 No command {written}. Did you mean {', '.join(meant)}?"
    assert answer.buttons == meant


async def test_the_meant_command_runs_by_a_tap_with_the_same_words(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconect shop instagram", story.team)
    assert story.channel("Shop Instagram")["_state"] == "error"
    await story.press(story.lead, "/reconnect shop instagram", answer)
    assert "is back" in answer.text
    assert story.channel("Shop Instagram")["_state"] == "active"
    assert story.count_calls("channels.reconnect") == 1


async def test_what_somebody_mistyped_is_sent_by_nobody_else(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconect shop instagram", story.team)
    toast = await story.admin.press("/reconnect shop instagram", answer)
    assert "Only the person who asked can answer this" in toast.text
    await story.driver.quiet()
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_words_to_a_client_are_sent_once_however_often_the_button_is_pressed(story: Story) -> None:
    ref = (await story.ask(story.operator, "/queue")).text.partition("#")[2][:6]
    answer = await story.ask(story.operator, f"/sya {ref} Hello")
    key = answer.key(find_button("/say", answer))
    assert key is not None
    for _again in range(2):
        await story.operator.press_data(key["callback_data"], answer)
        await story.driver.quiet()
    assert story.count_calls("sessions.sendSystemMessage") == 1


async def test_a_command_that_the_role_does_not_have_is_not_offered(story: Story) -> None:
    answer = await story.ask(story.viewer, "/reconect")
    assert answer.text == "🤔 No command /reconect. /help shows what I can do."


async def test_words_too_long_for_a_button_are_to_be_sent_again(story: Story) -> None:
    answer = await story.ask(story.operator, "/sya 4f2a91 " + "We are looking into it. " * 9)
    assert answer.text.endswith("Did you mean /say? Send it again like that.")
    assert answer.buttons == []


async def test_a_mistyped_answer_to_a_card_is_to_be_sent_again(story: Story) -> None:
    card = await story.ask(story.lead, "/reconnect", story.team)
    answer = await story.reply(story.lead, card, "/reconect")
    assert answer.text.endswith("Did you mean /reconnect? Send it again like that.")
    assert answer.buttons == []


@pytest.mark.parametrize("text", ["/weather", "/chanels@other_bot", "/channels@other_bot", "chanels"])
async def test_in_a_group_what_may_be_meant_for_others_is_not_answered(story: Story, text: str) -> None:
    await story.lead.send(text, story.team)
    await story.driver.quiet()
    assert story.team.answers == []


async def test_in_private_what_names_another_bot_is_not_taken_for_a_slip(story: Story) -> None:
    answer = await story.ask(story.lead, "/chanels@other_bot")
    assert answer.text == "⚠️ I did not understand. /help shows what I can do."


async def test_in_a_group_an_unknown_command_is_answered_when_it_names_the_bot(story: Story) -> None:
    answer = await story.ask(story.lead, "/weather@lines_demo_bot", story.team)
    assert answer.text == "🤔 No command /weather. /help shows what I can do."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/reconnect shp tlg", "/reconnect Shop Telegram"),
        ("/why wholsale vbr", "/why Wholesale Telegram"),
        ("/stats shpp line 7d", "/stats Shop 7d"),
    ],
)
async def test_a_name_that_is_none_is_asked_about_with_the_ones_that_come_close(
    story: Story, written: str, meant: str
) -> None:
    answer = await story.ask(story.lead, written)
    assert answer.text.startswith("⚠️ No ")
    assert "Did you mean " in answer.text
    assert meant in answer.buttons


async def test_a_client_who_waits_is_asked_about_by_name(story: Story) -> None:
    session = take_session(story)
    answer = await story.ask(story.lead, "/spam zya olik")
    assert "/spam Zoya Unlike Others" in answer.buttons
    await story.press(story.lead, "/spam Zoya Unlike Others", answer)
    assert session["_state"] == "MarkedAsSpam"


async def test_the_rest_of_the_words_stays_as_it_was_written(story: Story) -> None:
    session = take_session(story)
    ref = (await story.ask(story.lead, "/session Zoya")).text.partition("#")[2][:6]
    answer = await story.ask(story.lead, f"/assign {ref} kt brn")
    assert "Did you mean " in answer.text
    await story.press(story.lead, f"/assign {ref} Kate Brown", answer)
    assert session["_userId"] == story.user("Kate Brown")["__id"]


async def test_the_meant_name_runs_the_same_command(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect shp inst", story.team)
    assert story.channel("Shop Instagram")["_state"] == "error"
    await story.press(story.lead, "/reconnect Shop Instagram", answer)
    assert "is back" in answer.text


async def test_a_name_that_is_like_none_is_not_guessed_at(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect xyzzy")
    assert "Did you mean" not in answer.text
    assert answer.buttons == []


@pytest.mark.parametrize(
    ("written", "example"),
    [("/grant 104 emperor", "/grant 123456 operator"), ("/rules early maybe", "/rules shop queue_limit 15")],
)
async def test_a_wrong_word_is_answered_with_an_example(story: Story, written: str, example: str) -> None:
    answer = await story.ask(story.admin, written)
    assert answer.text.splitlines()[-1] == f"For example: {example}"


def test_every_command_has_its_action_and_its_own_name() -> None:
    assert len({each.name for each in COMMANDS}) == len(COMMANDS)
    assert {each.action for each in COMMANDS} == set(Action) - {Action.TAKE}
    assert {each.name for each in COMMANDS if not each.tapped} == START
