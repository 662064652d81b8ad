"""The words, lengths and hours that people type."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.vocabulary import (
    ALL,
    BOT,
    LONGEST,
    ME,
    is_word,
    read_first_length,
    read_hours,
    read_length,
    split_length,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", HOUR / 2),
        ("2h", 2 * HOUR),
        ("2 h", 2 * HOUR),
        ("2 hours", 2 * HOUR),
        ("1 Hour", HOUR),
        ("1.5h", 1.5 * HOUR),
        ("1,5 ч", 1.5 * HOUR),
        ("1h30m", 1.5 * HOUR),
        ("1 h 30 min", 1.5 * HOUR),
        ("1ч30м", 1.5 * HOUR),
        ("30 мин", HOUR / 2),
        ("30 мин.", HOUR / 2),
        ("2 часа", 2 * HOUR),
        ("5 часов", 5 * HOUR),
        ("2\u00a0часа", 2 * HOUR),
        ("１２ h", 12 * HOUR),
        ("90 секунд", timedelta(seconds=90)),
        ("7d", timedelta(days=7)),
        ("7 дней", timedelta(days=7)),
        ("сутки", None),
        ("1 неделя", timedelta(days=7)),
        ("366d", LONGEST),
        ("367d", None),
        ("90", None),
        ("0h", None),
        ("0", None),
        ("-2h", None),
        ("−2h", None),
        ("tomorrow", None),
        ("2 apples", None),
        ("h", None),
        ("1h30", None),
        ("1h 2", None),
        ("1.h", None),
        ("99999999h", None),
        ("", None),
    ],
)
def test_a_length_is_read_as_people_write_it_or_not_at_all(text: str, length: timedelta | None) -> None:
    assert read_length(text) == length


@given(some.text(max_size=20))
def test_no_text_is_a_length_of_nothing_or_of_years(text: str) -> None:
    length = read_length(text)
    assert length is None or timedelta(0) < length <= LONGEST


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Website chat 2 h", ("Website chat", 2 * HOUR)),
        ("Shop 24 2h", ("Shop 24", 2 * HOUR)),
        ("Shop 1 h 30 min", ("Shop", 1.5 * HOUR)),
        ("2h", ("", 2 * HOUR)),
        ("Shop", None),
        ("Shop 90", None),
        ("2h Shop", None),
        ("", None),
    ],
)
def test_a_length_is_what_stands_at_the_end(text: str, split: tuple[str, timedelta] | None) -> None:
    assert split_length(text) == split


def test_the_first_words_that_say_a_length_are_counted() -> None:
    assert read_first_length(["1", "h", "30", "min", "ago"]) == (1.5 * HOUR, 4)
    assert read_first_length(["2h", "shop"]) == (2 * HOUR, 1)
    assert read_first_length(["shop", "2h"]) is None


@pytest.mark.parametrize(
    "text",
    ["22:00-8:00", "22.00-8.00", "22:00–8:00", "22:00 — 8", "22−8", "22\u201108:00", " 22:00  - 08:00 "],
)
def test_hours_are_read_with_any_dash_and_either_point(text: str) -> None:
    assert read_hours(text) == (22 * 60, 8 * 60)


@pytest.mark.parametrize("text", ["22:00", "25-8", "22:60-8", "8-8", "22-8-9", "a-b", "", "22:00 8:00"])
def test_what_are_no_hours_are_none(text: str) -> None:
    assert read_hours(text) is None


def test_words_are_known_in_both_languages_and_any_case() -> None:
    assert all(is_word(word, ME) for word in ("Мне", "ME", " я "))
    assert all(is_word(word, ALL) for word in ("всё", "Все", "all"))
    assert not is_word("robot", BOT)
