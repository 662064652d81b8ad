"""Whatever a handler raises becomes a sentence in its chat; what was unforeseen goes to the log too."""

import logging

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.types import ErrorEvent, InlineKeyboardButton, Message

from lines_bot.references import References
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import LateRequest, NameNotFound
from lines_bot.telegram.views.errors import describe_error, is_foreseen
from lines_bot_handlers.suggestions import offer_repeats

_log = logging.getLogger(__name__)


async def answer_error(
    event: ErrorEvent, references: References, request: Request | None = None, is_repeat: bool = False
) -> object:
    error, written = event.exception, event.update.message
    if isinstance(error, TelegramAPIError):
        _log.warning("update %s is not answered: %s", event.update.update_id, error)
        return None
    if not is_foreseen(error):
        _log.error("update %s failed", event.update.update_id, exc_info=error)
    if request is None:
        return None
    buttons = []
    if isinstance(error, NameNotFound) and written is not None:
        buttons = await _offer_names(error, written, references, request)
    elif isinstance(error, LateRequest) and written is not None:
        buttons = await _offer_again(written, references, request)
    if not is_repeat:
        try:
            await request.reply.answer_error(describe_error(error), [[each] for each in buttons])
        except TelegramAPIError as refusal:
            _log.warning("update %s is not told what is wrong: %s", event.update.update_id, refusal)
    # Whoever feeds the updates tries again what met a memory that was not there.
    return UNHANDLED if isinstance(error, DatabaseTrouble) else None


async def _offer_again(
    written: Message, references: References, request: Request
) -> list[InlineKeyboardButton]:
    text = written.text or written.caption or ""
    if not text.startswith("/"):
        return []
    command = Command.extract_command(text)
    return await offer_repeats(written, [(command.command, command.args or "")], references, request)


async def _offer_names(
    error: NameNotFound, written: Message, references: References, request: Request
) -> list[InlineKeyboardButton]:
    """The same command with the names that come close."""
    command = Command.extract_command(written.text or written.caption or "")
    words = f" {' '.join((command.args or '').split())} "
    before, found, after = words.partition(f" {error.query} ")
    if not found:
        return []
    meant = [(command.command, f"{before} {name} {after}".strip()) for name in error.near]
    return await offer_repeats(written, meant, references, request)


def make_router() -> Router:
    router = Router(name="errors")
    router.errors.register(answer_error)
    return router
