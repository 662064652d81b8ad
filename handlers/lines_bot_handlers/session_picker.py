"""Which session is meant: by a reference, a name, the answered card, or a choice from a list."""

from collections.abc import Collection, Mapping

from aiogram import Router

from lines_bot.lines import SessionState
from lines_bot.lines.enums import OPEN_STATES
from lines_bot.people import Action
from lines_bot.queries.models import SessionSummary
from lines_bot.queries.queries import Queries
from lines_bot.references import Kind
from lines_bot.telegram.callbacks import Pick, PickSession
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import session_picker as views
from lines_bot_handlers.arguments import find_sessions, read_reference

_HELD = {SessionState.ASSIGNED_TO_BOT, SessionState.ASSIGNED_TO_OPERATOR}
_SPAM = {SessionState.MARKED_AS_SPAM}
_ANY = set(SessionState)
# What is listed, newest first (else who waits, oldest first), and what a name may mean.
LISTED: Mapping[Pick, Collection[SessionState]] = {
    "close": _HELD,
    "unspam": _SPAM,
    "session": OPEN_STATES,
    "history": OPEN_STATES,
    "export": OPEN_STATES,
    "say": OPEN_STATES,
}
NAMED: Mapping[Pick, Collection[SessionState]] = {
    "assign": OPEN_STATES,
    "group": OPEN_STATES,
    "bot": OPEN_STATES,
    "spam": OPEN_STATES,
    "close": _HELD,
    "unspam": _SPAM,
    "last": _ANY,
    "session": _ANY,
    "history": _ANY,
    "export": _ANY,
    "say": OPEN_STATES,
}


async def choose_session(request: Request, purpose: Pick, queries: Queries) -> SessionSummary | None:
    """The one session meant; None when the person was asked to choose."""
    if request.words:
        found = await find_sessions(request.words, NAMED[purpose], queries)
    else:
        answered = request.list_answered(Kind.SESSION)
        if not answered:
            await offer_sessions(request, PickSession(purpose=purpose), queries)
            return None
        found = [await queries.sessions.get(each) for each in answered]
    if len(found) == 1:
        return found[0]
    await request.reply.answer(views.render_session_choice(found, request.words, purpose))
    return None


async def choose_session_id(request: Request, purpose: Pick, queries: Queries) -> str | None:
    """The same for what reads the session itself: one that is named by a reference is not read before."""
    answered = request.list_answered(Kind.SESSION)
    if not request.words and len(answered) == 1:
        return answered[0]
    short = read_reference(request.words) if request.words.startswith("#") else None
    if short is not None:
        return await queries.sessions.resolve(short)
    session = await choose_session(request, purpose, queries)
    return session.id if session else None


async def offer_sessions(request: Request, pick: PickSession, queries: Queries) -> None:
    """Show what the person may choose from."""
    listed = LISTED.get(pick.purpose)
    page = (
        await queries.sessions.list_states(listed, pick.page)
        if listed
        else (await queries.sessions.list_queue(pick.line, pick.page)).page
    )
    await request.reply.answer(views.render_sessions(page, pick))


async def pick_session(request: Request, callback_data: PickSession, queries: Queries) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    await offer_sessions(request, callback_data, queries)


def make_router() -> Router:
    router = Router(name="choosing")
    router.callback_query.register(pick_session, PickSession.filter(), flags={"action": Action.ASSIGN})
    return router
