"""How an update gets to its handlers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot, Dispatcher, Router
from aiogram.types import Update

from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.language import Language


@dataclass
class Attempt:
    """One handing over of an update: how long it waited, and whether it was handed over before.

    `is_put_off`: it is one of many that waited, and is not to be run now.

    `trouble` of the memory: beforehand the reason why it cannot be worked on yet, afterwards why it was not.
    """

    waited: timedelta = timedelta(0)
    is_repeat: bool = False
    is_put_off: bool = False
    trouble: DatabaseTrouble | None = None


@dataclass(frozen=True)
class Intake:
    """The handlers of a dispatcher, the bot they know, and among them the `router` of ours."""

    dispatcher: Dispatcher
    bot: Bot
    router: Router
    language: Language

    async def feed(self, update: Update, attempt: Attempt) -> None:
        """Hand it over. Raises what handlers raise, and the trouble of the memory that ours met."""
        await self.dispatcher.feed_update(self.bot, update, lines_attempt=attempt)
        if attempt.trouble is not None:
            raise attempt.trouble

    def list_commands(self) -> Collection[str]:
        """The names of our commands as people type them."""
        commands = self.language.commands
        return {commands.write(each.name)[1:] for each in commands.chosen} if commands else set()

    async def refuse(self, update: Update, trouble: DatabaseTrouble) -> None:
        """Let ours say what is wrong to whoever may ask at all; nobody else hears of the update."""
        await self.router.propagate_event(
            update.event_type,
            update.event,
            bot=self.bot,
            event_update=update,
            lines_attempt=Attempt(trouble=trouble),
        )
