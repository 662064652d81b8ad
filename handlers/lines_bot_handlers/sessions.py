"""/session, /sessions, /close, /spam and /unspam, and their buttons."""

from collections.abc import Awaitable, Callable, Set

from aiogram import Router

from lines_bot.lines import Session
from lines_bot.operations.operations import Operations, Result
from lines_bot.people import Action, ChatContext, Person
from lines_bot.queries.models import SessionSummary
from lines_bot.queries.privacy import mask_for, may_see_contacts
from lines_bot.queries.queries import Queries
from lines_bot.references import References
from lines_bot.telegram.callbacks import AskClose, Close, ShowSession, ShowSessions, Spam, Unspam
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import assignment
from lines_bot.telegram.views import sessions as views
from lines_bot.telegram.views.session_card import render_card, render_found
from lines_bot.telegram.views.view import View
from lines_bot_handlers.confirmations import require_answerable, set_end
from lines_bot_handlers.session_picker import choose_session, choose_session_id


async def ask_session(request: Request, queries: Queries) -> None:
    if session := await choose_session_id(request, "session", queries):
        card = await queries.transcripts.open_card(session, request.person, request.context)
        await request.reply.answer(render_card(card, request.offered))


async def open_session(request: Request, callback_data: ShowSession, queries: Queries) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    session = await queries.sessions.resolve(callback_data.session)
    card = await queries.transcripts.open_card(session, request.person, request.context)
    await request.reply.answer(render_card(card, request.offered))


async def search(request: Request, queries: Queries) -> None:
    await _show_found(request, request.words, 0, queries)


async def turn_search(
    request: Request, callback_data: ShowSessions, queries: Queries, references: References
) -> None:
    text = await references.text_of(callback_data.text, request.chat.chat)
    await _show_found(request, text, callback_data.page, queries)


async def _show_found(request: Request, text: str, page: int, queries: Queries) -> None:
    by_contacts = may_see_contacts(request.person, request.context)
    found = await queries.sessions.search(text, page, by_contacts=by_contacts, reader=request.chat.chat)
    await request.reply.answer(
        render_found(mask_for(request.person, request.context, found), request.offered)
    )


async def ask_close(request: Request, queries: Queries) -> None:
    if session := await choose_session(request, "close", queries):
        await request.reply.answer(
            assignment.render_close_question(session, request.person.id, set_end(request))
        )


async def press_ask_close(request: Request, callback_data: AskClose, queries: Queries) -> None:
    session = await queries.sessions.open(callback_data.session)
    await request.reply.answer(assignment.render_close_question(session, request.person.id, set_end(request)))


async def press_close(
    request: Request, callback_data: Close, queries: Queries, operations: Operations
) -> None:
    require_answerable(callback_data.by, callback_data.until, request)
    session = await queries.sessions.open(callback_data.session)
    await _change(request, session, operations.close, assignment.render_closed, queries)


async def ask_spam(request: Request, queries: Queries, operations: Operations) -> None:
    if session := await choose_session(request, "spam", queries):
        await _change(request, session, operations.mark_as_spam, views.render_spam, queries)


async def press_spam(request: Request, callback_data: Spam, queries: Queries, operations: Operations) -> None:
    session = await queries.sessions.open(callback_data.session)
    await _change(request, session, operations.mark_as_spam, views.render_spam, queries)


async def ask_unspam(request: Request, queries: Queries, operations: Operations) -> None:
    if session := await choose_session(request, "unspam", queries):
        await _change(request, session, operations.unmark_as_spam, views.render_unspammed, queries)


async def press_unspam(
    request: Request, callback_data: Unspam, queries: Queries, operations: Operations
) -> None:
    session = await queries.sessions.open(callback_data.session)
    await _change(request, session, operations.unmark_as_spam, views.render_unspammed, queries)


async def _change(
    request: Request,
    session: SessionSummary,
    change: Callable[[str, Person, ChatContext], Awaitable[Result[Session]]],
    show: Callable[[SessionSummary, Result[Session], Set[Action]], View],
    queries: Queries,
) -> None:
    await request.reply.answer(views.render_working(session))
    result = await change(session.id, request.person, request.context)
    await request.reply.answer(show(await queries.sessions.summarize(result.item), result, request.offered))


def make_router() -> Router:
    router = Router(name="sessions")
    see, read = {"action": Action.SEE}, {"action": Action.READ, "discreet": True}
    close, spam = {"action": Action.CLOSE}, {"action": Action.SPAM}
    router.message.register(ask_session, command("session"), flags=read)
    router.callback_query.register(open_session, ShowSession.filter(), flags=read)
    router.message.register(search, command("sessions"), flags=see)
    router.callback_query.register(turn_search, ShowSessions.filter(), flags=see)
    router.message.register(ask_close, command("close"), flags=close)
    router.callback_query.register(press_ask_close, AskClose.filter(), flags=close)
    router.callback_query.register(press_close, Close.filter(), flags=close)
    router.message.register(ask_spam, command("spam"), flags=spam)
    router.message.register(ask_unspam, command("unspam"), flags=spam)
    router.callback_query.register(press_spam, Spam.filter(), flags=spam)
    router.callback_query.register(press_unspam, Unspam.filter(), flags=spam)
    return router
