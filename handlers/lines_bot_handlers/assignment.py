"""/assign, /group and /bot, and their buttons."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from lines_bot.operations.operations import Operations
from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.models import GroupSummary, OperatorSummary, SessionSummary
from lines_bot.queries.sessions import SessionQueries
from lines_bot.references import Kind
from lines_bot.telegram.callbacks import (
    Assign,
    AssignBot,
    AssignGroup,
    AssignMe,
    Pick,
    PickGroup,
    PickOperator,
    PickSession,
)
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import assignment, session_picker
from lines_bot.telegram.views import sessions as views
from lines_bot_handlers.arguments import find_groups, find_me, find_targets, is_target, split_session
from lines_bot_handlers.session_picker import NAMED, choose_session, offer_sessions

Target = OperatorSummary | GroupSummary | Literal["bot"]


async def ask_assign(
    message: Message,
    company: CompanyQueries,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    async def is_known(name: str) -> bool:
        return await is_target(name, company)

    named = await _split("assign", sessions, request, is_known)
    if named is None:
        return None
    session, name = named
    if not name:
        return await request.reply.answer(
            session_picker.render_operators(session, await company.list_operators())
        )
    targets = await find_targets(name, request.person, company)
    if targets == "bot":
        return await _move(session, "bot", None, sessions, operations, request)
    if len(targets) == 1:
        return await _move(session, targets[0], None, sessions, operations, request)
    groups = [target for target in targets if isinstance(target, GroupSummary)]
    operators = [target for target in targets if isinstance(target, OperatorSummary)]
    return await request.reply.answer(
        assignment.render_groups(session, paginate(groups, 0), name)
        if groups
        else session_picker.render_operators(session, paginate(operators, 0), name)
    )


async def ask_group(
    message: Message,
    company: CompanyQueries,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    async def is_group(name: str) -> bool:
        return bool(await company.find_groups(name))

    named = await _split("group", sessions, request, is_group)
    if named is None:
        return None
    session, name = named
    if not name:
        return await request.reply.answer(assignment.render_groups(session, await company.list_groups()))
    groups = await find_groups(name, company)
    if len(groups) > 1:
        return await request.reply.answer(assignment.render_groups(session, paginate(groups, 0), name))
    return await _move(session, groups[0], None, sessions, operations, request)


async def ask_bot(
    message: Message, sessions: SessionQueries, operations: Operations, request: Request
) -> None:
    if session := await choose_session("bot", sessions, request):
        await _move(session, "bot", None, sessions, operations, request)


async def pick_operator(
    query: CallbackQuery,
    callback_data: PickOperator,
    company: CompanyQueries,
    sessions: SessionQueries,
    request: Request,
) -> None:
    session = await sessions.open(callback_data.session)
    await request.reply.answer(
        session_picker.render_operators(session, await company.list_operators(callback_data.page))
    )


async def pick_group(
    query: CallbackQuery,
    callback_data: PickGroup,
    company: CompanyQueries,
    sessions: SessionQueries,
    request: Request,
) -> None:
    session = await sessions.open(callback_data.session)
    await request.reply.answer(
        assignment.render_groups(session, await company.list_groups(callback_data.page))
    )


async def press_assign(
    query: CallbackQuery,
    callback_data: Assign,
    company: CompanyQueries,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    operator = await company.open_operator(callback_data.operator)
    session = await sessions.open(callback_data.session)
    await _move(session, operator, callback_data.seen, sessions, operations, request)


async def press_assign_me(
    query: CallbackQuery,
    callback_data: AssignMe,
    company: CompanyQueries,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    me = await find_me(request.person, company)
    session = await sessions.open(callback_data.session)
    await _move(session, me, callback_data.seen, sessions, operations, request)


async def press_group(
    query: CallbackQuery,
    callback_data: AssignGroup,
    company: CompanyQueries,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    group = await company.open_group(callback_data.group)
    session = await sessions.open(callback_data.session)
    await _move(session, group, callback_data.seen, sessions, operations, request)


async def press_bot(
    query: CallbackQuery,
    callback_data: AssignBot,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    session = await sessions.open(callback_data.session)
    await _move(session, "bot", callback_data.seen, sessions, operations, request)


async def _split(
    purpose: Pick, sessions: SessionQueries, request: Request, is_known: Callable[[str], Awaitable[bool]]
) -> tuple[SessionSummary, str] | None:
    """The session and the name of where it goes, maybe empty; None when the person was asked to choose."""
    answered = request.list_answered(Kind.SESSION)
    if len(answered) == 1:
        return await sessions.get(answered[0]), request.words
    if not request.words:
        await offer_sessions(PickSession(purpose=purpose), sessions, request)
        return None
    found: Sequence[SessionSummary]
    found, name = await split_session(request.words, NAMED[purpose], sessions, is_known)
    if len(found) > 1:
        await request.reply.answer(session_picker.render_session_choice(found, request.words, purpose))
        return None
    return found[0], name


async def _move(
    session: SessionSummary,
    target: Target,
    seen: str | None,
    sessions: SessionQueries,
    operations: Operations,
    request: Request,
) -> None:
    await request.reply.answer(views.render_working(session))
    by, offered = request.person, request.offered
    if isinstance(target, OperatorSummary):
        result = await operations.assign(session.id, target.id, by, request.context, seen)
        view = views.render_assigned(await sessions.summarize(result.item), result, offered)
    elif isinstance(target, GroupSummary):
        result = await operations.assign_to_group(session.id, target.id, by, request.context, seen)
        view = assignment.render_with_group(
            await sessions.summarize(result.item), target.name, result, offered
        )
    else:
        result = await operations.assign_to_bot(session.id, by, request.context, seen)
        view = assignment.render_with_bot(await sessions.summarize(result.item), result, offered)
    await request.reply.answer(view)


def make_router() -> Router:
    router = Router(name="assigning")
    flags = {"action": Action.ASSIGN}
    router.message.register(ask_assign, Command("assign"), flags=flags)
    router.message.register(ask_group, Command("group"), flags=flags)
    router.message.register(ask_bot, Command("bot"), flags=flags)
    router.callback_query.register(pick_operator, PickOperator.filter(), flags=flags)
    router.callback_query.register(pick_group, PickGroup.filter(), flags=flags)
    router.callback_query.register(press_assign, Assign.filter(), flags=flags)
    router.callback_query.register(press_assign_me, AssignMe.filter(), flags=flags)
    router.callback_query.register(press_group, AssignGroup.filter(), flags=flags)
    router.callback_query.register(press_bot, AssignBot.filter(), flags=flags)
    return router
