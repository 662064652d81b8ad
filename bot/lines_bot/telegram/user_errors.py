"""What people write and press that cannot be acted on."""

from collections.abc import Iterable
from datetime import timedelta

from aiogram.utils.formatting import Text

_MOST_NEAR = 3


class UserError(Exception):
    """What a person wrote or pressed cannot be acted on; `words` says it in their language.

    With the name of a `command`, its example follows.
    """

    def __init__(self, words: Text | str, command: str = "") -> None:
        super().__init__()
        self.words = words if isinstance(words, Text) else Text(words)
        self.command = command


class NameNotFound(UserError):
    """Nothing is called as the person wrote in `query`; `near` are the names that come closest to it."""

    def __init__(self, words: Text | str, query: str, near: Iterable[str], command: str = "") -> None:
        super().__init__(words, command)
        self.query, self.near = query, list(dict.fromkeys(near))[:_MOST_NEAR]


class LateRequest(Exception):
    """What would change something waited while the bot was away, and may not be meant any more."""

    def __init__(self, waited: timedelta, *, is_tap: bool) -> None:
        super().__init__()
        self.waited = waited
        self.is_tap = is_tap


class UnknownCard(Exception):
    """No card has this number."""


class HeldByAnother(Exception):
    """Somebody else is on an alert, and whoever asks is no lead."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


class NotYourButton(Exception):
    """A question that only the person who asked may answer."""
