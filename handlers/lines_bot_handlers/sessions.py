"""/session, /sessions, /close, /spam and /unspam, and their buttons."""

from collections.abc import Awaitable, Callable, Set

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.lines import Session
from lines_bot.operations.operations import Operations, Result
from lines_bot.people import Action, ChatContext, Person
from lines_bot.queries.models import SessionSummary
from lines_bot.queries.privacy import mask_for, may_see_contacts
from lines_bot.queries.sessions import SessionQueries
from lines_bot.queries.transcripts import Transcripts
from lines_bot.references import References
from lines_bot.telegram.callbacks import AskClose, Close, ShowSession, ShowSessions, Spam, Unspam
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import assignment
from lines_bot.telegram.views import sessions as views
from lines_bot.telegram.views.session_card import render_card, render_found
from lines_bot.telegram.views.view import View
from lines_bot_handlers.confirmations import require_answerable, set_end
from lines_bot_handlers.session_picker import choose_session


async def ask_session(
    message: Message, sessions: SessionQueries, transcripts: Transcripts, request: Request
) -> None:
    if session := await choose_session("session", sessions, request):
        card = await transcripts.open_card(session.id, request.person, request.context)
        await request.reply.answer(render_card(card, request.offered))


async def open_session(
    query: CallbackQuery,
    callback_data: ShowSession,
    sessions: SessionQueries,
    transcripts: Transcripts,
    request: Request,
) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    session = await sessions.resolve(callback_data.session)
    card = await transcripts.open_card(session, request.person, request.context)
    await request.reply.answer(render_card(card, request.offered))


async def search(message: Message, sessions: SessionQueries, request: Request) -> None:
    await _show_found(request.words, 0, sessions, request)


async def turn_search(
    query: CallbackQuery,
    callback_data: ShowSessions,
    sessions: SessionQueries,
    references: References,
    request: Request,
) -> None:
    text = await references.text_of(callback_data.text, request.chat.chat)
    await _show_found(text, callback_data.page, sessions, request)


async def _show_found(text: str, page: int, sessions: SessionQueries, request: Request) -> None:
    by_contacts = may_see_contacts(request.person, request.context)
    found = await sessions.search(text, page, by_contacts=by_contacts, reader=request.chat.chat)
    await request.reply.answer(
        render_found(mask_for(request.person, request.context, found), request.offered)
    )


async def ask_close(message: Message, sessions: SessionQueries, request: Request) -> None:
    if session := await choose_session("close", sessions, request):
        await request.reply.answer(
            assignment.render_close_question(session, request.person.id, set_end(request.clock.now()))
        )


async def press_ask_close(
    query: CallbackQuery, callback_data: AskClose, sessions: SessionQueries, request: Request
) -> None:
    session = await sessions.open(callback_data.session)
    await request.reply.answer(
        assignment.render_close_question(session, request.person.id, set_end(request.clock.now()))
    )


async def press_close(
    query: CallbackQuery,
    callback_data: Close,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    require_answerable(callback_data.by, callback_data.until, request, request.clock.now())
    session = await sessions.open(callback_data.session)
    await _change(session, operations.close, assignment.render_closed, sessions, request)


async def ask_spam(
    message: Message, sessions: SessionQueries, operations: Operations, request: Request
) -> None:
    if session := await choose_session("spam", sessions, request):
        await _change(session, operations.mark_as_spam, views.render_spam, sessions, request)


async def press_spam(
    query: CallbackQuery,
    callback_data: Spam,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    session = await sessions.open(callback_data.session)
    await _change(session, operations.mark_as_spam, views.render_spam, sessions, request)


async def ask_unspam(
    message: Message, sessions: SessionQueries, operations: Operations, request: Request
) -> None:
    if session := await choose_session("unspam", sessions, request):
        await _change(session, operations.unmark_as_spam, views.render_unspammed, sessions, request)


async def press_unspam(
    query: CallbackQuery,
    callback_data: Unspam,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    session = await sessions.open(callback_data.session)
    await _change(session, operations.unmark_as_spam, views.render_unspammed, sessions, request)


async def _change(
    session: SessionSummary,
    change: Callable[[str, Person, ChatContext], Awaitable[Result[Session]]],
    show: Callable[[SessionSummary, Result[Session], Set[Action]], View],
    sessions: SessionQueries,
    request: Request,
) -> None:
    await request.reply.answer(views.render_working(session))
    result = await change(session.id, request.person, request.context)
    await request.reply.answer(show(await sessions.summarize(result.item), result, request.offered))


def make_router() -> Router:
    router = Router(name="sessions")
    see, read = {"action": Action.SEE}, {"action": Action.READ, "discreet": True}
    close, spam = {"action": Action.CLOSE}, {"action": Action.SPAM}
    router.message.register(ask_session, Command("session"), flags=read)
    router.callback_query.register(open_session, ShowSession.filter(), flags=read)
    router.message.register(search, Command("sessions"), flags=see)
    router.callback_query.register(turn_search, ShowSessions.filter(), flags=see)
    router.message.register(ask_close, Command("close"), flags=close)
    router.callback_query.register(press_ask_close, AskClose.filter(), flags=close)
    router.callback_query.register(press_close, Close.filter(), flags=close)
    router.message.register(ask_spam, Command("spam"), flags=spam)
    router.message.register(ask_unspam, Command("unspam"), flags=spam)
    router.callback_query.register(press_spam, Spam.filter(), flags=spam)
    router.callback_query.register(press_unspam, Unspam.filter(), flags=spam)
    return router
