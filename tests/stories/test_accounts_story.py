"""/me and /link_me: who a person is in Lines."""

import pytest

from tests.story import Story


async def test_an_administrator_says_who_a_person_is_and_the_person_sees_it(story: Story) -> None:
    assert "In Lines: not known." in (await story.ask(story.lead, "/me", story.team)).text
    linked = await story.ask(story.admin, f"/link_me {story.lead.id} Kate Brown", story.team)
    assert "is Kate Brown in Lines from now on" in linked.text
    assert "In Lines: 🟢 Kate Brown" in (await story.ask(story.lead, "/me", story.team)).text


async def test_answering_a_persons_message_names_them_and_a_dash_ends_it(story: Story) -> None:
    word = await story.lead.send("/help", story.team)
    await story.driver.quiet()
    await story.reply(story.admin, word, "/link_me Kate Brown")
    ended = await story.reply(story.admin, word, "/link_me -")
    assert "Anna Lead (101) is nobody in Lines any more." in ended.text
    assert "In Lines: not known." in (await story.ask(story.lead, "/me")).text


@pytest.mark.parametrize("arguments", ["", "101", "101 зюзюзю", "101 Петров", "Kate Brown", "101 -"])
async def test_a_bad_link_changes_nothing(story: Story, arguments: str) -> None:
    answer = await story.ask(story.admin, f"/link_me {arguments}")
    assert answer.text.startswith("⚠️") or "Write the whole name" in answer.text
    assert "In Lines: not known." in (await story.ask(story.lead, "/me")).text


async def test_only_an_administrator_says_who_is_who(story: Story) -> None:
    answer = await story.ask(story.lead, f"/link_me {story.lead.id} Kate Brown")
    assert "This takes the role “admin”" in answer.text
