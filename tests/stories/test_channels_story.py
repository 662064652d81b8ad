"""/channels and /reconnect, as people use them."""

import asyncio

from lines_bot.sandbox.faults import Fault
from tests.story import Story


async def test_channels_lists_the_broken_ones_first_with_counts_and_the_age_of_the_data(story: Story) -> None:
    story.break_channel("Чат на сайте")
    answer = await story.ask(story.lead, "/channels", story.team)
    first_lines = answer.text.splitlines()
    assert first_lines[1] == "🔴 Error 2 · ⚪ Disconnected 1 · 🟢 Active 11"
    order = ["Чат на сайте", "Partner live chat", "🟢 Active Shop"]
    assert sorted(order, key=answer.text.index) == order
    assert answer.text.endswith("Read just now")
    assert {"🔴 Shop Instagram", "⚪ Partner live chat", "🔄 Refresh", "2/2 ▶️"} <= set(answer.buttons)


async def test_a_filter_button_shows_only_that_state_in_the_same_message(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    await story.press(story.lead, "⚪ Disconnected", answer)
    assert "Partner live chat" in answer.text
    assert "Shop Instagram" not in answer.text
    assert len(story.team.answers) == 1


async def test_pages_turn_in_place_and_keep_the_filter_text(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    first = answer.text
    await story.press(story.lead, "2/2 ▶️", answer)
    assert answer.text != first
    await story.press(story.lead, "◀️ 1/2", answer)
    assert answer.text == first
    narrow = await story.ask(story.lead, "/channels telegram", story.team)
    await story.press(story.lead, "🟢 Active", narrow)
    assert "Shop Telegram 2" in narrow.text
    assert "Чат на сайте" not in narrow.text


async def test_refresh_shows_what_became_true_and_how_old_it_was(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    story.break_channel("Чат на сайте")
    story.pass_time(3)
    await story.press(story.lead, "🔄 Refresh", answer)
    assert answer.text.endswith("Read 3 s ago")
    story.pass_time(10)
    await story.press(story.lead, "🔄 Refresh", answer)
    assert "🔴 Error 2" in answer.text
    assert answer.text.endswith("Read just now")


async def test_a_broken_channel_opens_its_card_with_reconnect(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    await story.press(story.lead, "🔴 Shop Instagram", answer)
    card = story.team.answers[-1]
    assert card.id != answer.id
    assert "Line: Shop" in card.text
    await story.press(story.lead, "Reconnect", card)
    assert "Shop Instagram" in card.text
    assert "is active again" in card.text
    assert story.channel("Shop Instagram")["_state"] == "active"


async def test_reconnect_by_name_acts_and_shows_the_state_read_again(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect shop instagram", story.team)
    assert "is active again" in answer.text
    methods = [method for request in story.servers.lines.requests for method in request.methods]
    assert methods[methods.index("channels.reconnect") + 1 :].count("channels.search") >= 1


async def test_reconnect_offers_what_comes_close_and_finds_the_wrong_keyboard_layout(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect Shop Instagarm", story.team)
    assert not story.count_calls("channels.reconnect")
    await story.press(story.lead, "/reconnect Shop Instagram", answer)
    assert "is active again" in story.team.messages[-1].text
    again = await story.ask(story.lead, "/reconnect Ырщз Штыефпкфь", story.team)
    assert "Shop Instagram" in again.text
    assert "is active." in again.text


async def test_reconnect_with_an_ambiguous_name_asks_and_changes_nothing(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect shop tele", story.team)
    assert "Which one?" in answer.text
    assert {"Shop Telegram · Shop", "Shop Telegram 2 · Shop"} == set(answer.buttons)
    assert not story.count_calls("channels.reconnect")


async def test_reconnect_without_a_name_offers_what_can_be_and_says_why_the_rest_cannot(story: Story) -> None:
    story.break_channel("Опт ВКонтакте")
    answer = await story.ask(story.lead, "/reconnect", story.team)
    assert "Reconnect Shop Instagram" in answer.buttons
    assert "Reconnect Опт ВКонтакте" not in answer.buttons
    assert "“vkontakte” cannot be reconnected from here" in answer.text


async def test_an_unknown_name_changes_nothing_and_says_where_to_look(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect зюзюзю", story.team)
    assert answer.text == "⚠️ No channel is called “зюзюзю”. Send /channels to see them all."
    assert not story.count_calls("channels.reconnect")


async def test_an_unknown_reference_is_named(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect #abcdef", story.team)
    assert "Nothing is known under #abcdef" in answer.text


async def test_a_second_reconnect_changes_nothing_and_tells_who_was_first(story: Story) -> None:
    first = await story.ask(story.lead, "/reconnect Shop Instagram", story.team)
    assert "is active again" in first.text
    second = await story.ask(story.admin, "/reconnect Shop Instagram", story.team)
    assert "is active." in second.text
    assert "Already done by Anna Lead" in second.text
    assert story.count_calls("channels.reconnect") == 1


async def test_many_taps_at_once_reconnect_once_and_are_all_answered(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    story.servers.lines.faults.inject(Fault.SLOW, times=1)
    taps = [
        asyncio.create_task(who.press("Reconnect Shop Instagram", answer))
        for who in (story.lead, story.admin, story.lead, story.admin, story.lead)
    ]
    toasts = await asyncio.gather(*taps)
    story.servers.lines.faults.release()
    await story.driver.quiet()
    assert len(toasts) == 5
    assert story.count_calls("channels.reconnect") == 1
    assert "is active" in answer.text


async def test_a_lost_answer_is_looked_up_and_told_as_it_is(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    story.servers.lines.faults.inject(Fault.DROP, times=1, method="channels.reconnect")
    await story.press(story.lead, "Reconnect Shop Instagram", answer)
    assert "is active again" in answer.text
    assert "Lines never answered; the channel itself, read again, says so." in answer.text
    assert story.count_calls("channels.reconnect") == 1


async def test_a_change_that_was_never_carried_out_is_told_as_not_done(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    story.servers.lines.faults.inject(Fault.DOWN, times=1, method="channels.reconnect")
    await story.press(story.lead, "Reconnect Shop Instagram", answer)
    assert "Read again, the state is: 🔴 Error. So it was not done; you may try again." in answer.text
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_a_list_is_shown_with_its_age_when_lines_cannot_be_read(story: Story) -> None:
    await story.ask(story.lead, "/channels", story.team)
    story.pass_time(90)
    story.servers.lines.faults.inject(Fault.HTML)
    answer = await story.ask(story.lead, "/channels", story.team)
    assert "Shop Instagram" in answer.text
    assert "Read 1 min ago" in answer.text
    assert "Lines answered with something unreadable" in answer.text
