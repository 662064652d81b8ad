"""/reconnect all: a preview, one tap or a typed number, and the result of every channel."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import LinesError
from lines_bot.operations.operations import Operations, Unconfirmed
from lines_bot.people import Action
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.models import ChannelSummary
from lines_bot.telegram.company_callbacks import CancelAll, ReconnectAll
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.bulk import Outcome, render_preview, render_progress
from lines_bot.telegram.views.confirmations import render_cancelled
from lines_bot_handlers.confirmations import require_answerable, require_own, set_end

_AT_ONCE = 5
_ALL = ("all", "все", "всё")


async def preview(message: Message, company: CompanyQueries, request: Request) -> None:
    channels = await company.list_broken_channels()
    end = set_end(request.clock.now())
    await request.reply.answer(render_preview(channels, request.person.id, end, _mark(channels)))


async def press_all(
    query: CallbackQuery,
    callback_data: ReconnectAll,
    company: CompanyQueries,
    operations: Operations,
    request: Request,
) -> None:
    require_answerable(callback_data.by, callback_data.until, request, request.clock.now())
    await _reconnect(callback_data.seen, None, company, operations, request)


async def cancel(query: CallbackQuery, callback_data: CancelAll, request: Request) -> None:
    require_own(callback_data.by, request)
    await request.reply.answer(render_cancelled())


async def type_number(
    message: Message, question: CancelAll, company: CompanyQueries, operations: Operations, request: Request
) -> None:
    require_answerable(question.by, question.until, request, request.clock.now())
    await _reconnect(question.seen, message.text, company, operations, request)


def answers_question(message: Message, bot: Bot) -> dict[str, Any] | bool:
    """Whether this is a reply to the bot's own question for a number."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != bot.id or not asked.reply_markup:
        return False
    buttons = (button for row in asked.reply_markup.inline_keyboard for button in row)
    data = next((button.callback_data or "" for button in buttons), "")
    if not data.startswith(f"{CancelAll.__prefix__}:"):
        return False
    return {"question": CancelAll.unpack(data)}


async def _reconnect(
    seen: str, typed: str | None, company: CompanyQueries, operations: Operations, request: Request
) -> None:
    """What is not as the preview showed it is not touched."""
    channels = await company.list_broken_channels()
    if _mark(channels) != seen:
        raise UserError(_("The channels changed since you asked. Nothing was changed; ask again."))
    possible = [channel for channel in channels if channel.obstacle is None]
    if typed is not None and typed.strip() != str(len(possible)):
        raise UserError(_("That is not the number of channels. Nothing was changed."))
    outcomes: dict[str, Outcome] = {}

    async def reconnect(channel: ChannelSummary) -> None:
        try:
            result = await operations.reconnect(channel.id, request.person, request.context)
            outcomes[channel.id] = await company.summarize_channel(result.item)
        except (LinesError, Unconfirmed) as error:
            outcomes[channel.id] = error

    for first in range(0, len(possible), _AT_ONCE):
        await request.reply.answer(render_progress(possible, outcomes))
        await asyncio.gather(*map(reconnect, possible[first : first + _AT_ONCE]))
    await request.reply.answer(render_progress(possible, outcomes))


def _mark(channels: Sequence[ChannelSummary]) -> str:
    """What a button remembers of the channels it was shown for."""
    possible = sorted(channel.id for channel in channels if channel.obstacle is None)
    return format(zlib.crc32("|".join(possible).encode()), "08x")


def make_router() -> Router:
    """Asked before /reconnect, whose argument is a name."""
    router = Router(name="bulk")
    flags = {"action": Action.RECONNECT}
    router.message.register(preview, Command("reconnect", magic=F.args.lower().in_(_ALL)), flags=flags)
    router.message.register(type_number, F.text, answers_question, flags=flags)
    router.callback_query.register(press_all, ReconnectAll.filter(), flags=flags)
    router.callback_query.register(cancel, CancelAll.filter(), flags=flags)
    return router
