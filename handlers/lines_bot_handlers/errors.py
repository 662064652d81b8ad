"""Whatever a handler raises becomes a sentence in its chat; what was unforeseen goes to the log too."""

import logging
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import CancelHandler, SkipHandler
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.types import InlineKeyboardButton, TelegramObject

from lines_bot.references import References
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.incoming.intake import Attempt
from lines_bot.telegram.incoming.request import Handler, Request
from lines_bot.telegram.outgoing.delivery import ChatGone
from lines_bot.telegram.user_errors import LateRequest, NameNotFound
from lines_bot.telegram.views.errors import describe_error, is_foreseen
from lines_bot_handlers.suggestions import offer_repeats

_log = logging.getLogger(__name__)


class ErrorMiddleware(BaseMiddleware):
    """Tells whoever asked what went wrong; asked before access, which is where a request comes from."""

    def __init__(self, references: References) -> None:
        self._references = references

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        try:
            return await handler(event, data)
        except (SkipHandler, CancelHandler):
            raise
        except Exception as error:
            attempt: Attempt = data["attempt"]
            # Whoever feeds the updates tries again what met a memory that was not there.
            attempt.trouble = error if isinstance(error, DatabaseTrouble) else None
            await self._answer(error, data["event_update"].update_id, data.get("request"), attempt.is_repeat)
            return None

    async def _answer(self, error: Exception, number: int, request: Request | None, is_repeat: bool) -> None:
        if isinstance(error, TelegramAPIError | ChatGone):
            _log.warning("update %s is not answered: %s", number, error)
            return
        if not is_foreseen(error):
            _log.error("update %s failed", number, exc_info=error)
        if request is None:
            return
        buttons = []
        if isinstance(error, NameNotFound):
            buttons = await _offer_names(error, request, self._references)
        elif isinstance(error, LateRequest):
            buttons = await _offer_again(request, self._references)
        if is_repeat:
            return
        try:
            await request.reply.answer_error(describe_error(error), [[each] for each in buttons])
        except TelegramAPIError as refusal:
            _log.warning("update %s is not told what is wrong: %s", number, refusal)


async def _offer_again(request: Request, references: References) -> list[InlineKeyboardButton]:
    if not request.text.startswith("/"):
        return []
    written = Command.extract_command(request.text)
    return await offer_repeats(request, [(written.command, written.args or "")], references)


async def _offer_names(
    error: NameNotFound, request: Request, references: References
) -> list[InlineKeyboardButton]:
    """The same command with the names that come close."""
    if not request.text.startswith("/"):
        return []
    written = Command.extract_command(request.text)
    words = f" {' '.join((written.args or '').split())} "
    before, found, after = words.partition(f" {' '.join(error.query.split())} ")
    if not found:
        return []
    meant = [(written.command, f"{before} {name} {after}".strip()) for name in error.near]
    return await offer_repeats(request, meant, references)
