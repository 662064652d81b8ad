"""/disconnect and its buttons."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from lines_bot.operations.operations import Operations
from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.channels import CompanyQueries
from lines_bot.telegram.company_callbacks import AskDisconnect, Disconnect, PickDisconnect
from lines_bot.telegram.incoming.request import Clock, Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views import disconnect as views
from lines_bot_handlers.arguments import find_meant_channels
from lines_bot_handlers.confirmations import require_answerable, set_end


async def ask(message: Message, desk: CompanyQueries, request: Request, now: Clock) -> None:
    found = await find_meant_channels(desk, request)
    if not found:
        return await request.screen.show(views.show_active(await desk.list_active_channels()))
    if len(found) > 1:
        return await request.screen.show(views.show_active(paginate(found, 0)))
    return await _ask(found[0].ref, desk, request, now)


async def turn_active(
    query: CallbackQuery, callback_data: PickDisconnect, desk: CompanyQueries, request: Request
) -> None:
    await request.screen.show(views.show_active(await desk.list_active_channels(callback_data.page)))


async def press_ask(
    query: CallbackQuery, callback_data: AskDisconnect, desk: CompanyQueries, request: Request, now: Clock
) -> None:
    await _ask(callback_data.channel, desk, request, now)


async def press_disconnect(
    query: CallbackQuery,
    callback_data: Disconnect,
    desk: CompanyQueries,
    operations: Operations,
    request: Request,
    now: Clock,
) -> None:
    require_answerable(callback_data.by, callback_data.until, request, now())
    channel = await desk.open_channel(callback_data.channel)
    await request.screen.show(views.show_disconnecting(channel))
    result = await operations.disconnect(channel.id, request.person, request.place)
    await request.screen.show(views.show_disconnected(await desk.show_channel(result.item), result))


async def _ask(channel: str, desk: CompanyQueries, request: Request, now: Clock) -> None:
    """What is not active is told before the question."""
    stop = await desk.describe_stop(channel)
    if not stop.is_active:
        raise UserError(_("This channel is not active: there is nothing to disconnect."))
    await request.screen.show(views.ask_disconnect(stop, request.person.id, set_end(now())))


def make_router() -> Router:
    router = Router(name="disconnecting")
    flags = {"action": Action.DISCONNECT}
    router.message.register(ask, Command("disconnect"), flags=flags)
    router.callback_query.register(turn_active, PickDisconnect.filter(), flags=flags)
    router.callback_query.register(press_ask, AskDisconnect.filter(), flags=flags)
    router.callback_query.register(press_disconnect, Disconnect.filter(), flags=flags)
    return router
