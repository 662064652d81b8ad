"""/reconnect all: a preview, one tap or a typed number, and the result of every channel."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import CommandObject
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import LinesError
from lines_bot.operations.operations import Operations, Unconfirmed
from lines_bot.people import Action
from lines_bot.queries.matching import is_same
from lines_bot.queries.models import ChannelSummary
from lines_bot.queries.queries import Queries
from lines_bot.telegram.company_callbacks import CancelAll, ReconnectAll
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.entrance import find_question
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.language import find_prefix
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.bulk import Outcome, render_preview, render_progress
from lines_bot.telegram.views.confirmations import render_cancelled
from lines_bot.vocabulary import ALL, is_word
from lines_bot_handlers.confirmations import require_answerable, require_own, set_end

_AT_ONCE = 5


async def preview(request: Request, queries: Queries) -> None:
    if any(is_same(request.words, each.name) for each in await queries.company.find_channels(request.words)):
        raise SkipHandler
    channels = await queries.company.list_broken_channels()
    end = set_end(request)
    await request.reply.answer(render_preview(channels, request.person.id, end, _mark(channels)))


async def press_all(
    request: Request, callback_data: ReconnectAll, queries: Queries, operations: Operations
) -> None:
    require_answerable(callback_data.by, callback_data.until, request)
    await _reconnect(request, callback_data.seen, None, queries, operations)


async def cancel(request: Request, callback_data: CancelAll) -> None:
    require_own(callback_data.by, request)
    await request.reply.answer(render_cancelled())


async def type_number(
    request: Request, question: CancelAll, queries: Queries, operations: Operations
) -> None:
    require_answerable(question.by, question.until, request)
    await _reconnect(request, question.seen, request.text, queries, operations)


def answers_question(message: Message, bot: Bot) -> dict[str, Any] | bool:
    """Whether this is a reply to the bot's own question for a number."""
    question = find_question(message, bot, find_prefix())
    return {"question": question} if question else False


async def _reconnect(
    request: Request, seen: str, typed: str | None, queries: Queries, operations: Operations
) -> None:
    """What is not as the preview showed it is not touched."""
    channels = await queries.company.list_broken_channels()
    if _mark(channels) != seen:
        raise UserError(_("The channels changed since you asked. Nothing was changed; ask again."))
    possible = [channel for channel in channels if channel.obstacle is None]
    if typed is not None and typed.strip() != str(len(possible)):
        raise UserError(_("That is not the number of channels. Nothing was changed."))
    outcomes: dict[str, Outcome] = {}

    async def reconnect(channel: ChannelSummary) -> None:
        try:
            result = await operations.reconnect(channel.id, request.person, request.context)
            outcomes[channel.id] = await queries.company.summarize_channel(result.item)
        except (LinesError, Unconfirmed) as error:
            outcomes[channel.id] = error

    for first in range(0, len(possible), _AT_ONCE):
        await request.reply.answer(render_progress(possible, outcomes))
        await asyncio.gather(*map(reconnect, possible[first : first + _AT_ONCE]))
    await request.reply.answer(render_progress(possible, outcomes))


def _means_all(_message: Message, command: CommandObject) -> bool:
    return is_word(command.args or "", ALL)


def _mark(channels: Sequence[ChannelSummary]) -> str:
    """What a button remembers of the channels it was shown for."""
    possible = sorted(channel.id for channel in channels if channel.obstacle is None)
    return format(zlib.crc32("|".join(possible).encode()), "08x")


def make_router() -> Router:
    """Asked before /reconnect with a name."""
    router = Router(name="bulk")
    flags = {"action": Action.RECONNECT}
    router.message.register(preview, command("reconnect"), _means_all, flags=flags)
    router.message.register(type_number, F.text, answers_question, flags=flags)
    router.callback_query.register(press_all, ReconnectAll.filter(), flags=flags)
    router.callback_query.register(cancel, CancelAll.filter(), flags=flags)
    return router
