"""One person's command or tap, as handlers see it."""

from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject

from lines_bot.clock import Clock
from lines_bot.people import Action, ChatContext, Person, Role, may, offered
from lines_bot.references import Kind, Reference
from lines_bot.telegram.outgoing.reply import Reply

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Request:
    """Who asks, where, the reply the answer goes to, and the tap or the message.

    `waited`: how long it lay there while the bot was away. Of a command, also the `words` after its name, and
    what is shown on the card of the bot that it answers.
    """

    person: Person
    chat: ChatContext
    reply: Reply
    clock: Clock
    tap: CallbackQuery | None = None
    waited: timedelta = timedelta(0)
    message: Message | None = None
    words: str = ""
    answered: Sequence[Reference] = ()

    @property
    def context(self) -> ChatContext:
        """The chat, with the message that shows what comes of this."""
        return replace(self.chat, answer_message_id=self.reply.answer_message_id)

    @property
    def allowed(self) -> Set[Action | Role]:
        """The actions that this person may take here, and the roles that they cover."""
        return frozenset(each for each in (*Action, *Role) if may(self.person, each, self.chat))

    @property
    def offered(self) -> Set[Action]:
        """The actions worth a button here."""
        return offered(self.person, self.context)

    @property
    def text(self) -> str:
        """What was written, if it was written."""
        return (self.message.text or self.message.caption or "") if self.message else ""

    @property
    def reply_to(self) -> Message | None:
        """The message that is answered."""
        return self.message.reply_to_message if self.message else None

    @property
    def topic(self) -> int | None:
        """The topic of a forum that it was written in."""
        return self.message.message_thread_id if self.message and self.message.is_topic_message else None

    @property
    def asked_at(self) -> datetime:
        """When it was written, as far as that is known."""
        return self.clock.now() - self.waited

    def list_answered(self, kind: Kind) -> Sequence[str]:
        """The ids of what is of this kind on the answered card."""
        return [reference.target for reference in self.answered if reference.kind == kind]


class RequestMiddleware(BaseMiddleware):
    """Hands a handler its request in the event's place: it holds the event, and who asks; asked last."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        request: Any = data["request"]
        return await handler(request, {name: each for name, each in data.items() if name != "request"})
