"""Choosing: which session, whom it goes to, which line is meant."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import SessionState
from lines_bot.pagination import PAGE_SIZE, Page
from lines_bot.queries.models import LineSummary, OperatorSummary, SessionSummary
from lines_bot.telegram.callbacks import (
    AskClose,
    Assign,
    AssignBot,
    Export,
    Pick,
    PickGroup,
    PickOperator,
    PickSession,
    RunCommand,
    ShowHistory,
    ShowLast,
    ShowQueue,
    ShowSession,
    Spam,
    Unspam,
)
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.labels import count_waiting, name_presence
from lines_bot.telegram.views.sessions import describe_session
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack, turn_pages


def render_sessions(page: Page[SessionSummary], pick: PickSession) -> View:
    """Waiting sessions, oldest first, a button each."""
    titles: dict[Pick, str] = {
        "assign": _("Which session to assign?"),
        "group": _("Which session to give to a group?"),
        "bot": _("Which session to give to the bot?"),
        "spam": _("Which session is spam?"),
        "unspam": _("Take which session out of spam?"),
        "close": _("Which session to close?"),
        "last": _("Last message of which client?"),
        "session": _("Which session?"),
        "history": _("History of which client?"),
        "export": _("Which session to export?"),
        "say": _("Which session to write to?"),
    }
    if not page.items:
        empty = {
            "unspam": _("No sessions in spam."),
            "close": _("No open sessions to close."),
        }
        return View(Text("🟢 ", empty.get(pick.purpose, _("Nobody is waiting."))))
    body: list[Text | str] = []
    for number, session in enumerate(page.items, page.first):
        body += ["", fill("{number}. {session}", number=number, session=describe_session(session))]
        if pick.purpose == "spam" and session.spam_obstacle:
            body.append(marked("    ⛔", describe_error(session.spam_obstacle)))
    offered = [
        _choose(session, pick.purpose, f"{number} · ")
        for number, session in enumerate(page.items, page.first)
        if pick.purpose != "spam" or session.spam_obstacle is None
    ]
    return View(
        stack(Bold(titles[pick.purpose]), _count(page, pick.purpose), *body),
        [
            *pair(offered),
            turn_pages(page, lambda number: PickSession(purpose=pick.purpose, line=pick.line, page=number)),
        ],
    )


def render_session_choice(sessions: Sequence[SessionSummary], query: str, purpose: Pick) -> View:
    """Several waiting clients match a name: the person chooses."""
    first = sessions[:PAGE_SIZE]
    return View(
        stack(
            fill(_("“{query}” fits several sessions. Which one?"), query=clip(query)),
            *map(describe_session, first),
        ),
        pair([_choose(session, purpose) for session in first]),
    )


def render_operators(session: SessionSummary, operators: Page[OperatorSummary], query: str = "") -> View:
    """Whom a session can go to, with how many each holds."""
    title = (
        fill(_("“{query}” fits several operators. Who takes it?"), query=clip(query))
        if query
        else Bold(_("Who takes it?"))
    )
    return View(
        stack(describe_session(session), "", title),
        [
            *pair(
                [
                    button(
                        f"{name_presence(operator.presence)}{clip(operator.name, 28)} · {operator.sessions}",
                        Assign(session=session.ref, operator=operator.ref, seen=session.seen),
                    )
                    for operator in operators.items
                ]
            ),
            turn_pages(operators, lambda page: PickOperator(session=session.ref, page=page)),
            _offer_others(session),
        ],
    )


def _offer_others(session: SessionSummary) -> list[InlineKeyboardButton]:
    """Who else can have a session."""
    others = [button(_("To group…"), PickGroup(session=session.ref))]
    if session.state != SessionState.ASSIGNED_TO_BOT:
        others.append(button(_("To bot"), AssignBot(session=session.ref, seen=session.seen)))
    return others


def render_line_choice(lines: Sequence[LineSummary], query: str) -> View:
    """Several lines match a name: the person chooses."""
    first = lines[:PAGE_SIZE]
    return View(
        fill(_("“{query}” fits several lines. Which one?"), query=clip(query)),
        [[button(f"{line.name} · {line.waiting}", ShowQueue(line=line.ref))] for line in first],
    )


def _count(page: Page[SessionSummary], purpose: Pick) -> str:
    """Who waits is counted as such; other lists hold other sessions."""
    if purpose in ("assign", "group", "bot", "spam", "last"):
        return count_waiting(page.total)
    return _("Found: {total}").format(total=page.total)


def _choose(session: SessionSummary, purpose: Pick, prefix: str = "") -> InlineKeyboardButton:
    title = f"{prefix}{session.client} · {session.channel}"
    ref = session.ref
    choices: dict[Pick, CallbackData] = {
        "assign": PickOperator(session=ref),
        "group": PickGroup(session=ref),
        "bot": AssignBot(session=ref, seen=session.seen),
        "spam": Spam(session=ref),
        "unspam": Unspam(session=ref),
        "close": AskClose(session=ref),
        "last": ShowLast(session=ref),
        "session": ShowSession(session=ref),
        "history": ShowHistory(session=ref),
        "export": Export(session=ref),
        "say": RunCommand(command="say", about=ref),
    }
    return button(title, choices[purpose])
