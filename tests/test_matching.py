"""Finding by name: loosely, but never by guessing between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.matching import find, normalize

CHANNELS = ["Shop Telegram", "Shop Telegram 2", "Shop Instagram", "Поддержка Viber", "Жёлтый сайт", "Опт"]
PEOPLE = ["Анна Петрова", "Анна Петровская", "Kate Brown", "Марат Сафин"]
NAMES = some.lists(some.text(max_size=20), max_size=20)


def search(query: str, names: list[str]) -> list[str]:
    return find(query, names, str)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("shop instagram", "Shop Instagram"),
        ("  ShOp   INSTAGRAM ", "Shop Instagram"),
        ("\u200eShop\u2060 Instagram", "Shop Instagram"),
        ("instagram", "Shop Instagram"),
        ("желтый сайт", "Жёлтый сайт"),
        ("ЖЁЛТЫЙ", "Жёлтый сайт"),
        ("viber", "Поддержка Viber"),
        ("ырщз штыефпкфь", "Shop Instagram"),
        ("Gjllth;rf", "Поддержка Viber"),
        ("jgn", "Опт"),
        ("instagarm", "Shop Instagram"),
        ("поддрежка", "Поддержка Viber"),
    ],
)
def test_a_name_is_found_through_case_spaces_layout_and_typos(query: str, found: str) -> None:
    assert search(query, CHANNELS) == [found]


def test_the_whole_name_is_preferred_to_a_part_of_another() -> None:
    assert search("shop telegram", CHANNELS) == ["Shop Telegram"]


def test_the_whole_name_in_the_other_layout_is_preferred_to_a_part() -> None:
    assert search("ghbdtn", ["ghbdtn, world", "Привет"]) == ["Привет"]


def test_a_part_is_preferred_to_a_typo() -> None:
    assert search("petrov", ["petrovv", "Petrow"]) == ["petrovv"]


def test_equal_names_are_all_told() -> None:
    assert search("kate", ["Kate", "KATE", "Kate Brown"]) == ["Kate", "KATE"]


def test_a_part_that_fits_several_tells_all_of_them() -> None:
    assert search("петров", PEOPLE) == ["Анна Петрова", "Анна Петровская"]


def test_a_typo_between_two_names_does_not_choose() -> None:
    names = ["Support desk 1", "Support desk 2", "Support desk 3"]
    assert set(search("suport desck", names)) == set(names)


@pytest.mark.parametrize("query", ["", "   ", "\u200b", "zzzzzz", "12345678"])
def test_what_fits_nothing_finds_nothing(query: str) -> None:
    assert search(query, CHANNELS) == []


@given(some.text(max_size=20), NAMES)
def test_only_candidates_are_found_and_each_once(query: str, names: list[str]) -> None:
    places = find(query, range(len(names)), lambda place: names[place])
    assert len(places) == len(set(places))
    assert set(places) <= set(range(len(names)))


@given(NAMES, some.data())
def test_an_exact_name_finds_itself_and_its_equals_only(names: list[str], data: some.DataObject) -> None:
    visible = [name for name in names if normalize(name)]
    if visible:
        name = data.draw(some.sampled_from(visible))
        assert search(name, names) == [each for each in names if normalize(each) == normalize(name)]


@given(some.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
