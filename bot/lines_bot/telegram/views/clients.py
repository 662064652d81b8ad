"""Clients: what a search found, one with their sessions, and links with items of apps."""

from collections.abc import Mapping, Sequence, Set

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import Client
from lines_bot.operations.messages import NewSession
from lines_bot.operations.operations import Result
from lines_bot.pagination import PAGE_SIZE, Page
from lines_bot.people import Action
from lines_bot.queries.models import ChannelSummary, ClientDetails, ClientList, ClientSummary, SessionSummary
from lines_bot.telegram.callbacks import RunCommand, ShowSession
from lines_bot.telegram.company_callbacks import (
    AskCreate,
    CreateSession,
    PickRecipient,
    ShowClient,
    ShowClients,
)
from lines_bot.telegram.views.commands import give_example
from lines_bot.telegram.views.confirmations import describe_result, offer_answers, offer_undo
from lines_bot.telegram.views.session_card import lay_out_card
from lines_bot.telegram.views.sessions import describe_session
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, reference, stack, turn_pages


def describe_client(client: ClientSummary) -> Text:
    """Name, reference, channel and account on two lines."""
    return stack(
        fill("👤 {name} {ref}", name=Bold(clip(client.name)), ref=reference(client.ref)),
        fill(
            "    {channel} · {account}",
            channel=clip(client.channel) or "—",
            account=clip(client.account) or "—",
        ),
        marked("    🔗", clip(client.linked)) if client.linked else None,
    )


def render_clients(shown: ClientList) -> View:
    """The clients a search found; the same person in two channels is two clients."""
    body: list[Text | str] = []
    buttons = []
    for number, client in enumerate(shown.page.items, shown.page.first):
        body += ["", fill("{number}. {client}", number=number, client=describe_client(client))]
        buttons.append(button(f"{number} · {client.name} · {client.channel}", ShowClient(client=client.ref)))
    title = fill(_("Clients: {total}"), total=shown.page.total)
    asked = f" · {clip(shown.text)}" if shown.text else ""
    hint = None if shown.text else Text("\n", _("Find one by name or account: /client kate"))
    return View(
        stack(Bold(title, asked), *(body or ["", _("Nobody by that name.")]), hint),
        [
            *pair(buttons),
            turn_pages(shown.page, lambda page: ShowClients(text=shown.text_ref, page=page)),
        ],
    )


def render_client(card: ClientDetails, offered: Set[Action]) -> View:
    """A client with the newest of their sessions."""
    body: list[Text | str] = []
    buttons = []
    for number, session in enumerate(card.sessions.items, 1):
        body += ["", fill("{number}. {session}", number=number, session=describe_session(session))]
        buttons.append(button(f"{number} · {session.channel}", ShowSession(session=session.ref, beside=True)))
    if card.client.linked and Action.LINK in offered:
        buttons.append(button(_("Unlink"), RunCommand(command="unlink", about=card.client.ref, beside=True)))
    return View(
        stack(
            describe_client(card.client),
            "",
            fill(_("Sessions: {total}"), total=card.sessions.total),
            *body,
            "",
            _("Link an item: reply with /link shop/orders/77"),
        ),
        pair(buttons),
    )


def render_link(client: ClientSummary, result: Result[Client]) -> View:
    """What the client is linked with now."""
    told = (
        fill(_("Linked with {item}."), item=Code(clip(client.linked)))
        if client.linked
        else Text(_("Not linked."))
    )
    return View(
        stack(marked("✅", told), describe_result(result), describe_client(client)),
        passing=offer_undo(result),
    )


def render_writable(channels: Page[ChannelSummary]) -> View:
    """The channels in which a client can be written to first."""
    if not channels.items:
        return View(Text(_("No working channel to write from.")))
    buttons = [
        button(f"{channel.name} · {channel.line}", PickRecipient(channel=channel.ref))
        for channel in channels.items
    ]
    return View(
        stack(
            Bold(_("Which channel?")),
            fill(_("Or write it, for example: {example}"), example=Code(give_example("new"))),
        ),
        [*pair(buttons), turn_pages(channels, lambda page: PickRecipient(page=page))],
    )


def render_recipients(channel: ChannelSummary, clients: Page[ClientSummary], refs: Mapping[str, str]) -> View:
    """The clients of a channel; `refs` are the references of their accounts."""
    title = fill(_("Whom do we write to in {channel}?"), channel=Bold(clip(channel.name)))
    buttons = [
        button(
            f"{client.name} · {client.account}",
            AskCreate(channel=channel.ref, account=refs[client.account]),
        )
        for client in clients.items
        if client.account
    ]
    return View(
        stack(
            fill("{title} {ref}", title=title, ref=reference(channel.ref)),
            None if buttons else _("Nobody has written there yet."),
            _("Somebody else: reply with /new and their login, phone or e-mail."),
        ),
        [
            *pair(buttons),
            turn_pages(clients, lambda page: PickRecipient(channel=channel.ref, page=page)),
            [button("◀️ " + _("All channels"), PickRecipient())],
        ],
    )


def render_channel_choice(channels: Sequence[ChannelSummary], account: str, account_ref: str) -> View:
    """Several channels match a name: the person chooses where to write first."""
    return View(
        fill(_("Which channel to write to {account} from?"), account=Bold(clip(account))),
        [
            [
                button(
                    f"{channel.name} · {channel.line}",
                    AskCreate(channel=channel.ref, account=account_ref),
                )
            ]
            for channel in channels[:PAGE_SIZE]
        ],
    )


def render_create_question(
    channel: ChannelSummary, account: str, account_ref: str, by: int, until: int
) -> View:
    """The client hears of it, and Lines cannot take a session back: it must be meant."""
    told = fill(
        _("Write to {account} in {channel} first? It cannot be undone."),
        account=Bold(clip(account)),
        channel=Bold(clip(channel.name)),
    )
    data = CreateSession(channel=channel.ref, account=account_ref, by=by, until=until)
    return View(told, passing=offer_answers(_("Write first"), data, by, until, "primary"))


def render_creating(channel: ChannelSummary, account: str) -> View:
    told = fill(
        _("Opening a session with {account} in {channel}…"),
        account=Bold(clip(account)),
        channel=clip(channel.name),
    )
    return View(marked("⏳", told))


def render_created(session: SessionSummary, result: Result[NewSession], offered: Set[Action]) -> View:
    """The new session, ready to be worked with."""
    told = marked("✅", _("The session is open."))
    return View(
        stack(told, describe_result(result), "", describe_session(session)), lay_out_card(session, offered)
    )
