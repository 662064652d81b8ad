"""One session with everything about it, and what a search found."""

from collections.abc import Set

from aiogram.types import CopyTextButton, InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action
from lines_bot.queries.models import SessionDetails, SessionList, SessionSummary
from lines_bot.telegram.callbacks import (
    AskClose,
    AssignMe,
    PickOperator,
    ShowHistory,
    ShowLast,
    ShowSession,
    ShowSessions,
    Spam,
    Unspam,
)
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.labels import name_priority, name_session_state
from lines_bot.telegram.views.messages import describe_message
from lines_bot.telegram.views.sessions import describe_session
from lines_bot.telegram.views.view import (
    Rows,
    View,
    button,
    clip,
    fill,
    marked,
    moment,
    pair,
    reference,
    stack,
    turn_pages,
)

_APPS_SHOWN = 5


def render_card(card: SessionDetails, offered: Set[Action]) -> View:
    """Who, where, since when, what was said last, and what can be done."""
    session = card.session
    details = [
        (_("Line"), clip(session.line)),
        (_("Channel"), clip(session.channel)),
        (_("State"), name_session_state(session.state)),
        (_("Priority"), name_priority(card.priority)),
        (_("Operator"), clip(session.operator)),
        (_("Group"), clip(card.group)),
        (_("Began"), card.created_at and moment(card.created_at)),
        (_("Last move"), card.accepted_at and moment(card.accepted_at)),
        (_("Last message"), card.last_activity_at and moment(card.last_activity_at)),
        (_("Closed"), card.closed_at and moment(card.closed_at)),
        (_("Linked"), ", ".join(clip(app) for app in card.apps[:_APPS_SHOWN])),
    ]
    return View(
        stack(
            fill("👤 {client} {ref}", client=Bold(clip(session.client)), ref=reference(session.ref)),
            *(fill("{name}: {value}", name=name, value=value) for name, value in details if value),
            marked("⛔", describe_error(session.spam_obstacle))
            if session.is_open and session.spam_obstacle
            else None,
            "" if card.last else None,
            describe_message(card.last) if card.last else None,
        ),
        lay_out_card(session, offered),
    )


def lay_out_card(session: SessionSummary, offered: Set[Action]) -> Rows:
    """Every button that makes sense for the session and may be pressed by somebody who sees it."""
    ref, seen = session.ref, session.seen
    buttons: list[InlineKeyboardButton] = []
    if session.is_open and Action.ASSIGN in offered:
        buttons += [
            button(_("Assign to me"), AssignMe(session=ref, seen=seen), "primary"),
            button(_("Assign…"), PickOperator(session=ref)),
        ]
    if session.is_open and Action.CLOSE in offered:
        buttons.append(button(_("Close"), AskClose(session=ref)))
    if session.is_open and session.spam_obstacle is None and Action.SPAM in offered:
        buttons.append(button(_("Spam"), Spam(session=ref)))
    if session.can_unspam and Action.SPAM in offered:
        buttons.append(button("↩️ " + _("Not spam"), Unspam(session=ref)))
    if Action.READ in offered:
        buttons += [
            button(_("Last"), ShowLast(session=ref)),
            button(_("History"), ShowHistory(session=ref)),
            button("🔄 " + _("Refresh"), ShowSession(session=ref)),
        ]
    copy = InlineKeyboardButton(text=_("Copy id"), copy_text=CopyTextButton(text=session.id[:256]))
    return pair([*buttons, copy])


def render_found(shown: SessionList, offered: Set[Action]) -> View:
    """What a search found, newest first; each opens its card where it may be read."""
    title = fill(_("Sessions: {total}"), total=shown.page.total)
    body: list[Text | str] = []
    rows = []
    for number, session in enumerate(shown.page.items, shown.page.first):
        body += ["", fill("{number}. {session}", number=number, session=describe_session(session))]
        if Action.READ in offered:
            title_of = f"{number} · {session.client}"
            rows.append(button(title_of, ShowSession(session=session.ref, beside=True)))
    if not body:
        body = ["", _("Nothing found.")]
    hint = _(
        "Words look in clients, lines, channels and operators. Narrow it: /sessions shop waiting >2h, "
        "/sessions operator:kate closed"
    )
    return View(
        stack(Bold(title, f" · {clip(shown.text)}" if shown.text else ""), *body, "", hint),
        [
            *pair(rows),
            [
                button(
                    _("“{words}” as a name").format(words=clip(shown.guessed)),
                    ShowSessions(text=shown.literal_ref),
                )
            ]
            if shown.guessed
            else [],
            turn_pages(shown.page, lambda page: ShowSessions(text=shown.text_ref, page=page)),
            [button("🔄 " + _("Refresh"), ShowSessions(text=shown.text_ref, page=shown.page.number))],
        ],
    )
