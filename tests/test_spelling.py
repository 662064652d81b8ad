"""One form for what people type and what Lines holds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.spelling import list_forms, normalize, split_into_pieces


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Йогурт", unicodedata.normalize("NFD", "йогурт")),
        ("Ёлкин Семён", "елкин семен"),
        ("Ｓｈｏｐ １", "shop 1"),
        ("Anna–Maria", "anna-maria"),
        ("Anna\u2011Maria", "ANNA−MARIA"),
        ("ООО «Ромашка»", 'ооо "ромашка"'),
        ("O’Brien", "O'Brien"),
        ("Shop\u00a0 \tInstagram", "shop instagram"),
        ("Sh\u200bop\u00ad", "shop"),
        ("❤️ Shop", "❤ Shop"),
        ("ﬁsh", "fish"),
    ],
)
def test_what_reads_alike_is_one(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Shop 12", "Shop 21"), ("Олег", "Ольга"), ("и", "й"), ("a b", "ab")]
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalize(one) != normalize(other)


@given(some.text(max_size=30))
def test_every_piece_of_a_text_is_one_of_its_forms(text: str) -> None:
    for piece in split_into_pieces(text):
        assert piece in list_forms(piece)
        assert {normalize(form) for form in list_forms(piece)} == {piece}


@pytest.mark.parametrize(
    "stored", ["Семён", unicodedata.normalize("NFD", "Семён"), "СЕМЕН", "ＳＥＭＥＮ", "Трёхзвёздный"]
)
def test_a_piece_is_asked_for_as_it_may_be_stored(stored: str) -> None:
    (piece,) = split_into_pieces(stored)
    assert stored.casefold() in list_forms(piece)
