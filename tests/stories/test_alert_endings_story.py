"""How alerts end for those who hear them: well again, quiet hours over, refused, or nobody left to tell."""

from aiogram.methods import EditMessageText, SendMessage

from lines_bot.settings import AlertTarget
from tests.driver import Message
from tests.story import Story

SITE, SHOP = "Чат на сайте", "Shop Telegram"
FORUM = -1002


async def break_for(story: Story, seconds: float, *names: str) -> None:
    """These are in Error so long, and then well until their alerts close."""
    for name in names:
        story.break_channel(name)
    await story.poll(times=3)
    await story.poll(after=seconds)
    for name in names:
        story.heal_channel(name)
    await story.poll(times=6)


def was_silent(story: Story, message: Message) -> bool:
    """Whether this message was sent without a sound."""
    (sent,) = [
        request
        for request in story.servers.telegram.requests
        if isinstance(request, SendMessage) and request.text == message.text
    ]
    return bool(sent.disable_notification)


async def test_what_was_loud_and_long_is_answered_once_without_a_sound_when_it_is_over(calm: Story) -> None:
    await break_for(calm, 600, SITE)
    await calm.poll(times=3)
    card, end = calm.team.answers
    assert end.text == "🟢 Fixed after 10 min."
    assert end.raw["reply_to_message"]["message_id"] == card.id
    assert was_silent(calm, end)


async def test_a_group_is_told_its_end_once_for_all(calm: Story) -> None:
    await break_for(calm, 600, SITE, SHOP)
    _, end = calm.team.answers
    assert end.text == "🟢 All 2 fixed; longest 10 min."


async def test_what_was_short_ends_on_its_card_alone(calm: Story) -> None:
    await break_for(calm, 60, SITE)
    (card,) = calm.team.answers
    assert "is back" in card.text


async def test_an_end_whose_answer_is_lost_is_told_again(calm: Story) -> None:
    calm.break_channel(SITE)
    await calm.poll(times=3)
    await calm.poll(after=600)
    calm.heal_channel(SITE)
    await calm.poll(times=4)
    calm.servers.telegram.faults.fail(SendMessage)
    await calm.poll(times=2)
    assert [answer.text for answer in calm.team.answers[1:]] == ["🟢 Fixed after 10 min."]


async def test_what_was_muted_ends_without_an_answer(calm: Story) -> None:
    calm.break_channel(SITE)
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.mute(calm.lead, "Mute until fixed", card)
    await calm.poll(after=600)
    calm.heal_channel(SITE)
    await calm.poll(times=6)
    assert calm.team.answers == [card]


async def test_the_end_of_quiet_hours_tells_what_came_in_them(calm: Story) -> None:
    await calm.ask(calm.lead, "/quiet 9:00-11:00", calm.team)
    before = len(calm.team.answers)
    await break_for(calm, 900, SITE)
    calm.break_channel(SHOP)
    await calm.poll(times=3)
    await calm.restart()
    assert len(calm.team.answers) == before + 2
    await calm.poll(after=7200, times=2)
    (digest,) = [answer for answer in calm.team.answers if answer.text.startswith("☀️")]
    title, numbers, _, still, over = digest.text.split("\n")
    assert title == "☀️ Quiet hours are over."
    assert numbers.endswith(": 2, still open: 1")
    assert still.startswith(f"🔴 {SHOP} #")
    assert over.startswith(f"🟢 {SITE} #")
    assert not was_silent(calm, digest)


async def test_quiet_hours_in_which_nothing_came_end_without_a_word(calm: Story) -> None:
    await calm.ask(calm.lead, "/quiet 9:00-11:00", calm.team)
    await calm.poll()
    before = list(calm.team.answers)
    await calm.poll(after=7200, times=2)
    assert calm.team.answers == before


async def test_quiet_hours_that_a_button_ends_early_tell_at_once(calm: Story) -> None:
    window = await calm.ask(calm.lead, "/quiet 9:00-11:00", calm.team)
    calm.break_channel(SITE)
    await calm.poll(times=3)
    await calm.press(calm.lead, "End it now", window)
    await calm.poll()
    assert "still open: 1" in calm.team.answers[-1].text


async def test_administrators_hear_once_that_telegram_refuses_how_a_card_looks(calm: Story) -> None:
    await calm.ask(calm.admin, "/start")
    before = len(calm.admin.private.answers)
    calm.servers.telegram.faults.fail(SendMessage, code=400, description="Bad Request: BUTTON_DATA_INVALID")
    calm.break_channel(SITE)
    await calm.poll(times=4)
    (card,) = calm.team.answers
    assert card.text.startswith(f"🔴 {SITE}")
    assert card.buttons == []
    (told,) = calm.admin.private.answers[before:]
    assert "plain text without buttons" in told.text
    assert "BUTTON_DATA_INVALID" in told.text


async def test_an_administrator_who_cannot_be_told_of_a_refusal_keeps_no_card_waiting(calm: Story) -> None:
    calm.servers.telegram.faults.fail(SendMessage, code=400, description="Bad Request: BUTTON_DATA_INVALID")
    calm.break_channel(SITE)
    await calm.poll(times=3)
    (card,) = calm.team.answers
    assert "Undelivered alerts: 0" in (await calm.ask(calm.lead, "/status")).text
    calm.heal_channel(SITE)
    await calm.poll(times=6)
    assert "is back" in card.text


async def test_a_reminder_that_telegram_refuses_keeps_no_other_card_waiting(calm: Story) -> None:
    calm.break_channel(SITE)
    await calm.poll(times=3)
    calm.break_channel(SHOP)
    await calm.poll(after=150)
    await calm.poll(times=2)
    older, newer = calm.team.answers
    calm.heal_channel(SHOP)
    calm.servers.telegram.faults.fail(SendMessage, times=100, code=400, description="Bad Request: no")
    await calm.poll(after=1800)
    await calm.poll(times=6)
    assert older.text.startswith("🔴")
    assert "is back" in newer.text


async def test_administrators_hear_of_a_card_that_telegram_takes_in_no_form(calm: Story) -> None:
    await calm.ask(calm.admin, "/start")
    before = len(calm.admin.private.answers)
    calm.break_channel(SITE)
    await calm.poll(times=3)
    calm.servers.telegram.faults.fail(EditMessageText, times=4, code=400, description="Bad Request: no")
    calm.heal_channel(SITE)
    await calm.poll(times=2)
    (told,) = calm.admin.private.answers[before:]
    assert "it is not shown there. /alerts shows it." in told.text
    await calm.poll(times=5)
    (card,) = calm.team.answers
    assert "is back" in card.text


async def test_what_ended_a_week_ago_is_not_told_to_a_chat_that_comes_back(calm: Story) -> None:
    chats = calm.servers.telegram.chats
    lost = chats.add_group(FORUM, "Lost", [chats.persons[101]])
    await calm.restart(alert_chats=[AlertTarget(FORUM)])
    await calm.poll()
    calm.servers.telegram.people.kick_bot(lost, by=chats.persons[101])
    await break_for(calm, 60, SITE)
    calm.pass_time(8 * 24 * 3600)
    await calm.app.notifier.expire()
    chats.add_group(FORUM, "Lost", [chats.persons[101]])
    await calm.poll(times=2)
    assert calm.driver.chat("Lost").answers == []
    assert "Undelivered alerts: 0" in (await calm.ask(calm.lead, "/status")).text
