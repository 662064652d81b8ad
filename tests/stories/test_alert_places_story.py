"""Chats change under the bot: a group grows, the bot is thrown out, a topic closes, a card vanishes."""

from aiogram.methods import SendMessage

from lines_bot.settings import AlertTarget
from tests.driver import ChatView, Message
from tests.story import Story

GROUP, GROWN, FORUM = -77, -1000077, -1002
CHANNEL = "Чат на сайте"


async def start_calm(story: Story, *targets: AlertTarget) -> None:
    """The bot tells these chats, and the company is well."""
    story.make_well()
    await story.restart(alert_chats=targets)
    await story.poll()


async def break_and_poll(story: Story) -> None:
    story.break_channel(CHANNEL)
    await story.poll(times=3)


def one_card(chat: ChatView) -> Message:
    (card,) = chat.answers
    return card


async def test_a_group_that_became_a_supergroup_gets_its_card_there_and_is_told_the_end(
    story: Story,
) -> None:
    chats = story.servers.telegram.chats
    group = chats.add_group(GROUP, "Old group", [chats.persons[101]], kind="group")
    await start_calm(story, AlertTarget(GROUP))
    await break_and_poll(story)
    assert one_card(story.driver.chat("Old group")).text.startswith("🔴")
    story.servers.telegram.people.upgrade(group, GROWN)
    story.heal_channel(CHANNEL)
    await story.poll(times=7)
    grown = ChatView(story.driver, GROWN)
    assert "is back" in one_card(grown).text
    await story.restart()
    await break_and_poll(story)
    assert grown.answers[-1].text.startswith("🔴")


async def test_a_group_that_grew_before_its_first_alert_is_told_at_its_new_place(story: Story) -> None:
    chats = story.servers.telegram.chats
    group = chats.add_group(GROUP, "Old group", [chats.persons[101]], kind="group")
    await start_calm(story, AlertTarget(GROUP))
    story.servers.telegram.people.upgrade(group, GROWN)
    await break_and_poll(story)
    assert one_card(ChatView(story.driver, GROWN)).text.startswith("🔴")


async def test_administrators_stand_in_for_a_chat_that_threw_the_bot_out_until_it_is_back(
    story: Story,
) -> None:
    chats = story.servers.telegram.chats
    await story.ask(story.admin, "/start")
    greetings = len(story.admin.private.answers)
    duty = chats.add_group(FORUM, "Duty", [chats.persons[101]])
    await start_calm(story, AlertTarget(FORUM))
    story.servers.telegram.people.kick_bot(duty, by=chats.persons[101])
    await break_and_poll(story)
    await story.poll()
    (stand_in,) = story.admin.private.answers[greetings:]
    assert stand_in.text.startswith("🔴")
    chats.add_group(FORUM, "Duty", [chats.persons[101]])
    await story.poll(times=2)
    card = one_card(story.driver.chat("Duty"))
    assert card.text.startswith("🔴")
    story.heal_channel(CHANNEL)
    await story.poll(times=7)
    assert "is back" in card.text
    assert "is back" in stand_in.text
    assert story.admin.private.answers[greetings:] == [stand_in]


async def test_an_administrator_who_never_started_the_bot_keeps_nobody_else_waiting(story: Story) -> None:
    chats = story.servers.telegram.chats
    duty = chats.add_group(FORUM, "Duty", [chats.persons[101]])
    await start_calm(story, AlertTarget(FORUM), AlertTarget(story.team.id))
    story.servers.telegram.people.kick_bot(duty, by=chats.persons[101])
    await break_and_poll(story)
    story.heal_channel(CHANNEL)
    await story.poll(times=7)
    assert "is back" in one_card(story.team).text


async def test_a_topic_that_closes_later_still_gets_the_end_and_the_next_alert_beside_it(
    story: Story,
) -> None:
    chats = story.servers.telegram.chats
    forum = chats.add_group(FORUM, "Forum", [chats.persons[101]], is_forum=True)
    topic = chats.add_topic(forum, "Alerts")
    await start_calm(story, AlertTarget(FORUM, topic))
    await break_and_poll(story)
    card = one_card(story.driver.chat("Forum"))
    assert card.raw["message_thread_id"] == topic
    story.servers.telegram.people.close_topic(forum, topic)
    story.heal_channel(CHANNEL)
    await story.poll(times=7)
    assert "is back" in card.text
    await break_and_poll(story)
    _, beside = story.driver.chat("Forum").answers
    assert beside.text.startswith("🔴")
    assert "message_thread_id" not in beside.raw


async def test_a_card_that_a_person_deleted_comes_again_with_the_next_change_and_only_once(
    story: Story,
) -> None:
    await start_calm(story, AlertTarget(story.team.id))
    await break_and_poll(story)
    await story.app.bot.delete_message(story.team.id, one_card(story.team).id)
    await story.poll(times=3)
    assert story.team.answers == []
    story.heal_channel(CHANNEL)
    await story.poll(times=2)
    anew = one_card(story.team)
    assert anew.text.startswith("🟡")
    await story.poll(times=5)
    assert one_card(story.team) == anew
    assert "is back" in anew.text


async def test_quiet_hours_and_the_board_move_with_a_group_that_became_a_supergroup(story: Story) -> None:
    chats = story.servers.telegram.chats
    group = chats.add_group(GROUP, "Old group", [chats.persons[101]], kind="group")
    await story.restart(chats=frozenset({GROUP}))
    await start_calm(story, AlertTarget(GROUP))
    old = story.driver.chat("Old group")
    await story.ask(story.lead, "/quiet 9:00-11:00", old)
    await story.ask(story.lead, "/board", old)
    story.servers.telegram.people.upgrade(group, GROWN)
    await break_and_poll(story)
    grown = ChatView(story.driver, GROWN)
    sent = {
        request.text.partition("\n")[0]: request
        for request in story.servers.telegram.requests
        if isinstance(request, SendMessage) and request.chat_id == GROWN
    }
    (alert,) = [title for title in sent if title.startswith("🔴")]
    assert sent[alert].disable_notification is True
    (board,) = [answer for answer in grown.answers if "Live chats now" in answer.text]
    assert "🔴 1 down" in board.text
    story.heal_channel(CHANNEL)
    await story.poll()
    assert "down" not in board.text
