"""Finding what a person meant by a name: loosely, but never by guessing between two."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from lines_bot.spelling import normalize, spell

Item = TypeVar("Item")

_SHORTEST_SLIP = 3
_MOST_NEAR = 8
_LEAST_SCORE = 60  # of 100
_FARTHEST = 40  # behind the most alike
_DIGITS = re.compile(r"\d+")


def find(query: str, items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """The items meant by `query`, by the strictest reading that finds any.

    The readings: the same name, a part of the name, either one typed in the other keyboard layout.
    """
    named = [(normalize(name(item)), item) for item in items]
    spellings = [spelling for spelling in spell(query) if spelling]
    for spelling in spellings:
        if same := [item for title, item in named if title == spelling]:
            return same
    for spelling in spellings:
        if part := [item for title, item in named if spelling in title]:
            return part
    return []


def find_near(query: str, items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """The items whose names come close, the most alike first: to be asked about, never to be acted on.

    Another digit is another name, not a typo.
    """
    named = [(normalize(name(item)), item) for item in items]
    for spelling in filter(None, spell(query)):
        digits = set(_DIGITS.findall(spelling))
        titles = {
            place: title for place, (title, _) in enumerate(named) if digits <= set(_DIGITS.findall(title))
        }
        near = process.extract(
            spelling, titles, scorer=fuzz.WRatio, score_cutoff=_LEAST_SCORE, limit=_MOST_NEAR
        )
        if near:
            best = near[0][1]
            return [named[place][1] for _, score, place in near if score >= best - _FARTHEST]
    return []


def is_same(query: str, name: str) -> bool:
    """Whether this is the whole name."""
    return normalize(query) == normalize(name)


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
