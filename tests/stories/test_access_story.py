"""Who may do what: every role against every command and button, and those who are not obeyed at all."""

import pytest
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommandScopeAllPrivateChats, BotCommandScopeChat

from lines_bot.people import Action, Role
from lines_bot.references import Kind
from lines_bot.telegram.callbacks import RunCommand
from lines_bot_handlers.routers import make_routers
from tests.forgeries import name_everything, write
from tests.roles import LEAST_FOR_BUTTON, LEAST_FOR_COMMAND, RANKS, covers, list_commands
from tests.story import Story, find_button

NO_ACCESS = "You have no access. Send your number 104 to an administrator and ask for a role."
# What has a handler of its own, and the command that it is one with.
SPELLINGS = {"start": "help", "reconnect all": "reconnect"}


def refuse(role: Role | None, least: Role) -> str:
    """What the bot tells this role about what takes at least that one; nothing if it may."""
    if role is None:
        return NO_ACCESS
    told = {
        Role.OPERATOR: "Only operators can do this. Ask an administrator.",
        Role.LEAD: "Only leads can do this. Ask an administrator.",
        Role.ADMIN: "Only administrators can do this.",
    }
    return "" if covers(role, least) else told[least]


def find_least(data: str) -> Role:
    """The least role for a button, from what it carries."""
    kind = next(each for each in LEAST_FOR_BUTTON if data.partition(":")[0] == each.__prefix__)
    return LEAST_FOR_COMMAND[kind.unpack(data).command] if kind is RunCommand else LEAST_FOR_BUTTON[kind]


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_send_exactly_the_commands_that_the_table_gives_it(
    story: Story, role: Role
) -> None:
    who, told, refusals = story.driver.person(role), {}, {}
    for written, name in [(name, name) for name in LEAST_FOR_COMMAND] + list(SPELLINGS.items()):
        answer = (await story.ask(who, f"/{written}", story.team)).text.removeprefix("⚠️ ")
        told[written] = answer if answer.startswith("Only ") else ""
        refusals[written] = refuse(role, LEAST_FOR_COMMAND[name])
    assert told == refusals


@pytest.mark.parametrize("role", RANKS)
async def test_each_role_may_press_exactly_the_buttons_that_the_table_gives_it(
    story: Story, role: Role | None
) -> None:
    await story.poll(times=4)
    board = await story.ask(story.admin, "/status", story.team)
    who, end = story.driver.person(role or "stranger"), int(story.clock.now().timestamp()) + 30
    known = await name_everything(story) | {"by": str(who.id), "until": str(end)}
    # What the buttons of the commands that a role may use do is told in the story of the help.
    refused = LEAST_FOR_COMMAND.keys() - list_commands(role)
    buttons = [RunCommand(command=name).pack() for name in refused | {"help"}]
    buttons += [write(kind, known) for kind in LEAST_FOR_BUTTON if kind is not RunCommand]
    told = {}
    for data in buttons:
        told[data] = (await who.press_data(data, board)).text
        await story.driver.quiet()
    assert told == {data: refuse(role, find_least(data)) for data in buttons}
    # What the table gives is not refused behind the button either.
    assert story.team.find("can do this") is None


@pytest.mark.parametrize("role", list(Role))
async def test_in_private_each_role_is_shown_only_buttons_that_the_table_gives_it(
    story: Story, role: Role
) -> None:
    who, session = story.driver.person(role), (await name_everything(story))[Kind.SESSION]
    for command in list_commands(role):
        await story.ask(who, f"/{command}")
    for command in list_commands(role) & {"session", "last", "history", "assign", "group", "close", "spam"}:
        await story.ask(who, f"/{command} {session}")
    keys = [key for answer in who.private.answers for key in answer.keyboard]
    shown = [key["callback_data"] for key in keys if "callback_data" in key]
    assert len(shown) > 20
    assert [data for data in shown if not covers(role, find_least(data))] == []


