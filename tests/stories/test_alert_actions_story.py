"""What a team does about alerts: groups and storms, owners, mutes, rules, reasons, quiet hours."""

import pytest
from aiogram.methods import EditMessageText

from lines_bot.sandbox.faults import Fault
from lines_bot.settings import AlertTarget
from tests.story import Story

SHOP = ["Shop Telegram", "Shop Telegram 2", "Shop Instagram", "Чат на сайте", "orders@example.com"]
EVERY = [*SHOP, "Поддержка Viber", "help@example.com", "Wholesale Telegram", "Опт Viber", "Опт ВКонтакте"]


async def break_all(story: Story, names: list[str]) -> None:
    for name in names:
        story.break_channel(name)
    await story.poll(times=3)


async def test_a_second_channel_joins_the_first_ones_message(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    calm.break_channel("Shop Telegram")
    await calm.poll(times=3)
    (card,) = calm.team.answers
    assert "2 of 2 channels down" in card.text
    assert "Reconnect all (2)" in card.buttons


async def test_a_channel_that_breaks_much_later_gets_a_message_of_its_own(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    calm.break_channel("Shop Telegram")
    await calm.poll(after=121)
    await calm.poll(times=2)
    assert len(calm.team.answers) == 2


async def test_a_storm_is_one_message_with_pages_that_reach_every_channel(calm: Story) -> None:
    await break_all(calm, [*EVERY, "Поддержка Telegram"])
    (card,) = calm.team.answers
    assert "11 of 11 channels down" in card.text
    assert "Shop: 5" in card.text
    shown = card.text
    await calm.press(calm.lead, "2/2 ▶️", card)
    assert all(name in shown + card.text for name in EVERY)
    assert len(calm.team.answers) == 1


async def test_a_storm_lists_one_line_alone_when_asked_and_all_again(calm: Story) -> None:
    await break_all(calm, [*EVERY, "Поддержка Telegram"])
    (card,) = calm.team.answers
    assert card.buttons[:3] == ["Shop: 5", "Опт / Wholesale: 3", "Поддержка: 3"]
    await calm.press(calm.viewer, "Опт / Wholesale", card)
    assert "11 of 11 channels down" in card.text
    assert [name for name in EVERY if name in card.text] == [
        "Wholesale Telegram",
        "Опт Viber",
        "Опт ВКонтакте",
    ]
    assert card.buttons[:2] == ["✔️ Опт / Wholesale: 3", "Shop: 5"]
    await calm.press(calm.viewer, "Why", card)
    assert [name for name in EVERY if name in card.text] == EVERY[-3:]
    await calm.press(calm.viewer, "Back", card)
    await calm.press(calm.viewer, "✔️ Опт", card)
    assert all(name in card.text for name in SHOP)


async def test_alerts_lists_everything_open_in_pages(calm: Story) -> None:
    await break_all(calm, EVERY)
    answer = await calm.ask(calm.viewer, "/alerts")
    assert answer.text.startswith("Open alerts: 10\n")
    first = answer.text
    await calm.press(calm.viewer, "2/2 ▶️", answer)
    assert answer.text.startswith("Open alerts: 10\n")
    assert all((name in first) != (name in answer.text) for name in EVERY)


async def test_reconnect_all_cures_what_can_be_and_leaves_the_rest(calm: Story) -> None:
    await break_all(calm, EVERY)
    (card,) = calm.team.answers
    await calm.press(calm.lead, "Reconnect all", card)
    await calm.poll(times=6)
    assert calm.channel("Shop Telegram")["_state"] == "active"
    assert calm.channel("Опт ВКонтакте")["_state"] == "error"
    assert "1 of 10 channels down" in card.text


async def test_when_a_group_is_well_its_message_says_so_and_offers_only_why(calm: Story) -> None:
    await break_all(calm, SHOP)
    for name in SHOP:
        calm.heal_channel(name)
    await calm.poll(times=6)
    (card,) = calm.team.answers
    assert "5 channels are back" in card.text
    assert card.buttons == ["Why"]


async def test_who_takes_an_alert_is_shown_and_keeps_reminders_away(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.press(calm.operator, "Take", card)
    assert "Oleg Operator is on it" in card.text
    assert "🙋 Take" not in card.buttons
    await calm.poll(after=31 * 60)
    assert calm.team.answers == [card]
    await calm.poll(after=31 * 60)
    assert "is on it" not in card.text
    assert "Not fixed for" in calm.team.answers[-1].text


async def test_whoever_took_an_alert_releases_it_and_the_ledger_and_why_say_so(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.press(calm.operator, "Take", card)
    assert card.buttons == ["Reconnect", "Release", "Hand over…", "🔕 Mute…", "Why"]
    await calm.press(calm.operator, "Release", card)
    assert "is on it" not in card.text
    assert "🙋 Take" in card.buttons
    audit = (await calm.ask(calm.admin, "/audit")).text
    assert all(f"Oleg Operator · {verb}\n    Чат на сайте #" in audit for verb in ("Take", "Release"))
    await calm.press(calm.viewer, "Why", card)
    assert "Oleg Operator took it" in card.text
    assert "Oleg Operator released it" in card.text


async def test_an_alert_is_handed_to_a_person_of_the_team_most_recent_first(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.press(calm.lead, "Take", card)
    await calm.press(calm.lead, "Hand over…", card)
    assert card.buttons[0] == "🙋 Anna Lead"
    assert "🙋 Oleg Operator" in card.buttons
    assert "🙋 Vera Viewer" not in card.buttons, "a viewer takes nothing"
    await calm.press(calm.lead, "Oleg Operator", card)
    assert "Oleg Operator is on it until" in card.text
    await calm.press(calm.viewer, "Why", card)
    assert "Anna Lead handed it to Oleg Operator" in card.text


async def test_only_a_lead_takes_an_alert_from_somebody_else(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.press(calm.lead, "Take", card)
    await calm.press(calm.operator, "Release", card)
    assert "Anna Lead is on it: only Anna Lead or a lead can change that." in calm.team.answers[-1].text
    assert "Anna Lead is on it until" in card.text
    await calm.press(calm.admin, "Hand over…", card)
    await calm.press(calm.admin, card.buttons[0], card)
    assert "Anna Lead" not in card.text


async def test_an_alert_that_nobody_takes_is_said_again_as_an_answer_to_it(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    card = calm.team.answers[0]
    for minutes in (31, 31, 61, 121):
        await calm.poll(after=minutes * 60)
    reminders = calm.team.answers[1:]
    assert len(reminders) == 4
    assert all(each.raw["reply_to_message"]["message_id"] == card.id for each in reminders)


async def test_worse_breaks_through_an_owner(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.press(calm.lead, "Take", card)
    calm.break_channel("Shop Telegram")
    await calm.poll(times=3)
    assert "Getting worse: 2 problems" in calm.team.answers[-1].text
    assert len(calm.team.answers) == 2


@pytest.mark.parametrize(
    ("button", "lasts"), [("Mute 30 min", 30 * 60), ("Mute 1 h", 3600), ("Mute until 9:00", 23 * 3600)]
)
async def test_a_mute_ends_when_it_says(calm: Story, button: str, lasts: int) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.mute(calm.lead, button, card)
    assert "Muted by Anna Lead" in card.text
    await calm.poll(after=lasts - 60)
    assert "Muted" in card.text
    await calm.poll(after=3700)
    assert "Muted" not in card.text


async def test_a_mute_until_well_ends_when_it_is_well(calm: Story) -> None:
    await break_all(calm, ["Чат на сайте"])
    (card,) = calm.team.answers
    await calm.mute(calm.lead, "Mute until fixed", card)
    assert "until fixed" in card.text
    calm.heal_channel("Чат на сайте")
    await calm.poll(times=6)
    mutes = await calm.ask(calm.lead, "/mutes")
    assert "Nothing is muted." in mutes.text


async def test_mute_by_command_keeps_a_channel_silent_and_unmute_tells_what_is_true(calm: Story) -> None:
    told = await calm.ask(calm.lead, "/mute Чат на сайте 2h")
    assert "Чат на сайте is muted" in told.text
    await break_all(calm, ["Чат на сайте"])
    assert calm.team.answers == []
    told = await calm.ask(calm.lead, "/unmute Чат на сайте")
    assert "is no longer muted" in told.text
    assert "is down (Error)" in calm.team.answers[0].text


async def test_mutes_are_listed_and_ended_by_a_button(calm: Story) -> None:
    await calm.ask(calm.lead, "/mute Чат на сайте 2h")
    listed = await calm.ask(calm.lead, "/mutes")
    assert "Чат на сайте: by Anna Lead" in listed.text
    await calm.press(calm.lead, "Чат на сайте", listed)
    assert "is no longer muted" in listed.text


async def test_alerts_lists_what_is_open_and_who_holds_it(calm: Story) -> None:
    assert "No open alerts." in (await calm.ask(calm.viewer, "/alerts")).text
    await break_all(calm, ["Чат на сайте"])
    await calm.press(calm.lead, "Take", calm.team.answers[0])
    listed = await calm.ask(calm.viewer, "/alerts")
    assert "Чат на сайте" in listed.text
    assert "🙋 Anna Lead" in listed.text


async def test_why_tells_the_state_the_rule_and_the_last_changes(calm: Story) -> None:
    well = await calm.ask(calm.viewer, "/why Чат на сайте")
    assert "Works, so no alert." in well.text
    await break_all(calm, ["Чат на сайте"])
    why = await calm.ask(calm.viewer, "/why Чат на сайте")
    assert "Down; alert is open." in why.text
    assert "Alert after 20 s in Error (2 checks)" in why.text
    assert "alert opened" in why.text
    await calm.press(calm.viewer, "Why", calm.team.answers[0])
    assert "Down; alert is open." in calm.team.answers[0].text


async def test_a_rule_is_shown_as_a_difference_and_taken_by_a_tap(calm: Story) -> None:
    shown = await calm.ask(calm.lead, "/rules Shop queue_limit 3")
    assert "queue_limit for Shop:\n10 (default) → 3" in shown.text
    await calm.press(calm.lead, "Apply", shown)
    assert "queue_limit for Shop is now 3." in shown.text
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 4)
    calm.servers.simulation.flood(calm.line("Поддержка")["__id"], 4)
    await calm.poll(times=6)
    (card,) = calm.team.answers
    assert "Shop" in card.text
    assert "Поддержка" not in card.text


async def test_a_rule_is_taken_away_with_a_look_at_what_is_in_force_before_and_after(calm: Story) -> None:
    async def ask(words: str) -> str:
        shown = await calm.ask(calm.lead, f"/rules {words}")
        told = shown.text.partition("\n")[2]
        await calm.press(calm.lead, "Apply", shown)
        return told

    channel = "Чат на сайте"
    assert await ask("error_for 30") == "20 (default) → 30"
    assert await ask("Shop error_for 40") == "30 (everything) → 40"
    assert await ask(f"{channel} error_for 50") == "40 (line Shop) → 50"
    assert await ask(f"{channel} error_for default") == f"50 (channel {channel}) → 40 (line Shop)"
    assert await ask("Shop error_for default") == "40 (line Shop) → 30 (everything)"
    assert await ask("error_for default") == "30 (everything) → 20 (default)"
    listed = (await calm.ask(calm.lead, "/rules")).text
    assert "Every rule has its default." in listed
    assert "Shop: error_for = default · Anna Lead" in listed
    told = await calm.ask(calm.lead, "/rules Shop error_for default")
    assert "error_for is not set for Shop. Nothing was changed." in told.text


async def test_a_rule_is_changed_by_taps_alone(calm: Story) -> None:
    rules = await calm.ask(calm.lead, "/rules")
    assert "queue_limit · 10 (default)" in rules.text
    await calm.press(calm.lead, "queue_limit", rules)
    assert rules.text.startswith("queue_limit · 10 (default)\nhow many may wait\n")
    assert rules.buttons == ["5", "20", "50", "◀️ All rules"]
    await calm.press(calm.lead, "20", rules)
    assert rules.text == "queue_limit for everything:\n10 (default) → 20"
    await calm.press(calm.lead, "Apply", rules)
    assert "queue_limit · 20 (everything)" in (await calm.ask(calm.lead, "/rules")).text


async def test_a_change_of_a_rule_that_was_shown_long_ago_says_so(calm: Story) -> None:
    shown = await calm.ask(calm.lead, "/rules Shop queue_limit 3")
    calm.pass_time(8 * 86_400)
    await calm.press(calm.lead, "Apply", shown)
    assert "This change is too old." in calm.lead.private.answers[-1].text
    assert "Every rule has its default." in (await calm.ask(calm.lead, "/rules")).text


@pytest.mark.parametrize("words", ["queue_limit zero", "nonsense 5", "Shop queue_wait -1"])
async def test_a_bad_rule_changes_nothing(calm: Story, words: str) -> None:
    answer = await calm.ask(calm.lead, f"/rules {words}")
    assert "Nothing was changed" in answer.text
    assert "Every rule has its default." in (await calm.ask(calm.lead, "/rules")).text


async def test_quiet_hours_send_without_sound(calm: Story) -> None:
    told = await calm.ask(calm.lead, "/quiet 9:00-11:00", calm.team)
    assert "Quiet hours, every day 09:00–11:00" in told.text
    await break_all(calm, ["Чат на сайте"])
    sent = calm.servers.telegram.requests[-1]
    assert "is down (Error)" in calm.team.answers[-1].text
    assert getattr(sent, "disable_notification", None) is True


async def test_maintenance_holds_alerts_back_until_it_is_ended(calm: Story) -> None:
    told = await calm.ask(calm.lead, "/maintenance 2h", calm.team)
    await break_all(calm, ["Чат на сайте"])
    assert calm.team.answers == [told]
    await calm.press(calm.lead, "End it now", told)
    await calm.poll()
    assert "is down (Error)" in calm.team.answers[-1].text


async def test_flapping_is_one_line_on_the_card_and_no_stream_of_messages(calm: Story) -> None:
    for _ in range(8):
        calm.break_channel("Чат на сайте")
        await calm.poll(times=4)
        calm.heal_channel("Чат на сайте")
        await calm.poll(times=6)
    assert len(calm.team.answers) <= 3
    assert "Unstable" in calm.team.answers[-1].text


async def test_nobody_took_it_so_the_next_chat_is_called(calm: Story) -> None:
    chats = calm.servers.telegram.chats
    chats.add_group(-1009, "Bosses", [chats.persons[101]])
    for rule in ("escalate 10", "escalate_to -1009"):
        shown = await calm.ask(calm.lead, f"/rules {rule}")
        await calm.press(calm.lead, "Apply", shown)
    await break_all(calm, ["Чат на сайте"])
    await calm.restart()
    await calm.poll(after=11 * 60)
    assert "is down (Error)" in calm.driver.chat("Bosses").answers[0].text


async def test_heal_first_reconnects_before_anyone_is_called(calm: Story) -> None:
    shown = await calm.ask(calm.lead, "/rules heal on")
    await calm.press(calm.lead, "Apply", shown)
    await break_all(calm, ["Чат на сайте"])
    await calm.poll(times=2)
    assert calm.channel("Чат на сайте")["_state"] == "active"
    (line,) = calm.team.answers
    assert line.text.startswith("🩹 Fixed by the bot itself: 1\n🟢 Чат на сайте #")
    sent = calm.servers.telegram.requests[-1]
    assert getattr(sent, "disable_notification", None) is True


async def test_channels_that_heal_shortly_after_each_other_share_one_silent_message(calm: Story) -> None:
    shown = await calm.ask(calm.lead, "/rules heal on")
    await calm.press(calm.lead, "Apply", shown)
    await break_all(calm, ["Чат на сайте"])
    await calm.poll()
    await break_all(calm, ["Shop Telegram"])
    await calm.poll(times=2)
    (line,) = calm.team.answers
    assert "Fixed by the bot itself: 2" in line.text


async def test_a_chat_that_is_lost_is_stood_in_for_by_the_administrators(calm: Story) -> None:
    await calm.ask(calm.admin, "/help")
    chats = calm.servers.telegram.chats
    duty = chats.add_group(-1002, "Duty", [chats.persons[101]])
    calm.servers.telegram.people.kick_bot(duty, by=chats.persons[101])
    await calm.restart(alert_chats=(AlertTarget(-1002),))
    await break_all(calm, ["Чат на сайте"])
    await calm.poll()
    assert "is down (Error)" in calm.admin.private.answers[-1].text


async def test_a_group_that_became_a_supergroup_keeps_its_alerts_and_its_commands(calm: Story) -> None:
    chats = calm.servers.telegram.chats
    old = chats.add_group(-77, "Old team", [chats.persons[101]], kind="group")
    await calm.restart(alert_chats=(AlertTarget(-77),), chats=frozenset({-77}))
    calm.servers.telegram.people.upgrade(old, -1077)
    await break_all(calm, ["Чат на сайте"])
    (card,) = [
        each
        for each in calm.driver.messages
        if each[0] == -1077 and "Error" in str(calm.driver.messages[each])
    ]
    assert card


async def test_a_board_is_pinned_and_stays_true_through_changes_and_a_restart(calm: Story) -> None:
    telegram = calm.servers.telegram
    telegram.people.promote_bot(telegram.chats.chats[calm.team.id], by=telegram.chats.persons[105])
    await calm.lead.send("/board", calm.team)
    board = await calm.team.wait_for("Live chats now")
    await calm.driver.quiet()
    assert "down" not in board.text
    assert calm.team.pinned == [board]
    calm.break_channel("Чат на сайте")
    await calm.poll()
    assert "🔴 1 down" in board.text
    await calm.restart()
    calm.heal_channel("Чат на сайте")
    await calm.poll()
    assert "down" not in board.text
    await calm.press(calm.viewer, "Queue", board)
    assert "Live chats now" in board.text
    assert calm.team.answers[-1].text.startswith("Queue")


async def test_a_board_is_edited_at_most_every_five_seconds(calm: Story) -> None:
    await calm.lead.send("/board", calm.team)
    board = await calm.team.wait_for("Live chats now")
    await calm.driver.quiet()
    calm.break_channel("Чат на сайте")
    await calm.poll(after=3)
    assert "down" not in board.text
    await calm.poll(after=3)
    assert "🔴 1 down" in board.text


async def test_a_board_is_edited_only_when_what_it_shows_has_changed(calm: Story) -> None:
    def count_edits() -> int:
        edits = calm.servers.telegram.calls(EditMessageText)
        return sum(edit.message_id == board.id for edit in edits)

    calm.servers.simulation.flood(calm.line("Shop")["__id"], 3)
    await calm.lead.send("/board", calm.team)
    board = await calm.team.wait_for("Live chats now")
    await calm.driver.quiet()
    await calm.poll(times=2)
    before = count_edits()
    await calm.poll(times=10)
    assert count_edits() == before
    assert "Lines was read" not in board.text
    calm.servers.lines.faults.inject(Fault.DOWN)
    await calm.poll(times=12)
    assert "Lines was read" in board.text
    assert count_edits() - before <= 3
    calm.servers.lines.faults.clear()
    await calm.poll()
    assert "Lines was read" not in board.text
