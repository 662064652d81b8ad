"""/client, /link, /unlink and /new, and their buttons."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import AppItem
from lines_bot.operations.clients import read_app_item
from lines_bot.operations.operations import Operations
from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.models import ChannelSummary
from lines_bot.queries.queries import Queries
from lines_bot.references import Kind, References
from lines_bot.telegram.company_callbacks import (
    AskCreate,
    CreateSession,
    PickRecipient,
    ShowClient,
    ShowClients,
)
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NameNotFound, UserError
from lines_bot.telegram.views import clients as views
from lines_bot.telegram.views.view import clip, fill
from lines_bot_handlers.arguments import find_channels, find_meant
from lines_bot_handlers.confirmations import require_answerable, set_end


async def find(request: Request, queries: Queries) -> None:
    """Without a name it is the newest."""
    clients = queries.clients
    meant = await _find_clients(request.words, queries) if request.words else []
    if len(meant) == 1:
        card = await clients.open_card(meant[0])
        return await request.reply.answer(views.render_client(card, request.offered))
    found = await clients.search(request.words, reader=request.chat.chat)
    return await request.reply.answer(views.render_clients(found))


async def turn_found(
    request: Request, callback_data: ShowClients, queries: Queries, references: References
) -> None:
    reader = request.chat.chat
    text = await references.text_of(callback_data.text, reader)
    found = await queries.clients.search(text, callback_data.page, reader=reader)
    await request.reply.answer(views.render_clients(found))


async def open_client(request: Request, callback_data: ShowClient, queries: Queries) -> None:
    client = await queries.clients.resolve(callback_data.client)
    await request.reply.answer(views.render_client(await queries.clients.open_card(client), request.offered))


async def link(request: Request, queries: Queries, operations: Operations) -> None:
    """The last word is the item; what stands before it, or the answered card, is the client."""
    if not request.words and not request.reply_to:
        return await request.reply.answer(
            views.render_clients(await queries.clients.search("", reader=request.chat.chat))
        )
    name, _space, last = request.words.rpartition(" ")
    item = read_app_item(last)
    client = await _find_client(request, name, queries) if item else None
    if item is None or client is None:
        raise UserError(
            _("Write the client and the item: /link #4f2a91 shop/orders/77. Nothing was changed.")
        )
    return await _link(request, client, item, queries, operations)


async def unlink(request: Request, queries: Queries, operations: Operations) -> None:
    if not request.words and not request.reply_to:
        return await request.reply.answer(
            views.render_clients(await queries.clients.search("", reader=request.chat.chat))
        )
    client = await _find_client(request, request.words, queries)
    if client is None:
        raise UserError(_("Write the client: /unlink #4f2a91. Nothing was changed."))
    return await _link(request, client, None, queries, operations)


async def create(request: Request, queries: Queries, references: References) -> None:
    """All of it is a channel, or the last word is the account; what is missing is chosen."""
    name, _space, account = request.words.rpartition(" ")
    answered = request.list_answered(Kind.CHANNEL)
    if request.words and await queries.company.find_channels(request.words):
        name, account = request.words, ""
    if not name and (len(answered) != 1 or not account):
        return await _offer_recipients(request, request.words or name, queries, references)
    found = await find_channels(name, queries) if name else [await queries.company.get_channel(answered[0])]
    if not account:
        return await _offer_recipients(request, name, queries, references)
    ref = await references.ref_of_text(account, request.person.id)
    if len(found) > 1:
        return await request.reply.answer(views.render_channel_choice(found, account, ref))
    return await _ask_create(request, found[0], account, ref)


async def press_ask_create(
    request: Request, callback_data: AskCreate, queries: Queries, references: References
) -> None:
    channel = await queries.company.open_channel(callback_data.channel)
    account = await references.text_of(callback_data.account, request.person.id, request.chat.chat)
    await _ask_create(request, channel, account, callback_data.account)


async def press_create(
    request: Request,
    callback_data: CreateSession,
    queries: Queries,
    references: References,
    operations: Operations,
) -> None:
    require_answerable(callback_data.by, callback_data.until, request)
    channel = await queries.company.open_channel(callback_data.channel)
    account = await references.text_of(callback_data.account, request.person.id, request.chat.chat)
    await _create(request, channel, account, queries, operations)


async def pick_recipient(
    request: Request, callback_data: PickRecipient, queries: Queries, references: References
) -> None:
    if not callback_data.channel:
        channels = await queries.company.list_active_channels(callback_data.page)
        return await request.reply.answer(views.render_writable(channels))
    channel = await queries.company.open_channel(callback_data.channel)
    return await _show_recipients(request, channel, callback_data.page, queries, references)


async def _offer_recipients(request: Request, name: str, queries: Queries, references: References) -> None:
    """What is missing is chosen: the channel, or the client in the one that is named."""
    if not name:
        return await request.reply.answer(views.render_writable(await queries.company.list_active_channels()))
    found = await find_channels(name, queries)
    if len(found) > 1:
        return await request.reply.answer(views.render_writable(paginate(found, 0)))
    return await _show_recipients(request, found[0], 0, queries, references)


async def _show_recipients(
    request: Request, channel: ChannelSummary, number: int, queries: Queries, references: References
) -> None:
    page = await queries.clients.list_of_channel(channel.id, number)
    refs = await references.refs_of_texts([each.account for each in page.items], request.chat.chat)
    await request.reply.answer(views.render_recipients(channel, page, refs))


async def _ask_create(request: Request, channel: ChannelSummary, account: str, ref: str) -> None:
    """A session that was opened cannot be taken back."""
    end = set_end(request)
    view = views.render_create_question(channel, account, ref, request.person.id, end)
    await request.reply.answer(view)


async def _create(
    request: Request, channel: ChannelSummary, account: str, queries: Queries, operations: Operations
) -> None:
    await request.reply.answer(views.render_creating(channel, account))
    result = await operations.create(channel.id, account, request.person, request.context)
    assert result.item.session is not None, "it is done only when the session is there"
    session = await queries.sessions.summarize(result.item.session)
    await request.reply.answer(views.render_created(session, result, request.offered))


async def _link(
    request: Request, client_id: str, item: AppItem | None, queries: Queries, operations: Operations
) -> None:
    result = await operations.link(client_id, item, request.person, request.context)
    await request.reply.answer(views.render_link(await queries.clients.summarize(result.item), result))


async def _find_clients(query: str, queries: Queries) -> Sequence[str]:
    """The ids of the clients meant by a reference or a name."""
    clients = queries.clients

    async def find_named(name: str) -> Sequence[str]:
        return [each.id for each in await clients.find(name)]

    return await find_meant(query, find_named, clients.resolve, str)


async def _find_client(request: Request, name: str, queries: Queries) -> str | None:
    """The one client meant by a reference, a name or the answered card; None if nobody is named."""
    if not name:
        answered = request.list_answered(Kind.CLIENT)
        return answered[0] if len(answered) == 1 else None
    found = await _find_clients(name, queries)
    if not found:
        raise NameNotFound(fill(_("No client “{query}”. Nothing was changed."), query=clip(name)), name, [])
    if len(found) > 1:
        raise UserError(
            _("{count} clients have that name. Send /client and copy the #number.").format(count=len(found))
        )
    return found[0]


def make_router() -> Router:
    router = Router(name="clients")
    read, write = {"action": Action.READ}, {"action": Action.WRITE}
    linking = {"action": Action.LINK}
    router.message.register(find, command("client"), flags=read)
    router.callback_query.register(turn_found, ShowClients.filter(), flags=read)
    router.callback_query.register(open_client, ShowClient.filter(), flags=read)
    router.message.register(link, command("link"), flags=linking)
    router.message.register(unlink, command("unlink"), flags=linking)
    router.message.register(create, command("new"), flags=write)
    router.callback_query.register(pick_recipient, PickRecipient.filter(), flags=write)
    router.callback_query.register(press_ask_create, AskCreate.filter(), flags=write)
    router.callback_query.register(press_create, CreateSession.filter(), flags=write)
    return router
