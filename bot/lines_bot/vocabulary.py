"""The words people type, in both languages, and the lengths and hours they write."""

import re
from collections.abc import Sequence
from datetime import time, timedelta

from lines_bot.spelling import normalize

ME = frozenset({"me", "мне", "я"})
BOT = frozenset({"bot", "бот", "боту"})
ALL = frozenset({"all", "все"})
NOBODY = frozenset({"-", "nobody", "никто"})
TODAY = frozenset({"today", "сегодня"})
YESTERDAY = frozenset({"yesterday", "вчера"})
OFF = frozenset({"off", "выкл"})
ON = frozenset({"on", "вкл"})

LONGEST = timedelta(days=366)
_MOST_WORDS = 4  # 1 h 30 min
_UNITS = {
    timedelta(seconds=1): "s sec secs second seconds с сек секунда секунды секунду секунд",
    timedelta(minutes=1): "m min mins minute minutes м мин минута минуты минуту минут",
    timedelta(hours=1): "h hr hrs hour hours ч час часа часов",
    timedelta(days=1): "d day days д дн день дня дней сут сутки суток",
    timedelta(weeks=1): "w wk week weeks н нед неделя недели неделю недель",
}
_LENGTHS = {word: length for length, words in _UNITS.items() for word in words.split()}
_PART = re.compile(r"(\d{1,5}(?:[.,]\d{1,2})?) ?([a-zа-я]+)\.?")
_LENGTH = re.compile(rf"{_PART.pattern}(?: ?{_PART.pattern})*")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")


def is_word(text: str, words: frozenset[str]) -> bool:
    """Whether a person wrote one of these words."""
    return normalize(text) in words


def read_length(text: str) -> timedelta | None:
    """`30m`, `2 h`, `1.5h`, `1h30m` or `2 часа`; None if it is no length, none at all, or over 366 days."""
    plain = normalize(text)
    if not _LENGTH.fullmatch(plain):
        return None
    length = timedelta(0)
    for number, unit in _PART.findall(plain):
        if unit not in _LENGTHS:
            return None
        length += float(number.replace(",", ".")) * _LENGTHS[unit]
    return length if timedelta(0) < length <= LONGEST else None


def is_like_length(text: str) -> bool:
    """Whether a text has the form of a length, though it may be none: `0h`, `-2h`, `400d`."""
    return bool(_LENGTH.fullmatch(normalize(text).lstrip("-")))


def split_length(text: str) -> tuple[str, timedelta] | None:
    """The length at the end of a text, the longest that reads as one, and what stands before it."""
    words = text.split()
    for place in range(len(words)):
        if length := read_length(" ".join(words[place:])):
            return " ".join(words[:place]), length
    return None


def read_first_length(words: Sequence[str]) -> tuple[timedelta, int] | None:
    """The length that these words begin with, and how many of them say it."""
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        if length := read_length(" ".join(words[:count])):
            return length, count
    return None


def read_hours(text: str) -> tuple[int, int] | None:
    """The minutes of the day in `22:00-8:00`, `22.00 – 8` or the like; None if it is not like that."""
    read = [_read_clock(part.strip()) for part in normalize(text).split("-")]
    match read:
        case [int(begin), int(end)] if begin != end:
            return begin, end
    return None


def _read_clock(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    try:
        read = time(int(match[1]), int(match[2] or 0))
    except ValueError:
        return None
    return read.hour * 60 + read.minute
