"""/queue and /lines, and their buttons."""

from aiogram import Router

from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.privacy import mask_for, mask_session
from lines_bot.queries.queries import Queries
from lines_bot.telegram.callbacks import ShowQueue, ShowWaiting
from lines_bot.telegram.company_callbacks import ShowLines
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views.lines import render_lines
from lines_bot.telegram.views.session_picker import render_line_choice
from lines_bot.telegram.views.sessions import render_queue, render_waiting
from lines_bot_handlers.arguments import find_lines


async def list_queue(request: Request, queries: Queries) -> None:
    line = ""
    if request.words:
        found = await find_lines(request.words, queries)
        if len(found) > 1:
            return await request.reply.answer(render_line_choice(found, request.words))
        line = found[0].ref
    return await _show_queue(request, line, 0, queries)


async def turn_queue(request: Request, callback_data: ShowQueue, queries: Queries) -> None:
    if callback_data.beside:
        request.reply.move_beside()
    await _show_queue(request, callback_data.line, callback_data.page, queries)


async def open_waiting(request: Request, callback_data: ShowWaiting, queries: Queries) -> None:
    found = await queries.sessions.open(callback_data.session)
    session = mask_session(request.person, request.context, found)
    await request.reply.answer(render_waiting(session, callback_data, request.offered))


async def _show_queue(request: Request, line: str, page: int, queries: Queries) -> None:
    shown = mask_for(request.person, request.context, await queries.sessions.list_queue(line, page))
    await request.reply.answer(render_queue(shown, request.offered))


async def list_lines(request: Request, queries: Queries) -> None:
    await request.reply.answer(render_lines(paginate(await queries.company.list_line_cards(), 0)))


async def turn_lines(request: Request, callback_data: ShowLines, queries: Queries) -> None:
    cards = paginate(await queries.company.list_line_cards(), callback_data.page)
    await request.reply.answer(render_lines(cards))


def make_router() -> Router:
    router = Router(name="queue")
    flags = {"action": Action.SEE}
    router.message.register(list_queue, command("queue"), flags=flags)
    router.callback_query.register(turn_queue, ShowQueue.filter(), flags=flags)
    router.callback_query.register(open_waiting, ShowWaiting.filter(), flags=flags)
    router.message.register(list_lines, command("lines"), flags=flags)
    router.callback_query.register(turn_lines, ShowLines.filter(), flags=flags)
    return router
