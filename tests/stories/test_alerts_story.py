"""The bot speaks first: channels that break, queues that grow, Lines that cannot be read."""

import pytest
from aiogram.methods import SendMessage

from lines_bot.sandbox.embedded import TEAM
from lines_bot.sandbox.faults import Fault
from lines_bot.settings import AlertTarget
from tests.story import Story

TAKE_OR_MUTE = ["🙋 Take", "🔕 Mute…", "Why"]


async def test_a_channel_in_error_alerts_once_with_what_a_lead_needs(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=4)
    (card,) = calm.team.answers
    assert card.text.startswith("🔴 Чат на сайте #")
    assert "is down (Error)\nShop · Website chat\nBegan" in card.text
    assert card.buttons == ["Reconnect", *TAKE_OR_MUTE]


async def test_a_blink_shorter_than_the_hold_alerts_nobody(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll()
    calm.heal_channel("Чат на сайте")
    await calm.poll(times=3)
    assert calm.team.answers == []


async def test_the_same_message_is_edited_when_the_channel_is_well_and_says_how_long_it_was_down(
    calm: Story,
) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    calm.heal_channel("Чат на сайте")
    await calm.poll()
    (card,) = calm.team.answers
    assert "is back, watching…" in card.text
    await calm.poll(times=4)
    assert calm.team.answers == [card]
    assert "is back" in card.text
    assert "Lasted 45 s, ended" in card.text
    assert card.buttons == ["Why"]


async def test_a_relapse_stays_in_the_same_message(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    calm.heal_channel("Чат на сайте")
    await calm.poll()
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    assert "is down (Error)" in card.text


async def test_reconnect_on_a_card_shows_who_pressed_and_what_came_of_it(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.press(calm.lead, "Reconnect", card)
    await calm.team.wait_for("Anna Lead pressed Reconnect")
    await calm.poll()
    await calm.team.wait_for("watching…")
    assert calm.team.answers == [card]
    assert "done" in card.text
    assert calm.channel("Чат на сайте")["_state"] == "active"


async def test_a_channel_that_cannot_be_reconnected_offers_no_such_button(calm: Story) -> None:
    calm.break_channel("Опт ВКонтакте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    assert card.buttons == TAKE_OR_MUTE


async def test_a_mute_is_shown_on_the_card_and_keeps_new_messages_away(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.mute(calm.lead, "Mute 1 h", card)
    assert "Muted by Anna Lead" in card.text
    calm.heal_channel("Чат на сайте")
    await calm.poll(times=6)
    assert "is back" in card.text
    calm.break_channel("Чат на сайте")
    await calm.poll(times=4)
    assert calm.team.answers == [card]
    await calm.poll(after=3600)
    assert len(calm.team.answers) == 2


async def test_unmute_takes_the_mute_off_the_card(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.mute(calm.lead, "Mute 1 h", card)
    await calm.press(calm.lead, "Unmute", card)
    assert "Muted" not in card.text
    assert card.buttons == ["Reconnect", *TAKE_OR_MUTE]


async def test_why_is_told_in_place_until_the_card_is_wanted_back(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    shown = card.text
    await calm.press(calm.viewer, "Why", card)
    assert card.text.startswith(shown)
    assert "Alert №1, opened" in card.text
    assert "Alert after 20 s in Error (2 checks); closes after 1 min without." in card.text
    assert card.buttons == ["◀️ Back"]
    await calm.press(calm.viewer, "Back", card)
    assert (card.text, card.buttons) == (shown, ["Reconnect", *TAKE_OR_MUTE])
    assert calm.team.answers == [card]


async def test_the_card_comes_back_by_itself_when_something_happens(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.press(calm.viewer, "Why", card)
    calm.heal_channel("Чат на сайте")
    await calm.poll()
    assert "is back, watching…" in card.text
    assert card.buttons == ["Why"], "what only waits for its end is nobody's to take"


async def test_the_lengths_of_a_mute_open_on_the_card_and_close_again(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    shown = card.text
    await calm.press(calm.lead, "Mute…", card)
    lengths = ["🔕 Mute 30 min", "🔕 Mute 1 h", "🔕 Mute until 9:00", "🔕 Mute until fixed"]
    assert (card.text, card.buttons) == (shown, [*lengths, "◀️ Back"])
    await calm.press(calm.lead, "Back", card)
    assert (card.text, card.buttons) == (shown, ["Reconnect", *TAKE_OR_MUTE])


async def test_answering_an_alert_with_reconnect_means_its_channel(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    answer = await calm.reply(calm.lead, card, "/reconnect")
    assert "is back" in answer.text
    assert calm.channel("Чат на сайте")["_state"] == "active"


async def test_a_removed_channel_closes_its_alert_as_removed(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    calm.channel("Чат на сайте")["__deletedAt"] = "2026-11-22T09:40:00.000Z"
    await calm.poll()
    (card,) = calm.team.answers
    assert "was removed" not in card.text
    await calm.poll()
    assert "was removed from Lines" in card.text


async def test_a_queue_at_its_limit_alerts_with_the_numbers_and_is_edited_when_it_drained(
    calm: Story,
) -> None:
    shop = calm.line("Shop")["__id"]
    calm.servers.simulation.flood(shop, 12)
    await calm.poll(times=6)
    (card,) = calm.team.answers
    assert "Shop #" in card.text
    assert "12 waiting, limit 10" in card.text
    assert card.buttons == ["Assign", "Queue", *TAKE_OR_MUTE]
    calm.servers.simulation.drain(shop)
    await calm.poll(times=10)
    assert calm.team.answers == [card]
    assert "queue is back to normal" in card.text
    assert "0 waiting" in card.text


async def test_one_long_wait_alerts_at_once(calm: Story) -> None:
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 1)
    await calm.poll(after=290)
    assert calm.team.answers == []
    await calm.poll(after=15)
    (card,) = calm.team.answers
    assert "1 waiting" in card.text


async def test_the_buttons_of_a_queue_alert_open_the_queue_and_the_assignment(calm: Story) -> None:
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 12)
    await calm.poll(times=6)
    (card,) = calm.team.answers
    await calm.press(calm.operator, "Queue", card)
    assert "Shop: 12 waiting" in calm.team.answers[-1].text
    await calm.press(calm.operator, "Assign", card)
    assert "Which session to assign?" in calm.team.answers[-1].text
    assert "Shop #" in card.text


async def test_lines_that_cannot_be_read_is_one_alert_and_nothing_else_opens_or_closes(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    calm.servers.lines.faults.inject(Fault.DOWN)
    calm.heal_channel("Чат на сайте")
    calm.break_channel("Shop Telegram")
    await calm.poll(times=5)
    assert len(calm.team.answers) == 2
    blind = calm.team.answers[1]
    assert "No connection to Lines" in blind.text
    assert "is down (Error)" in card.text
    calm.servers.lines.faults.clear()
    await calm.poll()
    assert "Lines is back" in blind.text
    await calm.poll(times=5)
    assert "is back" in card.text
    assert "Shop Telegram" in calm.team.answers[2].text
    assert len(calm.team.answers) == 3


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.HTML, Fault.DENY, Fault.QUOTA, Fault.DROP])
async def test_every_kind_of_outage_is_the_same_single_alert(calm: Story, fault: Fault) -> None:
    calm.servers.lines.faults.inject(fault)
    await calm.poll(times=4)
    (card,) = calm.team.answers
    assert "No connection to Lines" in card.text


async def test_a_poll_is_one_http_request(calm: Story) -> None:
    before = len(calm.servers.lines.requests)
    await calm.poll()
    assert len(calm.servers.lines.requests) == before + 1


async def test_every_alert_chat_gets_its_own_card_its_topic_included(calm: Story) -> None:
    chats = calm.servers.telegram.chats
    duty = chats.add_group(-1002, "Duty", [chats.persons[101]], is_forum=True)
    topic = chats.add_topic(duty, "Alerts")
    await calm.restart(alert_chats=(AlertTarget(TEAM), AlertTarget(-1002, topic)))
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    assert "is down (Error)" in calm.team.answers[0].text
    (card,) = calm.driver.chat("Duty").answers
    assert card.raw["message_thread_id"] == topic


async def test_a_closed_topic_gets_the_alert_beside_it(calm: Story) -> None:
    chats = calm.servers.telegram.chats
    duty = chats.add_group(-1002, "Duty", [chats.persons[101]], is_forum=True)
    topic = chats.add_topic(duty, "Alerts", closed=True)
    await calm.restart(alert_chats=(AlertTarget(-1002, topic),))
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.driver.chat("Duty").answers
    assert "is down (Error)" in card.text


async def test_a_restart_neither_repeats_an_alert_nor_forgets_one(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.restart()
    await calm.poll(times=2)
    assert calm.team.answers == [card]
    await calm.stop()
    calm.heal_channel("Чат на сайте")
    await calm.start()
    await calm.poll(times=6)
    assert calm.team.answers == [card]
    assert "is back" in card.text


async def test_trouble_that_began_before_a_restart_is_still_counted(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll()
    await calm.restart()
    await calm.poll()
    await calm.poll()
    assert len(calm.team.answers) == 1


async def test_an_alert_that_telegram_refused_for_a_while_arrives_once(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=2)
    calm.servers.telegram.faults.fail(SendMessage)
    await calm.poll()
    assert calm.team.answers == []
    status = await calm.ask(calm.lead, "/status")
    assert "🔴 Undelivered alerts: 1" in status.text
    await calm.poll(times=3)
    assert len(calm.team.answers) == 1
    status = await calm.ask(calm.lead, "/status")
    assert "🟢 Undelivered alerts: 0" in status.text


async def test_an_alert_whose_answer_was_lost_is_repeated_and_says_so(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    calm.servers.telegram.faults.drop(SendMessage)
    await calm.poll(times=4)
    await calm.poll(times=3)
    first, second = calm.team.answers
    assert "(resent)" not in first.text
    assert "(resent)" in second.text


async def test_a_chat_that_threw_the_bot_out_does_not_keep_the_others_waiting(calm: Story) -> None:
    chats = calm.servers.telegram.chats
    duty = chats.add_group(-1002, "Duty", [chats.persons[101]])
    calm.servers.telegram.people.kick_bot(duty, by=chats.persons[101])
    await calm.restart(alert_chats=(AlertTarget(-1002), AlertTarget(TEAM)))
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    assert len(calm.team.answers) == 1
    status = await calm.ask(calm.lead, "/status")
    # The administrator who would stand in never started the bot.
    assert "🔴 Undelivered alerts: 2" in status.text


async def test_a_card_that_a_person_deleted_is_sent_anew(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    await calm.app.bot.delete_message(calm.team.id, card.id)
    calm.heal_channel("Чат на сайте")
    await calm.poll(times=6)
    (anew,) = calm.team.answers
    assert anew.id != card.id
    assert "is back" in anew.text


async def test_status_tells_how_the_bot_is(calm: Story) -> None:
    calm.pass_time(7)
    answer = await calm.ask(calm.viewer, "/status", calm.team)
    assert "🟢 Last check of Lines" in answer.text
    assert "🟢 Last check of Lines 22.11" in answer.text
    assert "Open alerts: 0" in answer.text
    assert "🟢 Undelivered alerts: 0" in answer.text
