"""/channels and /reconnect, and their buttons."""

from aiogram import Router

from lines_bot.operations.operations import Operations
from lines_bot.people import Action
from lines_bot.queries.models import ChannelSummary
from lines_bot.queries.queries import Queries
from lines_bot.references import References
from lines_bot.telegram.callbacks import Reconnect, ShowBroken, ShowChannel, ShowChannels
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import channels as views
from lines_bot.telegram.views.view import NAME_LENGTH
from lines_bot_handlers.arguments import find_meant_channels


async def list_channels(request: Request, queries: Queries) -> None:
    text = request.words[:NAME_LENGTH]
    shown = await queries.company.list_channels(text, None if text else "broken", reader=request.chat.chat)
    await request.reply.answer(views.render_channels(shown))


async def turn_list(
    request: Request, callback_data: ShowChannels, queries: Queries, references: References
) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    text = await references.text_of(callback_data.text, request.chat.chat)
    state = views.FILTERS[callback_data.state]
    await request.reply.answer(
        views.render_channels(
            await queries.company.list_channels(text, state, callback_data.page, reader=request.chat.chat)
        )
    )


async def open_channel(request: Request, callback_data: ShowChannel, queries: Queries) -> None:
    channel = await queries.company.open_channel(callback_data.channel)
    await request.reply.send(views.render_channel(channel, request.offered))


async def ask_reconnect(request: Request, queries: Queries, operations: Operations) -> None:
    found = await find_meant_channels(request, queries)
    if not found:
        broken = await queries.company.list_broken_channels()
        return await request.reply.answer(views.render_broken(broken, 0, request.offered))
    if len(found) > 1:
        return await request.reply.answer(views.render_channel_choice(found, request.words or "#"))
    return await _reconnect(request, found[0], queries, operations)


async def turn_broken(request: Request, callback_data: ShowBroken, queries: Queries) -> None:
    await request.reply.answer(
        views.render_broken(await queries.company.list_broken_channels(), callback_data.page, request.offered)
    )


async def press_reconnect(
    request: Request, callback_data: Reconnect, queries: Queries, operations: Operations
) -> None:
    await _reconnect(request, await queries.company.open_channel(callback_data.channel), queries, operations)


async def _reconnect(
    request: Request, channel: ChannelSummary, queries: Queries, operations: Operations
) -> None:
    await request.reply.answer(views.render_reconnecting(channel))
    result = await operations.reconnect(channel.id, request.person, request.context)
    await request.reply.answer(
        views.render_reconnected(
            await queries.company.summarize_channel(result.item), result, request.offered
        )
    )


def make_router() -> Router:
    router = Router(name="channels")
    see, reconnect = {"action": Action.SEE}, {"action": Action.RECONNECT}
    router.message.register(list_channels, command("channels"), flags=see)
    router.callback_query.register(turn_list, ShowChannels.filter(), flags=see)
    router.callback_query.register(open_channel, ShowChannel.filter(), flags=see)
    router.message.register(ask_reconnect, command("reconnect"), flags=reconnect)
    router.callback_query.register(turn_broken, ShowBroken.filter(), flags=reconnect)
    router.callback_query.register(press_reconnect, Reconnect.filter(), flags=reconnect)
    return router
