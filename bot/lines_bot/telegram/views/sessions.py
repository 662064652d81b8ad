"""Sessions: the queue, and what came of a session."""

from collections.abc import Set

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import Session, SessionState
from lines_bot.operations.operations import Result
from lines_bot.people import Action
from lines_bot.queries.models import LineSummary, QueueSummary, SessionSummary
from lines_bot.telegram.callbacks import (
    PickOperator,
    ShowLast,
    ShowQueue,
    ShowWaiting,
    Spam,
    Unspam,
)
from lines_bot.telegram.views.channels import render_age
from lines_bot.telegram.views.confirmations import describe_result, offer_undo
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.labels import count_waiting, name_duration, name_session_state
from lines_bot.telegram.views.view import (
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

_MOST_LINES = 12
_FILTERS = 3
_FILTER_NAME = 9
_SESSION_ACTIONS = frozenset({Action.ASSIGN, Action.SPAM, Action.READ})


def render_queue(shown: QueueSummary, offered: Set[Action]) -> View:
    """Who waits: totals by line, then the oldest first; a button opens what can be done about each."""
    lines = shown.lines[:_MOST_LINES]
    head: list[Text | str] = [_describe_line(line) for line in ([shown.line] if shown.line else lines)]
    if not shown.line and (more := len(shown.lines) - len(lines)):
        head.append(f"… +{more}")
    body: list[Text | str] = []
    line_ref = shown.line.ref if shown.line else ""
    clients = []
    for number, session in enumerate(shown.page.items, shown.page.first):
        body += ["", fill("{number}. {session}", number=number, session=describe_session(session))]
        waits = f" · {name_duration(shown.taken_at - session.since)}" if session.since else ""
        opened = ShowWaiting(session=session.ref, line=line_ref, page=shown.page.number)
        clients.append(button(f"{number} {clip(session.client, 14)}{waits}", opened))
    if not shown.page.items:
        body = ["", "🟢 " + _("Nobody is waiting.")]
    filters = [
        button(f"{clip(line.name, _FILTER_NAME)} · {line.waiting}", ShowQueue(line=line.ref))
        for line in lines[:_FILTERS]
    ]
    return View(
        stack(
            Bold(_("Queue")),
            *head,
            *body,
            "",
            render_age(shown.taken_at),
            marked("⚠️", describe_error(shown.trouble)) if shown.trouble else None,
        ),
        [
            *(pair(clients) if offered & _SESSION_ACTIONS else []),
            turn_pages(shown.page, lambda page: ShowQueue(line=line_ref, page=page)),
            [button("↩️ " + _("All lines"), ShowQueue())] if shown.line else filters,
            [button("🔄 " + _("Refresh"), ShowQueue(line=line_ref, page=shown.page.number))],
        ],
    )


def render_waiting(session: SessionSummary, opened: ShowWaiting, offered: Set[Action]) -> View:
    """One client of the queue with what can be done, and the way back to the list."""
    back = button("◀️ " + _("Back"), ShowQueue(line=opened.line, page=opened.page))
    return View(describe_session(session), [_offer_actions(session, offered), [back]])


def describe_session(session: SessionSummary) -> Text:
    """Client, reference, channel and how long, on two lines."""
    state = "" if session.state == SessionState.WAITING else " · " + name_session_state(session.state)
    operator = f" · {clip(session.operator)}" if session.operator else ""
    return stack(
        fill("👤 {client} {ref}", client=Bold(clip(session.client)), ref=reference(session.ref)),
        fill(
            "    {channel} · {line} · {since}{state}{operator}",
            channel=clip(session.channel, 30) or "—",
            line=clip(session.line, 30) or "—",
            since=moment(session.since),
            state=state,
            operator=operator,
        ),
    )


def render_working(session: SessionSummary) -> View:
    """What stands while Lines works."""
    return View(stack(marked("⏳", _("Working…")), describe_session(session)))


def render_assigned(session: SessionSummary, result: Result[Session], offered: Set[Action]) -> View:
    """Who has the session, by its state read again."""
    told = marked("✅", fill(_("{operator} has the session."), operator=Bold(clip(session.operator) or "—")))
    if session.state != SessionState.ASSIGNED_TO_OPERATOR:
        told = marked("⚠️", _("Lines accepted it, but no operator has the session now:"))
    return View(
        stack(told, describe_result(result), "", describe_session(session)),
        [_offer_actions(session, offered)],
        offer_undo(result),
    )


def render_spam(session: SessionSummary, result: Result[Session], offered: Set[Action]) -> View:
    """The session is spam; Undo stands as long as the rules allow it."""
    rows = (
        [[button("↩️ " + _("Not spam"), Unspam(session=session.ref))]]
        if session.can_unspam and Action.SPAM in offered
        else []
    )
    told = _("Marked as spam. Reports leave it out.")
    return View(stack(marked("🚫", told), describe_result(result), "", describe_session(session)), rows)


def render_unspammed(session: SessionSummary, result: Result[Session], offered: Set[Action]) -> View:
    """The session is back."""
    told = marked("✅", _("No longer spam. Reports count it again."))
    return View(
        stack(told, describe_result(result), "", describe_session(session)),
        [_offer_actions(session, offered)],
    )


def _describe_line(line: LineSummary) -> Text:
    waiting = Bold(count_waiting(line.waiting))
    if line.oldest is None:
        return fill("{line}: {waiting}", line=clip(line.name), waiting=waiting)
    return fill(
        _("{line}: {waiting}, oldest {time}"),
        line=clip(line.name),
        waiting=waiting,
        time=moment(line.oldest),
    )


def _offer_actions(session: SessionSummary, offered: Set[Action]) -> list[InlineKeyboardButton]:
    """What can be done with a session."""
    buttons = []
    if session.is_open and Action.ASSIGN in offered:
        buttons.append(button(_("Assign"), PickOperator(session=session.ref)))
    if session.is_open and session.spam_obstacle is None and Action.SPAM in offered:
        buttons.append(button(_("Spam"), Spam(session=session.ref)))
    if Action.READ in offered:
        buttons.append(button(_("Last"), ShowLast(session=session.ref)))
    return buttons
