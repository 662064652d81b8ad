"""Finding by name: loosely, but never by guessing between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.queries.matching import find, find_near, find_slip
from lines_bot.spelling import normalize

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
        ("«shop instagram»", "Shop Instagram"),
        ("Ｓｈｏｐ Instagram", "Shop Instagram"),
    ],
)
def test_a_name_is_found_through_case_width_spaces_quotes_and_layout(query: str, found: str) -> None:
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


@pytest.mark.parametrize(
    ("query", "near"),
    [("instagarm", "Shop Instagram"), ("поддрежка", "Поддержка Viber"), ("shp tlg", "Shop Telegram")],
)
def test_a_typo_is_asked_about_and_never_taken_for_the_name(query: str, near: str) -> None:
    assert search(query, CHANNELS) == []
    assert near in find_near(query, CHANNELS, str)


@pytest.mark.parametrize("query", ["suport desck 12", "support desk 21", "Support desk 1"])
def test_another_digit_is_another_name_and_no_typo(query: str) -> None:
    names = ["Support desk 2", "Support desk 3", "Support 12 desk"]
    assert search(query, names) == []
    assert all("12" in name for name in find_near(query, names, str))


def test_names_that_come_equally_close_are_all_offered() -> None:
    names = ["Support desk 1", "Support desk 2", "Support desk 3"]
    assert set(find_near("suport desck", names, str)) == set(names)


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


def test_what_is_like_nothing_is_not_asked_about() -> None:
    assert find_near("xyzzy", CHANNELS, str) == []


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
