"""What a person looks for among the sessions: words, a state and an age in any order."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from lines_bot.lines import SessionState
from lines_bot.lines.enums import OPEN_STATES
from lines_bot.spelling import normalize
from lines_bot.vocabulary import read_first_length

Part = Literal["client", "line", "channel", "operator"]
PARTS: Mapping[str, Part] = {
    "client": "client",
    "клиент": "client",
    "line": "line",
    "линия": "line",
    "channel": "channel",
    "канал": "channel",
    "operator": "operator",
    "оператор": "operator",
}
_STATES: Mapping[str, Collection[SessionState]] = {
    "open": OPEN_STATES,
    "открытые": OPEN_STATES,
    "waiting": {SessionState.WAITING},
    "queue": {SessionState.WAITING},
    "очередь": {SessionState.WAITING},
    "bot": {SessionState.ASSIGNED_TO_BOT},
    "бот": {SessionState.ASSIGNED_TO_BOT},
    "assigned": {SessionState.ASSIGNED_TO_OPERATOR},
    "назначенные": {SessionState.ASSIGNED_TO_OPERATOR},
    "closed": {SessionState.CLOSED},
    "закрытые": {SessionState.CLOSED},
    "spam": {SessionState.MARKED_AS_SPAM},
    "спам": {SessionState.MARKED_AS_SPAM},
}
_TOKEN = re.compile(r'"([^"]+)"|(\S+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))


@dataclass(frozen=True)
class SessionSearch:
    """`text` may be in any part, `parts` each in its own. No `states` are all; `older` is since the start.

    `guessed`: the words that were taken for a state or an age though they could be in a name.
    """

    text: str
    parts: Mapping[Part, str]
    states: Collection[SessionState]
    older: timedelta | None
    guessed: str = ""


def read_search(text: str) -> SessionSearch:
    """Read `shop waiting >2h` or `operator:kate closed`; without words, the open sessions are meant.

    What stands in quotes is only text.
    """
    words: list[str] = []
    parts: dict[Part, str] = {}
    states: set[SessionState] = set()
    guessed: list[str] = []
    older = None
    left = split_words(text)
    while left:
        word, is_quoted = left[0]
        plain = normalize(word)
        name, colon, value = plain.partition(":")
        used = 1
        if is_quoted:
            words.append(word)
        elif age := read_first_length([each.word.removeprefix(">") for each in left]):
            older, used = age
            guessed += [] if word.startswith(">") else [each.word for each in left[:used]]
        elif colon and value and name in PARTS:
            parts[PARTS[name]] = value
        elif plain in _STATES:
            states.update(_STATES[plain])
            guessed.append(word)
        else:
            words.append(word)
        left = left[used:]
    if not words and not parts and not states:
        states.update(OPEN_STATES)
    return SessionSearch(" ".join(words), parts, states, older, " ".join(guessed))


class Word(NamedTuple):
    """A word of a search, or several that were in quotes: those are only text."""

    word: str
    is_quoted: bool = False


def split_words(text: str) -> Sequence[Word]:
    """The words of a search."""
    return [Word(quoted or word, bool(quoted)) for quoted, word in _TOKEN.findall(text.translate(_QUOTES))]


def quote(text: str) -> str:
    """The same words, to be searched for as they are."""
    return f'"{normalize(text)}"'
