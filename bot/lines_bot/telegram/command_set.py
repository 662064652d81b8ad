"""The commands of one bot: which there are, which were chosen, and what stands before their names."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from lines_bot.people import Action, Role
from lines_bot.telegram.callbacks import Subject

_NAME = re.compile(r"[a-z_]{2,24}")


class Described(NamedTuple):
    """A command: the action or the least role it takes, what it does, and its arguments.

    `usage` gives those as a rule, `example` as they could be sent; `tapped`: the help has a button for it.
    """

    name: str
    action: Action | Role
    subject: Subject
    purpose: str
    usage: str = ""
    example: str = ""
    tapped: bool = True


class CommandSet:
    """`known` commands work by buttons; people can type those of `only`, all if there is none.

    What extensions `add` can be typed always; the sentences of those are `translations`, by language.
    """

    def __init__(
        self, known: Sequence[Described], prefix: str = "", only: Collection[str] | None = None
    ) -> None:
        self.known = list(known)
        self.prefix = prefix
        self.translations: dict[str, dict[str, str]] = {}
        self._only = only

    @property
    def chosen(self) -> Sequence[Described]:
        """What people can type."""
        return [
            each
            for each in self.known
            if self._only is None or each.name in self._only or each.subject == "more"
        ]

    def add(self, command: Described, translations: Mapping[str, str]) -> None:
        """One more, with what it does in other languages. ValueError if its name is no name or is taken."""
        if not _NAME.fullmatch(command.name) or command.name in [each.name for each in self.known]:
            raise ValueError(f"no command can be called {command.name!r}")
        self.known.append(command)
        for locale, purpose in translations.items():
            self.translations.setdefault(locale, {})[command.purpose] = purpose

    def write(self, name: str) -> str:
        """A command as people type it."""
        return f"/{self.prefix}{name}"

    def rewrite(self, sentence: str) -> str:
        """The sentence with the commands in it, and the places for commands, as people type them."""
        if not self.prefix or "/" not in sentence:
            return sentence
        names = "|".join(each.name for each in self.known)
        return re.sub(rf"(?<![\w/}}])/(?=(?:{names})\b|\{{)", f"/{self.prefix}", sentence)
