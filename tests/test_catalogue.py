"""Bringing the catalogues up to date loses no translation, and touches nothing where nothing changed."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.catalogue import LOCALES, Sentence, list_sentences, update_catalogue

HELD = """
msgid "Take"
msgstr "Беру"

msgid "Gone"
msgstr "Ушло"

msgid "{count} alert"
msgid_plural "{count} alerts"
msgstr[0] "{count} оповещение"
msgstr[1] "{count} оповещения"
msgstr[2] "{count} оповещений"

#~ msgid "Gone long ago"
#~ msgstr "Давно ушло"
""".encode()
SENTENCES: list[Sentence] = [
    "Release",
    "Take",
    ("{count} alert", "{count} alerts"),
    ("{count} day", "{count} days"),
]


def read(text: bytes, locale: str = "ru") -> Catalog:
    return read_po(io.BytesIO(text), locale=locale)


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")), ids=str)
def test_an_up_to_date_catalogue_stays_as_it_is_to_the_byte(path: Path) -> None:
    text = path.read_bytes()
    assert update_catalogue(text, path.parent.parent.name, list_sentences()) == (text, 0)


def test_new_sentences_come_last_and_lost_ones_go() -> None:
    text, untranslated = update_catalogue(HELD, "ru", SENTENCES)
    told = {message.id: message.string for message in read(text) if message.id}
    assert told == {
        "Take": "Беру",
        ("{count} alert", "{count} alerts"): (
            "{count} оповещение",
            "{count} оповещения",
            "{count} оповещений",
        ),
        "Release": "",
        ("{count} day", "{count} days"): ("", "", ""),
    }
    assert list(told)[-2:] == ["Release", ("{count} day", "{count} days")]
    assert untranslated == 2
    assert b"Gone" not in text


def test_a_sentence_that_was_changed_takes_no_guess_from_the_old_one() -> None:
    text, _untranslated = update_catalogue(HELD, "ru", ["Take!"])
    (message,) = (message for message in read(text) if message.id)
    assert (message.id, message.string, message.fuzzy) == ("Take!", "", False)


def test_an_empty_catalogue_is_filled_with_the_plural_forms_of_its_language() -> None:
    text, untranslated = update_catalogue(b"", "de", SENTENCES)
    catalogue = read(text, "de")
    assert untranslated == len(catalogue) == len(SENTENCES)
    assert {message.string for message in catalogue if message.pluralizable} == {("", "")}
    assert "nplurals=2" in text.decode()
