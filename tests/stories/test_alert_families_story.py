"""What is true of every family of alerts: its own rule, mutes that cover a line, names in the lists."""

from lines_bot.sandbox.faults import Fault
from tests.driver import Message
from tests.story import Story

SITE = "Чат на сайте"


async def set_rule(story: Story, words: str) -> None:
    await story.press(story.lead, "Apply", await story.ask(story.lead, f"/rules {words}"))


async def let_grow(story: Story, line: str = "Shop") -> None:
    """After a calm look six more wait at each, so that 25 do: half of the limit of 40 and more."""
    await set_rule(story, f"{line} queue_limit 40")
    for count in (1, 6, 6, 6, 6):
        story.servers.simulation.flood(story.line(line)["__id"], count)
        await story.poll()


def one_card(story: Story) -> Message:
    (card,) = story.team.answers
    return card


async def test_why_on_a_growth_card_tells_the_rule_of_its_line(calm: Story) -> None:
    await let_grow(calm)
    card = one_card(calm)
    assert "limit 40" in card.text
    await calm.press(calm.viewer, "Why", card)
    assert "Alert when 40 or more wait" in calm.team.answers[-1].text
    assert "Alert when 40 or more wait" in (await calm.ask(calm.viewer, "/why Shop")).text


async def test_why_tells_the_rule_that_a_channel_has_from_its_line_before_anything_happened(
    calm: Story,
) -> None:
    await set_rule(calm, "Shop error_for 120")
    assert "after 2 min in Error" in (await calm.ask(calm.viewer, f"/why {SITE}")).text


async def test_a_mute_of_a_line_keeps_the_warning_of_its_growth_away(calm: Story) -> None:
    await calm.ask(calm.lead, "/mute Shop 2h")
    await let_grow(calm)
    assert calm.team.answers == []
    told = await calm.ask(calm.lead, "/unmute Shop")
    assert "Shop is no longer muted." in told.text
    assert "is growing" in one_card(calm).text


async def test_a_mute_of_a_line_covers_the_growth_card_that_stands_already_and_ends_there(
    calm: Story,
) -> None:
    await let_grow(calm)
    await calm.ask(calm.lead, "/mute Shop 2h")
    card = one_card(calm)
    assert "Muted by Anna Lead" in card.text
    await calm.press(calm.lead, "Unmute", card)
    assert "Muted" not in card.text
    assert "Nothing is muted." in (await calm.ask(calm.lead, "/mutes")).text


async def test_a_mute_of_a_growth_card_is_ended_by_the_name_of_the_line(calm: Story) -> None:
    await let_grow(calm)
    card = one_card(calm)
    await calm.mute(calm.lead, "Mute 1 h", card)
    assert "Shop: by Anna Lead" in (await calm.ask(calm.lead, "/mutes")).text
    told = await calm.ask(calm.lead, "/unmute Shop")
    assert "Shop is no longer muted." in told.text
    assert "Muted" not in card.text


async def test_a_mute_of_a_growth_card_lets_the_alarm_of_the_queue_through(calm: Story) -> None:
    await let_grow(calm)
    await calm.mute(calm.lead, "Mute 1 h", one_card(calm))
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 20)
    await calm.poll(times=6)
    assert "waiting, limit 40" in calm.team.answers[-1].text


async def test_a_mute_of_a_line_until_it_is_well_lasts_as_long_as_its_growth(calm: Story) -> None:
    await let_grow(calm)
    await calm.ask(calm.lead, "/mute Shop")
    assert "until fixed" in one_card(calm).text
    calm.drain_queues()
    await calm.poll(times=10)
    assert "Nothing is muted." in (await calm.ask(calm.lead, "/mutes")).text


async def test_the_mute_of_lines_itself_has_a_name_and_a_button_that_ends_it(calm: Story) -> None:
    calm.servers.lines.faults.inject(Fault.DOWN)
    await calm.poll(times=4)
    card = one_card(calm)
    await calm.mute(calm.lead, "Mute 1 h", card)
    calm.servers.lines.faults.clear()
    listed = await calm.ask(calm.lead, "/mutes")
    assert "Lines: by Anna Lead" in listed.text
    assert listed.buttons == ["🔔 Lines"]
    await calm.press(calm.lead, "🔔 Lines", listed)
    assert "Lines is no longer muted." in listed.text
    assert "Nothing is muted." in (await calm.ask(calm.lead, "/mutes")).text


async def test_a_line_that_is_removed_while_its_queue_alerts_is_told_as_removed(calm: Story) -> None:
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 12)
    await calm.poll(times=6)
    card = one_card(calm)
    await calm.poll(after=400)
    calm.line("Shop")["__deletedAt"] = "2026-11-22T09:40:00.000Z"
    await calm.poll(times=3)
    assert card.text.startswith("⚪ Shop #")
    assert "was removed from Lines" in card.text
    assert "waiting" not in card.text
    assert calm.team.answers[-1].text.startswith("⚪ Removed from Lines after")


async def test_a_line_that_is_removed_while_its_queue_grows_is_told_as_removed(calm: Story) -> None:
    await let_grow(calm)
    calm.line("Shop")["__deletedAt"] = "2026-11-22T09:40:00.000Z"
    await calm.poll(times=3)
    assert one_card(calm).text.startswith("⚪ Shop #")
