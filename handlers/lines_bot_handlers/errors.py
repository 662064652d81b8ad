"""Whatever a handler raises becomes a sentence in its chat; what was unforeseen goes to the log too."""

import logging

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.types import ErrorEvent, InlineKeyboardButton

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
    error = event.exception
    if isinstance(error, TelegramAPIError):
        _log.warning("update %s is not answered: %s", event.update.update_id, error)
        return None
    if not is_foreseen(error):
        _log.error("update %s failed", event.update.update_id, exc_info=error)
    if request is None:
        return None
    buttons = []
    if isinstance(error, NameNotFound):
        buttons = await _offer_names(error, request, references)
    elif isinstance(error, LateRequest):
        buttons = await _offer_again(request, references)
    if not is_repeat:
        try:
            await request.reply.answer_error(describe_error(error), [[each] for each in buttons])
        except TelegramAPIError as refusal:
            _log.warning("update %s is not told what is wrong: %s", event.update.update_id, refusal)
    # Whoever feeds the updates tries again what met a memory that was not there.
    return UNHANDLED if isinstance(error, DatabaseTrouble) else None


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


def make_router() -> Router:
    router = Router(name="errors")
    router.errors.register(answer_error)
    return router
