"""Everything the bot says exists in Russian and reads right there; English needs no catalogue."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from aiogram.utils.i18n import gettext
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from lines_bot.telegram.language import Language, write_time
from lines_bot.telegram.views.labels import count_channels, count_waiting, name_duration
from lines_bot.telegram.views.view import moment
from tests.catalogue import LOCALES, list_sentences

CATALOGUE = LOCALES / "ru/LC_MESSAGES/messages.po"
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
# Commands, rules, settings, references and the product's name stay as they are in every language.
KEPT = re.compile(r"/[a-z_]+|[a-z]+_[a-z]+|[A-Z]+_[A-Z]+|ADMINS|CHATS|lines-bot check|#[0-9a-f]+|ELMA365")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return read_po(CATALOGUE.read_bytes().splitlines(), locale="ru")


@pytest.fixture(scope="module")
def sources() -> set[str | tuple[str, ...]]:
    return set(list_sentences())


def read_translations(catalogue: Catalog) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The forms of each sentence, English and Russian."""
    for message in catalogue:
        if message.id:
            english, russian = message.id, message.string or ""
            yield (
                (english,) if isinstance(english, str) else english,
                (russian,) if isinstance(russian, str) else russian,
            )


def test_the_catalogue_holds_the_sentences_of_the_code_and_no_others(
    catalogue: Catalog, sources: set[str | tuple[str, ...]]
) -> None:
    held = {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue}
    assert held - {""} == sources, "bring it up to date: python -m tests.catalogue"
    assert not catalogue.obsolete


def test_every_sentence_has_a_russian_one_that_is_no_guess(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    for english, russian in read_translations(catalogue):
        assert len(russian) == (1 if len(english) == 1 else 3), english
        assert all(russian), english


def test_a_translation_keeps_the_places_commands_and_settings(catalogue: Catalog) -> None:
    def list_kept(text: str) -> list[str]:
        return sorted(KEPT.findall(text)) + sorted(name for _, name, *_ in Formatter().parse(text) if name)

    for english, russian in read_translations(catalogue):
        for form in russian:
            assert list_kept(form) == list_kept(english[-1]), form


def test_a_promise_that_nothing_was_changed_is_kept_in_translation(catalogue: Catalog) -> None:
    for english, russian in read_translations(catalogue):
        assert ("Nothing was changed" in english[0]) == ("Ничего не изменено" in russian[0]), russian


@pytest.mark.parametrize(
    ("count", "found", "waiting", "english"),
    [
        (0, "0 каналов", "0 ждут", "0 channels"),
        (1, "1 канал", "1 ждёт", "1 channel"),
        (2, "2 канала", "2 ждут", "2 channels"),
        (5, "5 каналов", "5 ждут", "5 channels"),
        (11, "11 каналов", "11 ждут", "11 channels"),
        (21, "21 канал", "21 ждёт", "21 channels"),
        (101, "101 канал", "101 ждёт", "101 channels"),
    ],
)
def test_counts_agree_with_their_words(count: int, found: str, waiting: str, english: str) -> None:
    with Language("ru", MOSCOW).speak():
        assert (count_channels(count), count_waiting(count)) == (found, waiting)
    with Language("en", MOSCOW).speak():
        assert (count_channels(count), count_waiting(count)) == (english, f"{count} waiting")


@pytest.mark.parametrize(
    ("length", "english", "russian"),
    [
        (timedelta(seconds=-5), "0 s", "0 с"),
        (timedelta(seconds=59), "59 s", "59 с"),
        (timedelta(minutes=12, seconds=30), "12 min", "12 мин"),
        (timedelta(hours=3, minutes=5), "3 h 5 min", "3 ч 5 мин"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h", "2 дн. 4 ч"),
    ],
)
def test_a_duration_names_its_two_largest_units(length: timedelta, english: str, russian: str) -> None:
    with Language("en", MOSCOW).speak():
        assert name_duration(length) == english
    with Language("ru", MOSCOW).speak():
        assert name_duration(length) == russian


def test_english_needs_no_catalogue(sources: set[str | tuple[str, ...]]) -> None:
    english = Language("en", MOSCOW)
    assert "en" not in english.locales
    with english.speak():
        for source in sources:
            assert isinstance(source, tuple) or gettext(source) == source


def test_a_language_is_spoken_inside_its_block_only() -> None:
    with Language("en", MOSCOW).speak():
        with Language("ru", MOSCOW).speak():
            assert gettext("Refresh") == "Обновить"
        assert gettext("Refresh") == "Refresh"


def test_times_are_written_in_the_zone_of_the_settings() -> None:
    with Language("ru", MOSCOW).speak():
        assert write_time(NOW) == "22.11 12:30 MSK"
        text, (entity,) = moment(NOW).render()
        assert text == "22.11 12:30 MSK"
        assert entity.unix_time == NOW.timestamp()
    with Language("en", ZoneInfo("UTC")).speak():
        assert write_time(NOW) == "22.11 09:30 UTC"
