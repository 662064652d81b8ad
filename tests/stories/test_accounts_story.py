"""/me and /link_me: who a person is in Lines."""

import pytest

from lines_bot.pagination import PAGE_SIZE
from tests.story import Story, find_button


async def test_an_administrator_says_who_a_person_is_and_the_person_sees_it(story: Story) -> None:
    assert "In Lines: not known." in (await story.ask(story.lead, "/me", story.team)).text
    linked = await story.ask(story.admin, f"/link_me {story.lead.id} Kate Brown", story.team)
    assert "is now Kate Brown in Lines" in linked.text
    assert "In Lines: 🟢 Kate Brown" in (await story.ask(story.lead, "/me", story.team)).text


async def test_answering_a_persons_message_names_them_and_a_dash_ends_it(story: Story) -> None:
    word = await story.lead.send("/help", story.team)
    await story.driver.quiet()
    await story.reply(story.admin, word, "/link_me Kate Brown")
    ended = await story.reply(story.admin, word, "/link_me -")
    assert "Anna Lead (101) is no longer linked with Lines." in ended.text
    assert "In Lines: not known." in (await story.ask(story.lead, "/me")).text


@pytest.mark.parametrize("arguments", ["101 зюзюзю", "101 #ffffff", "Kate Brown", "101 -"])
async def test_a_bad_link_changes_nothing(story: Story, arguments: str) -> None:
    answer = await story.ask(story.admin, f"/link_me {arguments}")
    assert answer.text.startswith("⚠️")
    assert "In Lines: not known." in (await story.ask(story.lead, "/me")).text


async def test_taps_alone_say_which_operator_a_person_is_and_end_it(story: Story) -> None:
    listed = await story.ask(story.admin, "/link_me")
    await story.press(story.admin, "Anna Lead", listed)
    await story.press(story.admin, "Which operator?", listed)
    assert listed.text == "Which operator in Lines is Anna Lead (101)?"
    assert "Nobody" not in listed.buttons
    await story.press(story.admin, "Kate Brown", listed)
    assert listed.text == "✅ Anna Lead (101) is now Kate Brown in Lines."
    assert "In Lines: 🟢 Kate Brown" in (await story.ask(story.lead, "/me")).text
    choice = await story.ask(story.admin, f"/link_me {story.lead.id}")
    assert find_button("Kate Brown", choice).startswith("✅")
    await story.press(story.admin, "Nobody", choice)
    assert choice.text == "✅ Anna Lead (101) is no longer linked with Lines."
    assert "In Lines: not known." in (await story.ask(story.lead, "/me")).text


async def test_of_operators_who_are_called_alike_one_is_pressed(story: Story) -> None:
    choice = await story.ask(story.admin, f"/link_me {story.lead.id} Петров")
    assert choice.text == "“Петров” fits several operators. Which one is Anna Lead (101)?"
    assert "In Lines: not known." in (await story.ask(story.lead, "/me")).text
    meant = choice.buttons[1]
    await story.press(story.admin, meant, choice)
    assert meant.split("Петров")[1].split(" · ")[0] in choice.text


async def test_many_operators_are_turned_page_by_page(story: Story) -> None:
    for number in range(PAGE_SIZE):
        values = {"__name": f"Night Operator {number}", "presence": "online"}
        story.servers.simulation.world.add("users", None, values)
    choice = await story.ask(story.admin, f"/link_me {story.lead.id}")
    first = choice.buttons
    await story.press(story.admin, "2/", choice)
    assert set(choice.buttons).isdisjoint(first[:PAGE_SIZE])
    name = choice.buttons[0].split(" ", 1)[1].split(" · ")[0]
    await story.press(story.admin, name, choice)
    assert f"Anna Lead (101) is now {name} in Lines" in choice.text


async def test_only_an_administrator_says_who_is_who(story: Story) -> None:
    answer = await story.ask(story.lead, f"/link_me {story.lead.id} Kate Brown")
    assert "Only administrators can do this" in answer.text


@pytest.mark.parametrize("word", ["-", "—", "nobody", "никто"])
async def test_a_word_for_nobody_that_is_a_part_of_a_name_ends_the_link(story: Story, word: str) -> None:
    story.user("Kate Brown")["__name"] = f"Anna{word}Maria"
    story.pass_time(600)
    await story.ask(story.admin, "/link_me 101 Марат Сафин")
    ended = await story.ask(story.admin, f"/link_me 101 {word}")
    assert "Anna Lead (101) is no longer linked with Lines." in ended.text
