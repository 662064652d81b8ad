"""Finding by name: loosely, but never by guessing between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.queries.matching import find, find_slip, normalize

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


@pytest.mark.parametrize(("query", "near"), [("shp tlg", "Shop Telegram"), ("vbr поддрж", "Поддержка Viber")])
def test_what_is_too_unlike_to_be_meant_may_be_asked_about(query: str, near: str) -> None:
    assert find(query, CHANNELS, str) == []
    assert near in find(query, CHANNELS, str, loosely=True)


def test_what_is_like_nothing_is_not_asked_about() -> None:
    assert find("xyzzy", CHANNELS, str, loosely=True) == []


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("queue", ["queue"]),
        ("QUEUE", ["queue"]),
        ("sess", ["session", "sessions"]),
        ("йгугу", ["queue"]),
        ("qeue", ["queue"]),
        ("lats", ["last"]),
        ("lasting", []),
        ("la", []),
        ("", []),
    ],
)
def test_a_slip_is_a_letter_or_two_and_no_more(word: str, meant: list[str]) -> None:
    assert find_slip(word, ["queue", "session", "sessions", "last"]) == meant


@given(NAMES, some.text(max_size=20))
def test_a_slip_is_always_of_a_known_word(known: list[str], word: str) -> None:
    assert set(find_slip(word, known)) <= set(known)
