"""Where a session goes: groups to choose from, and what came of a move or of closing."""

from collections.abc import Set

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import Session
from lines_bot.operations.operations import Result
from lines_bot.pagination import Page
from lines_bot.people import Action
from lines_bot.queries.models import GroupSummary, SessionSummary
from lines_bot.telegram.callbacks import AssignGroup, Close, PickGroup
from lines_bot.telegram.views.confirmations import describe_result, offer_answers, offer_undo
from lines_bot.telegram.views.session_card import lay_out_card
from lines_bot.telegram.views.sessions import describe_session
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack, turn_pages


def render_groups(session: SessionSummary, groups: Page[GroupSummary], query: str = "") -> View:
    """The groups a session can wait for; Lines refuses those that do not work in its line."""
    title = (
        fill(_("“{query}” fits several groups. Which one?"), query=clip(query))
        if query
        else Bold(_("To which group?"))
    )
    buttons = [
        button(clip(group.name), AssignGroup(session=session.ref, group=group.ref, seen=session.seen))
        for group in groups.items
    ]
    return View(
        stack(describe_session(session), "", title),
        [*pair(buttons), turn_pages(groups, lambda page: PickGroup(session=session.ref, page=page))],
    )


def render_with_group(
    session: SessionSummary, group: str, result: Result[Session], offered: Set[Action]
) -> View:
    return _render(
        fill(_("In the queue of the group {group}."), group=Bold(clip(group))), session, result, offered
    )


def render_with_bot(session: SessionSummary, result: Result[Session], offered: Set[Action]) -> View:
    return _render(Text(_("The bot of the line has the session.")), session, result, offered)


def render_closed(session: SessionSummary, result: Result[Session], offered: Set[Action]) -> View:
    return _render(Text(_("Closed.")), session, result, offered)


def render_close_question(session: SessionSummary, by: int, until: int) -> View:
    """Lines cannot open a closed session again: it must be meant."""
    return View(
        stack(
            Bold(_("Close this session? It cannot be opened again.")),
            describe_session(session),
        ),
        passing=offer_answers(_("Close"), Close(session=session.ref, by=by, until=until), by, until),
    )


def _render(told: Text, session: SessionSummary, result: Result[Session], offered: Set[Action]) -> View:
    return View(
        stack(marked("✅", told), describe_result(result), "", describe_session(session)),
        lay_out_card(session, offered),
        offer_undo(result),
    )
