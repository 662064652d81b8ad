"""People who pretend, and groups that are not ours: nothing is done for them, and little is said."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import types
from aiogram.methods import SendMessage

from lines_bot.sandbox import embedded
from lines_bot.sandbox.telegram import Person
from tests.story import Story

LEAD, STRANGER, ADMIN = embedded.PERSONS[0], embedded.PERSONS[3], embedded.PERSONS[4]
OTHER_BOT = types.User(id=777, is_bot=True, first_name="Other", username="other_bot")
COMMAND = "/reconnect Shop Instagram"
FOREIGN = -2002
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def forge(story: Story, **content: Any) -> None:
    """A command in the team's group as no application would send it."""
    chats = story.servers.telegram.chats
    given: Mapping[str, Any] = {"from_user": LEAD.user(), "text": COMMAND} | content
    chats.updates.push("message", chats.post(chats.chats[embedded.TEAM], **given))
    await story.driver.quiet()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"from_user": OTHER_BOT}, id="another bot"),
        pytest.param({"via_bot": OTHER_BOT}, id="an inline bot's words"),
        pytest.param({"is_automatic_forward": True}, id="a linked channel's post"),
        pytest.param({"from_user": None}, id="nobody"),
        pytest.param(
            {"forward_origin": types.MessageOriginHiddenUser(date=LONG_AGO, sender_user_name="Anna Lead")},
            id="a forward of somebody hidden",
        ),
    ],
)
async def test_what_no_person_wrote_is_not_obeyed_and_not_answered(
    story: Story, content: Mapping[str, Any]
) -> None:
    await forge(story, **content)
    assert story.team.answers == []
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_a_lead_who_writes_as_a_channel_is_told_why_nothing_happens(story: Story) -> None:
    await forge(story, sender_chat=types.Chat(id=-1009, type="channel", title="Anna Lead"))
    assert [answer.text for answer in story.team.answers] == [
        "I cannot see who you are. Turn off “Remain anonymous” and send it again, please."
    ]
    assert story.channel("Shop Instagram")["_state"] == "error"


@pytest.mark.parametrize("name", ["Anna Lead", "Аnnа Lеаd", "Anna\u200b Lead", "\u202edaeL annA"])
async def test_a_name_like_a_leads_gives_no_rights(story: Story, name: str) -> None:
    twin = story.servers.telegram.chats.add_person(Person(106, name), started=True)
    chats = story.servers.telegram.chats
    story.servers.telegram.people.join(twin, chats.chats[embedded.TEAM])
    await forge(story, from_user=twin.user())
    assert [answer.text for answer in story.team.answers] == [
        "You have no access. Send your number 106 to an administrator and ask for a role."
    ]
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_no_role_is_granted_to_a_name(story: Story) -> None:
    for words in ("Anna Lead", "@anna", "https://t.me/anna", "101'", "1e2", "１０４", "-104", "9" * 40):
        answer = await story.ask(story.admin, f"/grant {words} operator")
        assert answer.text.startswith("⚠️"), words
    assert (await story.ask(story.stranger, "/help")).text.startswith("You have no access")


async def add_foreign_group(story: Story) -> None:
    """A stranger opens a group and puts the bot into it."""
    telegram = story.servers.telegram
    group = telegram.chats.add_group(FOREIGN, "Free prizes", [STRANGER, LEAD], bot_status="left")
    telegram.people.promote_bot(group, STRANGER, "member")
    await story.driver.quiet()


async def test_in_a_foreign_group_the_bot_is_silent_and_the_administrator_is_told(story: Story) -> None:
    await story.ask(story.admin, "/start")
    await add_foreign_group(story)
    for command in ("/start", "/help", "/queue", "/grant 104 admin", "/start@lines_demo_bot"):
        await story.stranger.send(command, story.driver.chat("Free prizes"))
    await story.driver.quiet()
    assert story.driver.chat("Free prizes").answers == []
    (told,) = (answer.text for answer in story.admin.private.answers if "Free prizes" in answer.text)
    assert told == (
        "Sam Stranger (104) added me to the group “Free prizes”. I say nothing to strangers there. "
        "If it is yours, add -2002 to CHATS in my settings; if not, remove me from it."
    )


async def test_in_a_foreign_group_a_lead_learns_its_number_and_nothing_else(story: Story) -> None:
    await add_foreign_group(story)
    answer = await story.ask(story.lead, "/queue", story.driver.chat("Free prizes"))
    assert answer.text == "I do not work in this chat. To change that, add -2002 to CHATS in my settings."


async def test_an_administrator_who_cannot_be_written_to_does_not_stop_the_bot(story: Story) -> None:
    await add_foreign_group(story)
    (told,) = story.servers.telegram.calls(SendMessage)
    assert told.chat_id == ADMIN.id
    assert "Status" not in (await story.ask(story.lead, "/queue", story.team)).text
