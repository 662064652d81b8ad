"""/queue and /lines, and their buttons."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.privacy import mask_for, mask_session
from lines_bot.queries.sessions import SessionQueries
from lines_bot.telegram.callbacks import ShowQueue, ShowWaiting
from lines_bot.telegram.company_callbacks import ShowLines
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.lines import render_lines
from lines_bot.telegram.views.session_picker import render_line_choice
from lines_bot.telegram.views.sessions import render_queue, render_waiting
from lines_bot_handlers.arguments import find_lines


async def list_queue(
    message: Message, company: CompanyQueries, sessions: SessionQueries, request: Request
) -> None:
    line = ""
    if request.words:
        found = await find_lines(request.words, company)
        if len(found) > 1:
            return await request.reply.answer(render_line_choice(found, request.words))
        line = found[0].ref
    return await _show_queue(line, 0, sessions, request)


async def turn_queue(
    query: CallbackQuery, callback_data: ShowQueue, sessions: SessionQueries, request: Request
) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    await _show_queue(callback_data.line, callback_data.page, sessions, request)


async def open_waiting(
    query: CallbackQuery, callback_data: ShowWaiting, sessions: SessionQueries, request: Request
) -> None:
    session = mask_session(request.person, request.context, await sessions.open(callback_data.session))
    await request.reply.answer(render_waiting(session, callback_data, request.offered))


async def _show_queue(line: str, page: int, sessions: SessionQueries, request: Request) -> None:
    shown = mask_for(request.person, request.context, await sessions.list_queue(line, page))
    await request.reply.answer(render_queue(shown, request.offered))


async def list_lines(message: Message, company: CompanyQueries, request: Request) -> None:
    await request.reply.answer(render_lines(paginate(await company.list_line_cards(), 0)))


async def turn_lines(
    query: CallbackQuery, callback_data: ShowLines, company: CompanyQueries, request: Request
) -> None:
    cards = paginate(await company.list_line_cards(), callback_data.page)
    await request.reply.answer(render_lines(cards))


def make_router() -> Router:
    router = Router(name="queue")
    flags = {"action": Action.SEE}
    router.message.register(list_queue, Command("queue"), flags=flags)
    router.callback_query.register(turn_queue, ShowQueue.filter(), flags=flags)
    router.callback_query.register(open_waiting, ShowWaiting.filter(), flags=flags)
    router.message.register(list_lines, Command("lines"), flags=flags)
    router.callback_query.register(turn_lines, ShowLines.filter(), flags=flags)
    return router
