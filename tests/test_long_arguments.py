"""Commands whose arguments are longer or larger than anything that could be meant."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lines_bot.people import Person, Role
from tests.story import Story


@pytest.mark.parametrize("number", ["9" * 17, "9" * 30, "9" * 4000])
@pytest.mark.parametrize("command", ["/grant {} lead", "/revoke {}"])
async def test_a_number_that_no_person_has_is_not_understood(story: Story, command: str, number: str) -> None:
    answer = await story.ask(story.admin, command.format(number))
    assert answer.text.startswith("⚠️")
    assert "/grant 123456 operator" in answer.text


async def test_the_largest_number_of_telegram_can_be_given_a_role(story: Story) -> None:
    answer = await story.ask(story.admin, f"/grant {2**52} lead")
    await story.press(story.admin, "Give the role", answer)
    assert answer.text.startswith("✅")


async def test_of_an_endless_search_only_the_length_of_a_name_is_remembered(
    story: Story, tmp_path: Path
) -> None:
    answer = await story.ask(story.viewer, "/channels " + "ж" * 4000)
    assert "No such channels." in answer.text
    with closing(sqlite3.connect(tmp_path / "demo.db")) as memory:
        (longest,) = memory.execute("SELECT max(length(text)) FROM texts").fetchone()
    assert longest < 100


async def test_a_long_list_of_people_is_paged(story: Story) -> None:
    for number in range(1000, 1060):
        await story.app.people.grant(number, f"Person {number}", Role.VIEWER, Person(105, "Ada"))
    answer = await story.ask(story.admin, "/grant")
    seen = answer.text
    for page in ("2/3 ▶️", "3/3 ▶️"):
        await story.press(story.admin, page, answer)
        seen += answer.text
    assert all(f"Person {number}" in seen for number in range(1000, 1060))
