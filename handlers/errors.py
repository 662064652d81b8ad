"""Whatever a handler raises becomes a sentence in its chat; what was unforeseen goes to the log too."""

import logging

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import ErrorEvent

from bot.telegram.request import Request
from bot.telegram.views.errors import explain, is_foreseen

_log = logging.getLogger(__name__)


async def tell(event: ErrorEvent, request: Request | None = None) -> None:
    if not is_foreseen(event.exception):
        _log.error("update %s failed", event.update.update_id, exc_info=event.exception)
    if request is None or isinstance(event.exception, TelegramAPIError):
        return
    await request.screen.explain(explain(event.exception))


def make_router() -> Router:
    router = Router(name="errors")
    router.errors.register(tell)
    return router
