"""/last, /history, /export and /say, and their buttons."""

from aiogram import Router
from aiogram.utils.formatting import Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines.sessions import MESSAGE_LENGTH
from lines_bot.operations.operations import Operations
from lines_bot.people import Action
from lines_bot.queries.queries import Queries
from lines_bot.references import Kind
from lines_bot.telegram.callbacks import Export, PickSession, ShowHistory, ShowLast
from lines_bot.telegram.incoming.commands import command
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
from lines_bot_handlers.session_picker import choose_session_id, offer_sessions


async def ask_last(request: Request, queries: Queries) -> None:
    if session := await choose_session_id(request, "last", queries):
        last = await queries.transcripts.read_last(session, 0, request.person, request.context)
        await request.reply.answer(render_last_messages(last, request.offered))


async def press_last(request: Request, callback_data: ShowLast, queries: Queries) -> None:
    session = await queries.sessions.resolve(callback_data.session)
    last = await queries.transcripts.read_last(session, callback_data.back, request.person, request.context)
    await request.reply.answer(render_last_messages(last, request.offered))


async def ask_history(request: Request, queries: Queries) -> None:
    if session := await choose_session_id(request, "history", queries):
        history = await queries.transcripts.read_history(session, 0, True, request.person, request.context)
        await request.reply.answer(render_history(history))


async def turn_history(request: Request, callback_data: ShowHistory, queries: Queries) -> None:
    session = await queries.sessions.resolve(callback_data.session)
    history = await queries.transcripts.read_history(
        session, callback_data.page, callback_data.newest, request.person, request.context
    )
    await request.reply.answer(render_history(history))


async def ask_export(request: Request, queries: Queries) -> None:
    if session := await choose_session_id(request, "export", queries):
        await _export(request, session, queries)


async def press_export(request: Request, callback_data: Export, queries: Queries) -> None:
    await _export(request, await queries.sessions.resolve(callback_data.session), queries)


async def say(request: Request, queries: Queries, operations: Operations) -> None:
    """The text keeps its lines: only the reference before it is taken off."""
    answered = request.list_answered(Kind.SESSION)
    first, *rest = request.words.split(maxsplit=1) or [""]
    short = read_reference(first)
    if short:
        session, text = await queries.sessions.open(short), "".join(rest)
    elif len(answered) == 1:
        session, text = await queries.sessions.get(answered[0]), request.words
    elif request.words:
        raise UserError(
            _("Write the session and the text: /say #4f2a91 We are looking into it. Nothing was said.")
        )
    else:
        return await offer_sessions(request, PickSession(purpose="say"), queries)
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
        render_said(await queries.sessions.summarize(result.item.session), text, result)
    )


async def _export(request: Request, session_id: str, queries: Queries) -> None:
    session, messages = await queries.transcripts.export(session_id, request.person, request.context)
    content = write_transcript(session, messages).encode()
    caption = Text(_("Transcript of {client}").format(client=clip(session.client)))
    await request.reply.send_file(f"session-{session.ref}.txt", content, caption)


def make_router() -> Router:
    router = Router(name="messages")
    read, write = {"action": Action.READ, "discreet": True}, {"action": Action.WRITE}
    router.message.register(ask_last, command("last"), flags=read)
    router.callback_query.register(press_last, ShowLast.filter(), flags=read)
    router.message.register(ask_history, command("history"), flags=read)
    router.callback_query.register(turn_history, ShowHistory.filter(), flags=read)
    router.message.register(ask_export, command("export"), flags=read)
    router.callback_query.register(press_export, Export.filter(), flags=read)
    router.message.register(say, command("say"), flags=write)
    return router
