"""/channels and /reconnect, as people use them."""

import asyncio

from lines_bot.sandbox.faults import Fault
from tests.story import Story


async def test_channels_lists_the_broken_ones_first_with_counts_and_the_age_of_the_data(story: Story) -> None:
    story.break_channel("Чат на сайте")
    answer = await story.ask(story.lead, "/channels", story.team)
    first_lines = answer.text.splitlines()
    assert first_lines[1] == "🔴 2 down · ⚪ 1 disconnected · 🟢 11 work"
    order = ["Чат на сайте", "Partner live chat"]
    assert sorted(order, key=answer.text.index) == order
    assert answer.text.endswith("Read 22.11 09:30 UTC")
    assert answer.buttons == [
        "🔴 Shop Instagram",
        "🔴 Чат на сайте",
        "⚪ Partner live chat",
        "🟢 11 work",
        "🔄 Refresh",
    ]


async def test_what_works_stands_behind_one_button_in_the_same_message(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    broken = answer.text
    await story.press(story.lead, "🟢 12 work", answer)
    assert "Shop Telegram 2" in answer.text
    assert "Shop Instagram" not in answer.text
    await story.press(story.lead, "🔴 Not working: 2", answer)
    assert answer.text == broken
    assert len(story.team.answers) == 1


async def test_a_line_stands_once_in_a_list_of_channels(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels shop", story.team)
    assert answer.text.splitlines().count("Shop") == 1


async def test_when_everything_works_the_list_says_so(calm: Story) -> None:
    calm.channel("Partner live chat")["_state"] = "active"
    calm.pass_time(10)
    answer = await calm.ask(calm.lead, "/channels", calm.team)
    assert "🟢 All channels work." in answer.text
    assert answer.buttons == ["🟢 14 work", "🔄 Refresh"]


async def test_pages_turn_in_place_and_keep_the_filter_text(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    await story.press(story.lead, "🟢 12 work", answer)
    first = answer.text
    await story.press(story.lead, "2/2 ▶️", answer)
    assert answer.text != first
    await story.press(story.lead, "◀️ 1/2", answer)
    assert answer.text == first
    narrow = await story.ask(story.lead, "/channels telegram", story.team)
    assert "Shop Telegram 2" in narrow.text
    assert "Чат на сайте" not in narrow.text


async def test_refresh_shows_what_became_true_and_how_old_it_was(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    story.break_channel("Чат на сайте")
    story.pass_time(3)
    await story.press(story.lead, "🔄 Refresh", answer)
    assert answer.text.endswith("Read 22.11 09:30 UTC")
    story.pass_time(10)
    await story.press(story.lead, "🔄 Refresh", answer)
    assert "🔴 2 down" in answer.text


async def test_a_broken_channel_opens_its_card_with_reconnect(story: Story) -> None:
    answer = await story.ask(story.lead, "/channels", story.team)
    await story.press(story.lead, "🔴 Shop Instagram", answer)
    card = story.team.answers[-1]
    assert card.id != answer.id
    assert "Line: Shop" in card.text
    await story.press(story.lead, "Reconnect", card)
    assert "Shop Instagram" in card.text
    assert "is back" in card.text
    assert story.channel("Shop Instagram")["_state"] == "active"


async def test_reconnect_by_name_acts_and_shows_the_state_read_again(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect shop instagram", story.team)
    assert "is back" in answer.text
    methods = [method for request in story.servers.lines.requests for method in request.methods]
    assert methods[methods.index("channels.reconnect") + 1 :].count("channels.search") >= 1


async def test_reconnect_offers_what_comes_close_and_finds_the_wrong_keyboard_layout(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect Shop Instagarm", story.team)
    assert not story.count_calls("channels.reconnect")
    await story.press(story.lead, "/reconnect Shop Instagram", answer)
    assert "is back" in story.team.messages[-1].text
    again = await story.ask(story.lead, "/reconnect Ырщз Штыефпкфь", story.team)
    assert "Shop Instagram" in again.text
    assert "works." in again.text


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
    assert "“Vkontakte” cannot be reconnected from here" in answer.text


async def test_an_unknown_name_changes_nothing_and_says_where_to_look(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect зюзюзю", story.team)
    assert answer.text == "⚠️ No channel “зюзюзю”. All of them: /channels"
    assert not story.count_calls("channels.reconnect")


async def test_an_unknown_reference_is_named(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect #abcdef", story.team)
    assert "Nothing is known under #abcdef" in answer.text


async def test_a_second_reconnect_changes_nothing_and_tells_who_was_first(story: Story) -> None:
    first = await story.ask(story.lead, "/reconnect Shop Instagram", story.team)
    assert "is back" in first.text
    second = await story.ask(story.admin, "/reconnect Shop Instagram", story.team)
    assert "works." in second.text
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
    assert "works" in answer.text


async def test_a_lost_answer_is_looked_up_and_told_as_it_is(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    story.servers.lines.faults.inject(Fault.DROP, times=1, method="channels.reconnect")
    await story.press(story.lead, "Reconnect Shop Instagram", answer)
    assert "is back" in answer.text
    assert "Done (confirmed by re-reading Lines)." in answer.text
    assert story.count_calls("channels.reconnect") == 1


async def test_a_change_that_was_never_carried_out_is_told_as_not_done(story: Story) -> None:
    answer = await story.ask(story.lead, "/reconnect", story.team)
    story.servers.lines.faults.inject(Fault.DOWN, times=1, method="channels.reconnect")
    await story.press(story.lead, "Reconnect Shop Instagram", answer)
    assert "Not done (confirmed by re-reading Lines), the state is: 🔴 Error. Try again." in answer.text
    assert story.channel("Shop Instagram")["_state"] == "error"


async def test_a_list_is_shown_with_its_age_when_lines_cannot_be_read(story: Story) -> None:
    await story.ask(story.lead, "/channels", story.team)
    story.pass_time(90)
    story.servers.lines.faults.inject(Fault.HTML)
    answer = await story.ask(story.lead, "/channels", story.team)
    assert "Shop Instagram" in answer.text
    assert "Read 22.11" in answer.text
    assert "Lines answers with an error" in answer.text
