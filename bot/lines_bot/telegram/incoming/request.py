"""One person's command or tap, as handlers see it."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta

from aiogram.types import CallbackQuery

from lines_bot.clock import Clock
from lines_bot.people import Action, ChatContext, Person, may, offered
from lines_bot.references import Kind, Reference
from lines_bot.telegram.outgoing.reply import Reply


@dataclass(frozen=True)
class Request:
    """Who asks, where, the reply the answer goes to, and the tap if it was one.

    `waited`: how long it lay there while the bot was away. Of a command, also the `words` after its name, and
    what is shown on the card of the bot that it answers.
    """

    person: Person
    chat: ChatContext
    reply: Reply
    clock: Clock
    tap: CallbackQuery | None = None
    waited: timedelta = timedelta(0)
    words: str = ""
    answered: Sequence[Reference] = ()

    @property
    def context(self) -> ChatContext:
        """The chat, with the message that shows what comes of this."""
        return replace(self.chat, answer_message_id=self.reply.answer_message_id)

    @property
    def allowed(self) -> Set[Action]:
        """The actions that this person may take here."""
        return frozenset(action for action in Action if may(self.person, action, self.chat))

    @property
    def offered(self) -> Set[Action]:
        """The actions worth a button here."""
        return offered(self.person, self.context)

    def list_answered(self, kind: Kind) -> Sequence[str]:
        """The ids of what is of this kind on the answered card."""
        return [reference.target for reference in self.answered if reference.kind == kind]
