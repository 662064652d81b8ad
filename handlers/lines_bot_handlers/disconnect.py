"""/disconnect and its buttons."""

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.operations.operations import Operations
from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.queries import Queries
from lines_bot.telegram.company_callbacks import AskDisconnect, Disconnect, PickDisconnect
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views import disconnect as views
from lines_bot_handlers.arguments import find_meant_channels
from lines_bot_handlers.confirmations import require_answerable, set_end


async def ask(request: Request, queries: Queries) -> None:
    found = await find_meant_channels(request, queries)
    if not found:
        return await request.reply.answer(views.render_active(await queries.company.list_active_channels()))
    if len(found) > 1:
        return await request.reply.answer(views.render_active(paginate(found, 0)))
    return await _ask(request, found[0].ref, queries)


async def turn_active(request: Request, callback_data: PickDisconnect, queries: Queries) -> None:
    await request.reply.answer(
        views.render_active(await queries.company.list_active_channels(callback_data.page))
    )


async def press_ask(request: Request, callback_data: AskDisconnect, queries: Queries) -> None:
    await _ask(request, callback_data.channel, queries)


async def press_disconnect(
    request: Request, callback_data: Disconnect, queries: Queries, operations: Operations
) -> None:
    require_answerable(callback_data.by, callback_data.until, request)
    channel = await queries.company.open_channel(callback_data.channel)
    await request.reply.answer(views.render_disconnecting(channel))
    result = await operations.disconnect(channel.id, request.person, request.context)
    await request.reply.answer(
        views.render_disconnected(await queries.company.summarize_channel(result.item), result)
    )


async def _ask(request: Request, channel: str, queries: Queries) -> None:
    """What is not active is told before the question."""
    stop = await queries.company.describe_stop(channel)
    if not stop.is_active:
        raise UserError(_("This channel does not work, nothing to disconnect."))
    await request.reply.answer(views.render_disconnect_question(stop, request.person.id, set_end(request)))


def make_router() -> Router:
    router = Router(name="disconnecting")
    flags = {"action": Action.DISCONNECT}
    router.message.register(ask, command("disconnect"), flags=flags)
    router.callback_query.register(turn_active, PickDisconnect.filter(), flags=flags)
    router.callback_query.register(press_ask, AskDisconnect.filter(), flags=flags)
    router.callback_query.register(press_disconnect, Disconnect.filter(), flags=flags)
    return router
