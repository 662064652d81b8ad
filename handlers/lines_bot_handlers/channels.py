"""/channels and /reconnect, and their buttons."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.operations.operations import Operations
from lines_bot.people import Action
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.models import ChannelSummary
from lines_bot.references import References
from lines_bot.telegram.callbacks import Reconnect, ShowBroken, ShowChannel, ShowChannels
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import channels as views
from lines_bot.telegram.views.view import NAME_LENGTH
from lines_bot_handlers.arguments import find_meant_channels


async def list_channels(message: Message, company: CompanyQueries, request: Request) -> None:
    text = request.words[:NAME_LENGTH]
    shown = await company.list_channels(text, None if text else "broken", reader=request.chat.chat)
    await request.reply.answer(views.render_channels(shown))


async def turn_list(
    query: CallbackQuery,
    callback_data: ShowChannels,
    company: CompanyQueries,
    references: References,
    request: Request,
) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    text = await references.text_of(callback_data.text, request.chat.chat)
    state = views.FILTERS[callback_data.state]
    await request.reply.answer(
        views.render_channels(
            await company.list_channels(text, state, callback_data.page, reader=request.chat.chat)
        )
    )


async def open_channel(
    query: CallbackQuery, callback_data: ShowChannel, company: CompanyQueries, request: Request
) -> None:
    channel = await company.open_channel(callback_data.channel)
    await request.reply.send(views.render_channel(channel, request.offered))


async def ask_reconnect(
    message: Message, company: CompanyQueries, operations: Operations, request: Request
) -> None:
    found = await find_meant_channels(company, request)
    if not found:
        broken = await company.list_broken_channels()
        return await request.reply.answer(views.render_broken(broken, 0, request.offered))
    if len(found) > 1:
        return await request.reply.answer(views.render_channel_choice(found, request.words or "#"))
    return await _reconnect(found[0], company, operations, request)


async def turn_broken(
    query: CallbackQuery, callback_data: ShowBroken, company: CompanyQueries, request: Request
) -> None:
    await request.reply.answer(
        views.render_broken(await company.list_broken_channels(), callback_data.page, request.offered)
    )


async def press_reconnect(
    query: CallbackQuery,
    callback_data: Reconnect,
    company: CompanyQueries,
    operations: Operations,
    request: Request,
) -> None:
    await _reconnect(await company.open_channel(callback_data.channel), company, operations, request)


async def _reconnect(
    channel: ChannelSummary, company: CompanyQueries, operations: Operations, request: Request
) -> None:
    await request.reply.answer(views.render_reconnecting(channel))
    result = await operations.reconnect(channel.id, request.person, request.context)
    await request.reply.answer(
        views.render_reconnected(await company.summarize_channel(result.item), result, request.offered)
    )


def make_router() -> Router:
    router = Router(name="channels")
    see, reconnect = {"action": Action.SEE}, {"action": Action.RECONNECT}
    router.message.register(list_channels, Command("channels"), flags=see)
    router.callback_query.register(turn_list, ShowChannels.filter(), flags=see)
    router.callback_query.register(open_channel, ShowChannel.filter(), flags=see)
    router.message.register(ask_reconnect, Command("reconnect"), flags=reconnect)
    router.callback_query.register(turn_broken, ShowBroken.filter(), flags=reconnect)
    router.callback_query.register(press_reconnect, Reconnect.filter(), flags=reconnect)
    return router
