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
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views import disconnect as views
from lines_bot_handlers.arguments import find_meant_channels
from lines_bot_handlers.confirmations import require_answerable, set_end


async def ask(message: Message, company: CompanyQueries, request: Request) -> None:
    found = await find_meant_channels(company, request)
    if not found:
        return await request.reply.answer(views.render_active(await company.list_active_channels()))
    if len(found) > 1:
        return await request.reply.answer(views.render_active(paginate(found, 0)))
    return await _ask(found[0].ref, company, request)


async def turn_active(
    query: CallbackQuery, callback_data: PickDisconnect, company: CompanyQueries, request: Request
) -> None:
    await request.reply.answer(views.render_active(await company.list_active_channels(callback_data.page)))


async def press_ask(
    query: CallbackQuery, callback_data: AskDisconnect, company: CompanyQueries, request: Request
) -> None:
    await _ask(callback_data.channel, company, request)


async def press_disconnect(
    query: CallbackQuery,
    callback_data: Disconnect,
    company: CompanyQueries,
    operations: Operations,
    request: Request,
) -> None:
    require_answerable(callback_data.by, callback_data.until, request, request.clock.now())
    channel = await company.open_channel(callback_data.channel)
    await request.reply.answer(views.render_disconnecting(channel))
    result = await operations.disconnect(channel.id, request.person, request.context)
    await request.reply.answer(
        views.render_disconnected(await company.summarize_channel(result.item), result)
    )


async def _ask(channel: str, company: CompanyQueries, request: Request) -> None:
    """What is not active is told before the question."""
    stop = await company.describe_stop(channel)
    if not stop.is_active:
        raise UserError(_("This channel does not work, nothing to disconnect."))
    await request.reply.answer(
        views.render_disconnect_question(stop, request.person.id, set_end(request.clock.now()))
    )


def make_router() -> Router:
    router = Router(name="disconnecting")
    flags = {"action": Action.DISCONNECT}
    router.message.register(ask, Command("disconnect"), flags=flags)
    router.callback_query.register(turn_active, PickDisconnect.filter(), flags=flags)
    router.callback_query.register(press_ask, AskDisconnect.filter(), flags=flags)
    router.callback_query.register(press_disconnect, Disconnect.filter(), flags=flags)
    return router
