"""One person's command or tap, as handlers see it."""

from collections.abc import Set
from dataclasses import dataclass, replace

from bot.people import Action, Person, Place, offered
from bot.telegram.screen import Screen


@dataclass(frozen=True)
class Request:
    """Who asks, where, and the screen the answer goes to."""

    person: Person
    chat: Place
    screen: Screen

    @property
    def place(self) -> Place:
        """The chat, with the message that shows what comes of this."""
        return replace(self.chat, answer=self.screen.answer)

    @property
    def offered(self) -> Set[Action]:
        """The actions worth a button here."""
        return offered(self.person, self.place)
