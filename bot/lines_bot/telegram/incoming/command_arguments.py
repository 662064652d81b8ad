"""What a written command says and which card it answers: read once, for every handler."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram import BaseMiddleware
from aiogram.filters import CommandObject
from aiogram.types import Message, TelegramObject

from lines_bot.references import References
from lines_bot.telegram.incoming.access import Handler
from lines_bot.telegram.incoming.request import Request

_REFERENCE = re.compile(r"#([0-9a-f]{6,})\b")


class CommandArgumentsMiddleware(BaseMiddleware):
    """Puts a command's words and the card that it answers into the request; asked after the filters."""

    def __init__(self, references: References) -> None:
        self._references = references

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message), "registered for messages"
        command: CommandObject | None = data.get("command")
        if command is not None:
            request: Request = data["request"]
            answered = await self._references.find_known(_list_answered(event, data["bot"].id))
            words = (command.args or "").strip()
            data["request"] = replace(request, words=words, answered=answered)
        return await handler(event, data)


def _list_answered(message: Message, bot_id: int) -> Sequence[str]:
    """The references on the bot's own message that this one answers; anybody can write one in another."""
    card = message.reply_to_message
    if card is None or card.from_user is None or card.from_user.id != bot_id:
        return []
    return list(dict.fromkeys(_REFERENCE.findall(card.text or "")))
