"""What a written command says and which card it answers: read once, for every handler."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import MessageEntityType
from aiogram.filters import CommandObject
from aiogram.types import Message, TelegramObject
from aiogram.utils.i18n import gettext as _

from lines_bot.references import References
from lines_bot.telegram.incoming.request import Handler, Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.commands import find_commands
from lines_bot.telegram.views.view import clip, fill

_REFERENCE = re.compile(r"#([0-9a-f]{6,})")


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
            wordless = [each.name for each in find_commands().known if not each.usage]
            if words and command.command.casefold() in wordless:
                raise UserError(
                    fill(
                        _("/{command} takes no words, and I do not know what “{words}” means here."),
                        command=command.command.casefold(),
                        words=clip(words),
                    )
                )
            data["request"] = replace(request, words=words, answered=answered)
        return await handler(event, data)


def _list_answered(message: Message, bot_id: int) -> Sequence[str]:
    """The references that the bot itself put on its message that this one answers, not those it quotes."""
    card = message.reply_to_message
    if card is None or card.from_user is None or card.from_user.id != bot_id:
        return []
    text, entities = (card.text, card.entities) if card.text else (card.caption, card.caption_entities)
    codes = [each.extract_from(text or "") for each in entities or () if each.type == MessageEntityType.CODE]
    found = [_REFERENCE.fullmatch(code) for code in codes]
    return list(dict.fromkeys(match[1] for match in found if match))
