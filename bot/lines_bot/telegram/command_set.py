"""The commands of one bot: which there are, which were chosen, and what stands before their names."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from lines_bot.people import Action
from lines_bot.telegram.callbacks import Subject


class Described(NamedTuple):
    """A command: the action it takes, what it does, and its arguments, as a rule and as an example.

    `tapped`: a page of the help has a button for it.
    """

    name: str
    action: Action
    subject: Subject
    purpose: str
    usage: str = ""
    example: str = ""
    tapped: bool = True


class CommandSet:
    """`known` commands work by buttons; people can type those of `only`, all if there is none."""

    def __init__(
        self, known: Sequence[Described], prefix: str = "", only: Collection[str] | None = None
    ) -> None:
        self.known = list(known)
        self.prefix = prefix
        self._only = only

    @property
    def chosen(self) -> Sequence[Described]:
        """What people can type."""
        return [each for each in self.known if self._only is None or each.name in self._only]

    def write(self, name: str) -> str:
        """A command as people type it."""
        return f"/{self.prefix}{name}"

    def rewrite(self, sentence: str) -> str:
        """The sentence with the commands in it, and the places for commands, as people type them."""
        if not self.prefix or "/" not in sentence:
            return sentence
        names = "|".join(each.name for each in self.known)
        return re.sub(rf"(?<![\w/}}])/(?=(?:{names})\b|\{{)", f"/{self.prefix}", sentence)
