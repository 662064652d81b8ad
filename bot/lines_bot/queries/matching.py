"""Finding what a person meant by a name: loosely, but never by guessing between two."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

Item = TypeVar("Item")

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_SWAP = str.maketrans(_LATIN + _RUSSIAN, _RUSSIAN + _LATIN)
_MOST_TYPOS = 8
_SHORTEST_SLIP = 3


class _Typos(NamedTuple):
    """How alike a name must be, of 100, and how far behind the most alike it may stay."""

    score: int
    apart: int


_SURE = _Typos(score=80, apart=5)
_LOOSE = _Typos(score=60, apart=40)


def normalize(text: str) -> str:
    """Case, ё, spaces and invisible characters make no difference."""
    visible = "".join(char for char in text if char.isprintable() or char.isspace())
    return re.sub(r"\s+", " ", visible).strip().casefold().replace("ё", "е")


def spell(text: str) -> list[str]:
    """The text as it is compared, and as it reads in the other keyboard layout."""
    asked = normalize(text)
    return [asked, normalize(asked.translate(_SWAP))]


def find(
    query: str, items: Iterable[Item], name: Callable[[Item], str], *, loosely: bool = False
) -> list[Item]:
    """The items meant by `query`, by the strictest reading that finds any.

    The readings: the same name, a part of the name, either one typed in the other keyboard layout, a typo.
    What is found `loosely` may be asked about, but not acted on.
    """
    named = [(normalize(name(item)), item) for item in items]
    asked = normalize(query)
    if not asked:
        return []
    spellings = spell(query)
    for spelling in spellings:
        if same := [item for title, item in named if title == spelling]:
            return same
    for spelling in spellings:
        if part := [item for title, item in named if spelling in title]:
            return part
    return _find_typos(spellings, named, _LOOSE if loosely else _SURE)


def find_slip(word: str, known: Sequence[str]) -> list[str]:
    """The known words that `word` may be a slip of, by the strictest reading that finds any.

    The readings: the same word, its beginning, either one in the other keyboard layout, a letter or two off.
    """
    spellings = [spelling for spelling in spell(word) if len(spelling) >= _SHORTEST_SLIP]
    for spelling in spellings:
        if same := [each for each in known if each == spelling]:
            return same
    for spelling in spellings:
        if begun := [each for each in known if each.startswith(spelling)]:
            return begun
    for spelling in spellings:
        most = 1 if len(spelling) < 5 else 2
        distances = {each: OSA.distance(spelling, each) for each in known}
        least = min(distances.values(), default=most + 1)
        if least <= most:
            return [each for each, distance in distances.items() if distance == least]
    return []


def _find_typos(spellings: Sequence[str], named: list[tuple[str, Item]], typos: _Typos) -> list[Item]:
    titles = [title for title, _ in named]
    for spelling in spellings:
        near = process.extract(
            spelling, titles, scorer=fuzz.WRatio, score_cutoff=typos.score, limit=_MOST_TYPOS
        )
        if near:
            best = near[0][1]
            return [named[place][1] for _, score, place in near if score >= best - typos.apart]
    return []
