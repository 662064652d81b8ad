"""/assign, /spam and /last, and their buttons."""

from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.desk import Desk
from bot.operations import Operations
from bot.pages import paginate
from bot.people import Action
from bot.references import Kind
from bot.rows import ShownSession
from bot.telegram.callbacks import Assign, Pick, PickOperator, PickSession, ShowLast, Spam, Unspam
from bot.telegram.request import Request
from bot.telegram.views import sessions as views
from bot.telegram.views.talk import show_talk
from handlers.arguments import find_assignment, find_operators, find_sessions, resolve_answered


async def ask_assign(
    message: Message,
    command: CommandObject,
    bot: Bot,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    answered = await resolve_answered(message, bot.id, Kind.SESSION, desk)
    if len(answered) == 1:
        sessions: Sequence[ShownSession] = [await desk.get_session(answered[0])]
        wanted = command.args or ""
    elif command.args:
        sessions, wanted = await find_assignment(command.args, desk)
    else:
        return await _offer_sessions(PickSession(purpose="assign"), desk, request)
    if len(sessions) > 1:
        return await request.screen.show(views.show_session_choice(sessions, command.args or "", "assign"))
    session = sessions[0]
    if not wanted:
        return await request.screen.show(views.show_operators(session, await desk.list_operators()))
    operators = await find_operators(wanted, desk)
    if len(operators) > 1:
        return await request.screen.show(views.show_operators(session, paginate(operators, 0), wanted))
    return await _assign(session, operators[0].id, None, desk, operations, request)


async def pick_session(
    query: CallbackQuery, callback_data: PickSession, desk: Desk, request: Request
) -> None:
    if callback_data.beside:
        request.screen.move_beside()
    await _offer_sessions(callback_data, desk, request)


async def pick_operator(
    query: CallbackQuery, callback_data: PickOperator, desk: Desk, request: Request
) -> None:
    session = await desk.get_session(await desk.resolve(Kind.SESSION, callback_data.session))
    await request.screen.show(views.show_operators(session, await desk.list_operators(callback_data.page)))


async def press_assign(
    query: CallbackQuery,
    callback_data: Assign,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    session = await desk.get_session(await desk.resolve(Kind.SESSION, callback_data.session))
    operator = await desk.resolve(Kind.OPERATOR, callback_data.operator)
    await _assign(session, operator, callback_data.seen, desk, operations, request)


async def ask_spam(
    message: Message,
    command: CommandObject,
    bot: Bot,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    session = await _choose_session("spam", message, command, bot, desk, request)
    if session is not None:
        await _mark_as_spam(session, desk, operations, request)


async def press_spam(
    query: CallbackQuery,
    callback_data: Spam,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    session = await desk.get_session(await desk.resolve(Kind.SESSION, callback_data.session))
    await _mark_as_spam(session, desk, operations, request)


async def press_unspam(
    query: CallbackQuery,
    callback_data: Unspam,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    session = await desk.get_session(await desk.resolve(Kind.SESSION, callback_data.session))
    await request.screen.show(views.show_working(session))
    result = await operations.unmark_as_spam(session.id, request.person, request.place)
    await request.screen.show(
        views.show_unspammed(await desk.show_session(result.item), result, request.offered)
    )


async def ask_last(
    message: Message,
    command: CommandObject,
    bot: Bot,
    desk: Desk,
    request: Request,
) -> None:
    session = await _choose_session("last", message, command, bot, desk, request)
    if session is not None:
        await request.screen.show(show_talk(await desk.read_talk(session.id), request.offered))


async def press_last(
    query: CallbackQuery,
    callback_data: ShowLast,
    desk: Desk,
    request: Request,
) -> None:
    session = await desk.resolve(Kind.SESSION, callback_data.session)
    await request.screen.show(show_talk(await desk.read_talk(session, callback_data.back), request.offered))


async def _choose_session(
    purpose: Pick,
    message: Message,
    command: CommandObject,
    bot: Bot,
    desk: Desk,
    request: Request,
) -> ShownSession | None:
    """The one session meant; None when the person was asked to choose."""
    if command.args:
        found: Sequence[ShownSession] = await find_sessions(command.args, desk)
    else:
        answered = await resolve_answered(message, bot.id, Kind.SESSION, desk)
        if not answered:
            await _offer_sessions(PickSession(purpose=purpose), desk, request)
            return None
        found = [await desk.get_session(each) for each in answered]
    if len(found) == 1:
        return found[0]
    await request.screen.show(views.show_session_choice(found, command.args or "", purpose))
    return None


async def _offer_sessions(pick: PickSession, desk: Desk, request: Request) -> None:
    line = await desk.resolve(Kind.LINE, pick.line) if pick.line else None
    queue = await desk.list_queue(line, pick.page)
    await request.screen.show(views.show_sessions(queue.page, pick))


async def _assign(
    session: ShownSession,
    operator: str,
    seen: str | None,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    await request.screen.show(views.show_working(session))
    result = await operations.assign(session.id, operator, request.person, request.place, seen)
    await request.screen.show(
        views.show_assigned(await desk.show_session(result.item), result, request.offered)
    )


async def _mark_as_spam(
    session: ShownSession,
    desk: Desk,
    operations: Operations,
    request: Request,
) -> None:
    await request.screen.show(views.show_working(session))
    result = await operations.mark_as_spam(session.id, request.person, request.place)
    await request.screen.show(views.show_spam(await desk.show_session(result.item), result, request.offered))


def make_router() -> Router:
    router = Router(name="sessions")
    assign, spam, read = ({"action": action} for action in (Action.ASSIGN, Action.SPAM, Action.READ))
    router.message.register(ask_assign, Command("assign"), flags=assign)
    router.callback_query.register(pick_session, PickSession.filter(), flags=assign)
    router.callback_query.register(pick_operator, PickOperator.filter(), flags=assign)
    router.callback_query.register(press_assign, Assign.filter(), flags=assign)
    router.message.register(ask_spam, Command("spam"), flags=spam)
    router.callback_query.register(press_spam, Spam.filter(), flags=spam)
    router.callback_query.register(press_unspam, Unspam.filter(), flags=spam)
    router.message.register(ask_last, Command("last"), flags=read)
    router.callback_query.register(press_last, ShowLast.filter(), flags=read)
    return router
