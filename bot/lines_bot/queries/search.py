"""What a person looks for among the sessions: words, a state and an age in any order."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from lines_bot.lines import SessionState
from lines_bot.lines.enums import OPEN_STATES
from lines_bot.queries.matching import normalize

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
_UNITS = {"m": 60, "м": 60, "h": 3600, "ч": 3600, "d": 86400, "д": 86400}
_AGE = re.compile(r"(\d{1,4})([mhdмчд])")


@dataclass(frozen=True)
class SessionSearch:
    """`text` may be in any part, `parts` each in its own. No `states` are all; `older` is since the start."""

    text: str
    parts: Mapping[Part, str]
    states: Collection[SessionState]
    older: timedelta | None


def read_age(word: str) -> timedelta | None:
    """`30m`, `2h` or `7d`; None if it is none of these."""
    match = _AGE.fullmatch(word)
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]]) if match else None


def read_search(text: str) -> SessionSearch:
    """Read `shop waiting >2h` or `operator:kate closed`; without words, the open sessions are meant."""
    words: list[str] = []
    parts: dict[Part, str] = {}
    states: set[SessionState] = set()
    older = None
    for word in text.split():
        plain = normalize(word)
        name, colon, value = plain.partition(":")
        if colon and value and name in PARTS:
            parts[PARTS[name]] = value
        elif plain in _STATES:
            states.update(_STATES[plain])
        elif (age := read_age(plain.removeprefix(">"))) is not None:
            older = age
        else:
            words.append(word)
    if not words and not parts and not states:
        states.update(OPEN_STATES)
    return SessionSearch(" ".join(words), parts, states, older)
