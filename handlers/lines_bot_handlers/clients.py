"""/client, /link, /unlink and /new, and their buttons."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import AppItem
from lines_bot.operations.clients import read_app_item
from lines_bot.operations.operations import Operations
from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.clients import ClientQueries
from lines_bot.queries.models import ChannelSummary
from lines_bot.queries.sessions import SessionQueries
from lines_bot.references import Kind, References
from lines_bot.telegram.company_callbacks import (
    AskCreate,
    CreateSession,
    PickRecipient,
    ShowClient,
    ShowClients,
)
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views import clients as views
from lines_bot_handlers.arguments import find_channels, read_reference
from lines_bot_handlers.confirmations import require_answerable, set_end


async def find(message: Message, clients: ClientQueries, request: Request) -> None:
    """Without a name it is the newest."""
    text = request.words
    if short := read_reference(text):
        card = await clients.open_card(await clients.resolve(short))
        return await request.reply.answer(views.render_client(card, request.offered))
    found = await clients.search(text, reader=request.chat.chat)
    if found.page.total == 1:
        card = await clients.open_card(found.page.items[0].id)
        return await request.reply.answer(views.render_client(card, request.offered))
    return await request.reply.answer(views.render_clients(found))


async def turn_found(
    query: CallbackQuery,
    callback_data: ShowClients,
    clients: ClientQueries,
    references: References,
    request: Request,
) -> None:
    reader = request.chat.chat
    text = await references.text_of(callback_data.text, reader)
    found = await clients.search(text, callback_data.page, reader=reader)
    await request.reply.answer(views.render_clients(found))


async def open_client(
    query: CallbackQuery, callback_data: ShowClient, clients: ClientQueries, request: Request
) -> None:
    client = await clients.resolve(callback_data.client)
    await request.reply.answer(views.render_client(await clients.open_card(client), request.offered))


async def link(message: Message, clients: ClientQueries, operations: Operations, request: Request) -> None:
    """The last word is the item; what stands before it, or the answered card, is the client."""
    if not request.words and not message.reply_to_message:
        return await request.reply.answer(
            views.render_clients(await clients.search("", reader=request.chat.chat))
        )
    name, _space, last = request.words.rpartition(" ")
    item = read_app_item(last)
    client = await _find_client(name, clients, request) if item else None
    if item is None or client is None:
        raise UserError(
            _("Write the client and the item: /link #4f2a91 shop/orders/77. Nothing was changed.")
        )
    return await _link(client, item, clients, operations, request)


async def unlink(message: Message, clients: ClientQueries, operations: Operations, request: Request) -> None:
    if not request.words and not message.reply_to_message:
        return await request.reply.answer(
            views.render_clients(await clients.search("", reader=request.chat.chat))
        )
    client = await _find_client(request.words, clients, request)
    if client is None:
        raise UserError(_("Write the client: /unlink #4f2a91. Nothing was changed."))
    return await _link(client, None, clients, operations, request)


async def create(
    message: Message,
    company: CompanyQueries,
    clients: ClientQueries,
    sessions: SessionQueries,
    references: References,
    operations: Operations,
    request: Request,
) -> None:
    """The account is the last word; what stands before it, or the answered card, is the channel."""
    name, _space, account = request.words.rpartition(" ")
    answered = request.list_answered(Kind.CHANNEL)
    if not name and len(answered) != 1:
        return await _offer_recipients(account, company, clients, references, request)
    found = await find_channels(name, company) if name else [await company.get_channel(answered[0])]
    if not account:
        return await _show_recipients(found[0], 0, clients, references, request)
    if len(found) > 1:
        ref = await references.ref_of_text(account, request.person.id)
        return await request.reply.answer(views.render_channel_choice(found, account, ref))
    return await _create(found[0], account, sessions, operations, request)


async def ask_create(
    query: CallbackQuery,
    callback_data: AskCreate,
    company: CompanyQueries,
    references: References,
    request: Request,
) -> None:
    channel = await company.open_channel(callback_data.channel)
    account = await references.text_of(callback_data.account, request.person.id, request.chat.chat)
    end = set_end(request.clock.now())
    await request.reply.answer(
        views.render_create_question(channel, account, callback_data.account, request.person.id, end)
    )


async def press_create(
    query: CallbackQuery,
    callback_data: CreateSession,
    company: CompanyQueries,
    sessions: SessionQueries,
    references: References,
    operations: Operations,
    request: Request,
) -> None:
    require_answerable(callback_data.by, callback_data.until, request, request.clock.now())
    channel = await company.open_channel(callback_data.channel)
    account = await references.text_of(callback_data.account, request.person.id, request.chat.chat)
    await _create(channel, account, sessions, operations, request)


async def pick_recipient(
    query: CallbackQuery,
    callback_data: PickRecipient,
    company: CompanyQueries,
    clients: ClientQueries,
    references: References,
    request: Request,
) -> None:
    if not callback_data.channel:
        channels = await company.list_active_channels(callback_data.page)
        return await request.reply.answer(views.render_writable(channels))
    channel = await company.open_channel(callback_data.channel)
    return await _show_recipients(channel, callback_data.page, clients, references, request)


async def _offer_recipients(
    name: str, company: CompanyQueries, clients: ClientQueries, references: References, request: Request
) -> None:
    """What is missing is chosen: the channel, or the client in the one that is named."""
    if not name:
        return await request.reply.answer(views.render_writable(await company.list_active_channels()))
    found = await find_channels(name, company)
    if len(found) > 1:
        return await request.reply.answer(views.render_writable(paginate(found, 0)))
    return await _show_recipients(found[0], 0, clients, references, request)


async def _show_recipients(
    channel: ChannelSummary, number: int, clients: ClientQueries, references: References, request: Request
) -> None:
    page = await clients.list_of_channel(channel.id, number)
    refs = await references.refs_of_texts([each.account for each in page.items], request.chat.chat)
    await request.reply.answer(views.render_recipients(channel, page, refs))


async def _create(
    channel: ChannelSummary, account: str, sessions: SessionQueries, operations: Operations, request: Request
) -> None:
    await request.reply.answer(views.render_creating(channel, account))
    result = await operations.create(channel.id, account, request.person, request.context)
    assert result.item.session is not None, "it is done only when the session is there"
    session = await sessions.summarize(result.item.session)
    await request.reply.answer(views.render_created(session, result, request.offered))


async def _link(
    client_id: str, item: AppItem | None, clients: ClientQueries, operations: Operations, request: Request
) -> None:
    result = await operations.link(client_id, item, request.person, request.context)
    await request.reply.answer(views.render_link(await clients.summarize(result.item), result))


async def _find_client(name: str, clients: ClientQueries, request: Request) -> str | None:
    """The one client meant by a reference, a name or the answered card; None if nobody is named."""
    if not name:
        answered = request.list_answered(Kind.CLIENT)
        return answered[0] if len(answered) == 1 else None
    if short := read_reference(name):
        return await clients.resolve(short)
    found = await clients.search(name, reader=request.person.id)
    if found.page.total != 1:
        raise UserError(
            _("{count} clients have that name. Send /client and copy the #number.").format(
                count=found.page.total
            )
        )
    return found.page.items[0].id


def make_router() -> Router:
    router = Router(name="clients")
    read, write = {"action": Action.READ}, {"action": Action.WRITE}
    linking = {"action": Action.LINK}
    router.message.register(find, Command("client"), flags=read)
    router.callback_query.register(turn_found, ShowClients.filter(), flags=read)
    router.callback_query.register(open_client, ShowClient.filter(), flags=read)
    router.message.register(link, Command("link"), flags=linking)
    router.message.register(unlink, Command("unlink"), flags=linking)
    router.message.register(create, Command("new"), flags=write)
    router.callback_query.register(pick_recipient, PickRecipient.filter(), flags=write)
    router.callback_query.register(ask_create, AskCreate.filter(), flags=write)
    router.callback_query.register(press_create, CreateSession.filter(), flags=write)
    return router