async def test_a_stranger_learns_nothing_in_private_but_how_to_ask(story: Story) -> None:
    for command in LEAST_FOR_COMMAND:
        answer = await story.ask(story.stranger, f"/{command}")
        assert (command, answer.text, answer.buttons) == (command, NO_ACCESS, [])


async def test_who_may_not_disconnect_or_reconnect_undoes_neither(story: Story) -> None:
    asked = await story.ask(story.lead, "/disconnect Чат на сайте", story.team)
    await story.press(story.lead, "Disconnect", asked)
    await story.press(story.operator, "Undo", asked)
    assert refuse(Role.OPERATOR, Role.LEAD) in story.team.answers[-1].text
    assert story.channel("Чат на сайте")["_state"] == "disconnected"


async def test_taps_are_checked_like_commands(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    toast = await story.viewer.press("Reconnect Shop Instagram", answer)
    assert "Only leads can do this" in toast.text
    await story.driver.quiet()
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_a_strangers_tap_is_answered_and_does_nothing(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    toast = await story.stranger.press("Reconnect Shop Instagram", answer)
    assert toast.text.startswith("You have no access")
    await story.driver.quiet()
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_forged_and_old_buttons_do_nothing_and_say_so(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    for data in ("rc1:ffffff", "rc0:whatever", "", "as1:000000:111111:22", "id1:99999"):
        if data:
            await story.lead.press_data(data, answer)
    await story.driver.quiet()
    told = [message.text for message in story.team.answers[1:]]
    assert len(told) == 4
    assert all(text.startswith("⚠️") for text in told)
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_forwarded_edited_and_anonymous_commands_are_not_obeyed(story: Story) -> None:
    await story.lead.send("/reconnect Shop Instagram", story.team, forwarded_from=story.lead)
    edited = await story.lead.send("/help@other_bot", story.team)
    await story.lead.edit(edited, "/reconnect Shop Instagram")
    await story.lead.send("/reconnect Shop Instagram", story.team, anonymous=True)
    await story.driver.quiet()
    assert story.channel("Shop Instagram")["_state"] == "error"
    assert [message.text for message in story.team.answers] == [
        "I cannot see who you are. Turn off “Remain anonymous” and send it again, please."
    ]


async def test_a_command_for_another_bot_is_not_ours(story: Story) -> None:
    await story.lead.send("/reconnect@other_bot Shop Instagram", story.team)
    await story.driver.quiet()
    assert story.team.answers == []


async def test_private_lists_offer_only_what_their_reader_may_press(story: Story) -> None:
    answer = await story.ask(story.viewer, "/queue")
    assert not [text for text in answer.buttons if "Assign" in text or "Spam" in text]


async def test_a_role_is_granted_by_answering_a_message_and_revoked_by_number(story: Story) -> None:
    word = await story.viewer.send("/help", story.team)
    await story.driver.quiet()
    granted = await story.reply(story.admin, word, "/grant lead")
    assert granted.text == "Shall Vera Viewer (103) be lead?"
    await story.press(story.admin, "Give the role", granted)
    assert granted.text == "✅ Vera Viewer (103) is now lead."
    answer = await story.ask(story.viewer, "/reconnect", story.team)
    assert "Not working" in answer.text
    revoked = await story.ask(story.admin, "/revoke 103", story.team)
    assert "no longer has a role" in revoked.text
    assert (await story.ask(story.viewer, "/channels")).text.startswith("You have no access")


async def test_a_role_is_given_and_taken_away_by_taps_alone(story: Story) -> None:
    listed = await story.ask(story.admin, "/revoke", story.team)
    await story.press(story.admin, "Vera Viewer", listed)
    assert listed.text == "Vera Viewer 103\nRole: viewer"
    assert "Role: viewer" not in listed.buttons
    await story.press(story.admin, "Role: lead", listed)
    await story.press(story.admin, "Give the role", listed)
    assert listed.text == "✅ Vera Viewer (103) is now lead."
    assert "you are lead" in (await story.ask(story.viewer, "/help")).text
    await story.press(story.admin, "Who has a role", listed)
    await story.press(story.admin, "Vera Viewer · lead", listed)
    await story.press(story.admin, "Take the role away", listed)
    assert listed.text == "✅ Vera Viewer (103) no longer has a role."
    assert (await story.ask(story.viewer, "/channels")).text.startswith("You have no access")
    await story.press(story.admin, "↩️ Role: lead", listed)
    await story.press(story.admin, "Give the role", listed)
    assert listed.text == "✅ Vera Viewer (103) is now lead."
    await story.press(story.admin, "Who has a role", listed)
    assert "lead: Vera Viewer 103" in listed.text


async def test_the_buttons_of_a_person_are_for_administrators(story: Story) -> None:
    card = await story.ask(story.admin, "/grant 103", story.team)
    for button in ("Role: lead", "Take the role away", "Which operator?", "Who has a role"):
        toast = await story.lead.press(find_button(button, card), card)
        assert "Only administrators can do this" in toast.text
    await story.driver.quiet()
    assert "you are viewer" in (await story.ask(story.viewer, "/help")).text


async def test_a_stranger_whose_number_is_known_is_given_a_role_by_a_tap(story: Story) -> None:
    card = await story.ask(story.admin, "/grant 104")
    assert card.text == "Sam Stranger 104\nNo role."
    assert "Take the role away" not in card.buttons
    await story.press(story.admin, "Role: operator", card)
    assert "you are operator" in (await story.ask(story.stranger, "/help")).text


async def test_who_never_wrote_to_the_bot_goes_by_their_number(story: Story) -> None:
    granted = await story.ask(story.admin, "/grant 987654 viewer")
    assert granted.text == "✅ 987654 (987654) is now viewer."


@pytest.mark.parametrize("arguments", ["104 emperor", "lead", "@somebody lead", "104 105 lead"])
async def test_a_bad_grant_changes_nothing(story: Story, arguments: str) -> None:
    answer = await story.ask(story.admin, f"/grant {arguments}")
    assert answer.text.startswith("⚠️")
    assert (await story.ask(story.stranger, "/help")).text.startswith("You have no access")


async def test_administrators_of_the_settings_cannot_be_changed_by_command(story: Story) -> None:
    answer = await story.ask(story.admin, "/revoke 105")
    assert "administrator by the bot's settings" in answer.text
    assert "you are admin" in (await story.ask(story.admin, "/help")).text


async def test_every_handler_names_the_action_it_takes() -> None:
    handlers = [
        handler
        for router in make_routers(standalone=True)
        for observer in (router.message, router.callback_query)
        for handler in observer.handlers
    ]
    assert len(handlers) > 15
    assert all(handler.flags["action"] in Action for handler in handlers)


async def test_the_command_menu_is_published_by_kind_of_chat(story: Story) -> None:
    with story.app.language.speak():
        await story.app.menu.publish()
    in_team = await story.app.bot.get_my_commands(BotCommandScopeChat(chat_id=story.team.id))
    everywhere = await story.app.bot.get_my_commands()
    private = await story.app.bot.get_my_commands(BotCommandScopeAllPrivateChats())
    assert "reconnect" in [command.command for command in in_team]
    assert [command.command for command in everywhere] == ["help"]
    assert "grant" not in [command.command for command in private]


async def test_the_command_menu_is_published_again_only_when_it_changed(story: Story) -> None:
    async def publish() -> int:
        before = len(story.servers.telegram.calls(SetMyCommands))
        with story.app.language.speak():
            await story.app.menu.publish()
        return len(story.servers.telegram.calls(SetMyCommands)) - before

    first = await publish()
    assert first > 2
    await story.restart()
    assert await publish() == 0
    await story.restart(language="ru")
    assert await publish() == first
