"""/last, /history, /export and /say, and their buttons."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines.sessions import MESSAGE_LENGTH
from lines_bot.operations.operations import Operations
from lines_bot.people import Action
from lines_bot.queries.sessions import SessionQueries
from lines_bot.queries.transcripts import Transcripts
from lines_bot.references import Kind
from lines_bot.telegram.callbacks import Export, PickSession, ShowHistory, ShowLast
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.messages import (
    render_history,
    render_last_messages,
    render_said,
    render_words_request,
    write_transcript,
)
from lines_bot.telegram.views.sessions import render_working
from lines_bot.telegram.views.view import clip
from lines_bot_handlers.arguments import read_reference
from lines_bot_handlers.session_picker import choose_session, offer_sessions


async def ask_last(
    message: Message, sessions: SessionQueries, transcripts: Transcripts, request: Request
) -> None:
    if session := await choose_session("last", sessions, request):
        last = await transcripts.read_last(session.id, 0, request.person, request.context)
        await request.reply.answer(render_last_messages(last, request.offered))


async def press_last(
    query: CallbackQuery,
    callback_data: ShowLast,
    sessions: SessionQueries,
    transcripts: Transcripts,
    request: Request,
) -> None:
    session = await sessions.resolve(callback_data.session)
    last = await transcripts.read_last(session, callback_data.back, request.person, request.context)
    await request.reply.answer(render_last_messages(last, request.offered))


async def ask_history(
    message: Message, sessions: SessionQueries, transcripts: Transcripts, request: Request
) -> None:
    if session := await choose_session("history", sessions, request):
        history = await transcripts.read_history(session.id, 0, True, request.person, request.context)
        await request.reply.answer(render_history(history))


async def turn_history(
    query: CallbackQuery,
    callback_data: ShowHistory,
    sessions: SessionQueries,
    transcripts: Transcripts,
    request: Request,
) -> None:
    session = await sessions.resolve(callback_data.session)
    history = await transcripts.read_history(
        session, callback_data.page, callback_data.newest, request.person, request.context
    )
    await request.reply.answer(render_history(history))


async def ask_export(
    message: Message, sessions: SessionQueries, transcripts: Transcripts, request: Request
) -> None:
    if session := await choose_session("export", sessions, request):
        await _export(session.id, transcripts, request)


async def press_export(
    query: CallbackQuery,
    callback_data: Export,
    sessions: SessionQueries,
    transcripts: Transcripts,
    request: Request,
) -> None:
    await _export(await sessions.resolve(callback_data.session), transcripts, request)


async def say(message: Message, sessions: SessionQueries, operations: Operations, request: Request) -> None:
    """The text keeps its lines: only the reference before it is taken off."""
    answered = request.list_answered(Kind.SESSION)
    first, *rest = request.words.split(maxsplit=1) or [""]
    short = read_reference(first)
    if short:
        session, text = await sessions.open(short), "".join(rest)
    elif len(answered) == 1:
        session, text = await sessions.get(answered[0]), request.words
    elif request.words:
        raise UserError(
            _("Write the session and the text: /say #4f2a91 We are looking into it. Nothing was said.")
        )
    else:
        return await offer_sessions(PickSession(purpose="say"), sessions, request)
    if not text:
        return await request.reply.answer(render_words_request(session))
    if len(text) > MESSAGE_LENGTH:
        raise UserError(
            _("The text is too long: Lines takes {most} characters. Nothing was said.").format(
                most=MESSAGE_LENGTH
            )
        )
    await request.reply.answer(render_working(session))
    result = await operations.say(session.id, text, request.person, request.context)
    return await request.reply.answer(
        render_said(await sessions.summarize(result.item.session), text, result)
    )


async def _export(session_id: str, transcripts: Transcripts, request: Request) -> None:
    session, messages = await transcripts.export(session_id, request.person, request.context)
    content = write_transcript(session, messages).encode()
    caption = Text(_("Transcript of {client}").format(client=clip(session.client)))
    await request.reply.send_file(f"session-{session.ref}.txt", content, caption)


def make_router() -> Router:
    router = Router(name="messages")
    read, write = {"action": Action.READ, "discreet": True}, {"action": Action.WRITE}
    router.message.register(ask_last, Command("last"), flags=read)
    router.callback_query.register(press_last, ShowLast.filter(), flags=read)
    router.message.register(ask_history, Command("history"), flags=read)
    router.callback_query.register(turn_history, ShowHistory.filter(), flags=read)
    router.message.register(ask_export, Command("export"), flags=read)
    router.callback_query.register(press_export, Export.filter(), flags=read)
    router.message.register(say, Command("say"), flags=write)
    return router
