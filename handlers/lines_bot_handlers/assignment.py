"""/assign, /group and /bot, and their buttons."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from aiogram import Router

from lines_bot.operations.operations import Operations
from lines_bot.pagination import paginate
from lines_bot.people import Action
from lines_bot.queries.models import GroupSummary, OperatorSummary, SessionSummary
from lines_bot.queries.queries import Queries
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
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.views import assignment, session_picker
from lines_bot.telegram.views import sessions as views
from lines_bot_handlers.arguments import find_groups, find_me, find_targets, is_target, split_session
from lines_bot_handlers.session_picker import NAMED, choose_session, offer_sessions

Target = OperatorSummary | GroupSummary | Literal["bot"]


async def ask_assign(request: Request, queries: Queries, operations: Operations) -> None:
    async def is_known(name: str) -> bool:
        return await is_target(name, queries)

    named = await _split(request, "assign", queries, is_known)
    if named is None:
        return None
    session, name = named
    if not name:
        return await request.reply.answer(
            session_picker.render_operators(session, await queries.company.list_operators())
        )
    targets = await find_targets(name, request.person, queries)
    if targets == "bot":
        return await _move(request, session, "bot", None, queries, operations)
    if len(targets) == 1:
        return await _move(request, session, targets[0], None, queries, operations)
    groups = [target for target in targets if isinstance(target, GroupSummary)]
    operators = [target for target in targets if isinstance(target, OperatorSummary)]
    return await request.reply.answer(
        assignment.render_groups(session, paginate(groups, 0), name)
        if groups
        else session_picker.render_operators(session, paginate(operators, 0), name)
    )


async def ask_group(request: Request, queries: Queries, operations: Operations) -> None:
    async def is_group(name: str) -> bool:
        return bool(await queries.company.find_groups(name))

    named = await _split(request, "group", queries, is_group)
    if named is None:
        return None
    session, name = named
    if not name:
        return await request.reply.answer(
            assignment.render_groups(session, await queries.company.list_groups())
        )
    groups = await find_groups(name, queries)
    if len(groups) > 1:
        return await request.reply.answer(assignment.render_groups(session, paginate(groups, 0), name))
    return await _move(request, session, groups[0], None, queries, operations)


async def ask_bot(request: Request, queries: Queries, operations: Operations) -> None:
    if session := await choose_session(request, "bot", queries):
        await _move(request, session, "bot", None, queries, operations)


async def pick_operator(request: Request, callback_data: PickOperator, queries: Queries) -> None:
    session = await queries.sessions.open(callback_data.session)
    await request.reply.answer(
        session_picker.render_operators(session, await queries.company.list_operators(callback_data.page))
    )


async def pick_group(request: Request, callback_data: PickGroup, queries: Queries) -> None:
    session = await queries.sessions.open(callback_data.session)
    await request.reply.answer(
        assignment.render_groups(session, await queries.company.list_groups(callback_data.page))
    )


async def press_assign(
    request: Request, callback_data: Assign, queries: Queries, operations: Operations
) -> None:
    operator = await queries.company.open_operator(callback_data.operator)
    session = await queries.sessions.open(callback_data.session)
    await _move(request, session, operator, callback_data.seen, queries, operations)


async def press_assign_me(
    request: Request, callback_data: AssignMe, queries: Queries, operations: Operations
) -> None:
    me = await find_me(request.person, queries)
    session = await queries.sessions.open(callback_data.session)
    await _move(request, session, me, callback_data.seen, queries, operations)


async def press_group(
    request: Request, callback_data: AssignGroup, queries: Queries, operations: Operations
) -> None:
    group = await queries.company.open_group(callback_data.group)
    session = await queries.sessions.open(callback_data.session)
    await _move(request, session, group, callback_data.seen, queries, operations)


async def press_bot(
    request: Request, callback_data: AssignBot, queries: Queries, operations: Operations
) -> None:
    session = await queries.sessions.open(callback_data.session)
    await _move(request, session, "bot", callback_data.seen, queries, operations)


async def _split(
    request: Request, purpose: Pick, queries: Queries, is_known: Callable[[str], Awaitable[bool]]
) -> tuple[SessionSummary, str] | None:
    """The session and the name of where it goes, maybe empty; None when the person was asked to choose."""
    answered = request.list_answered(Kind.SESSION)
    if len(answered) == 1:
        return await queries.sessions.get(answered[0]), request.words
    if not request.words:
        await offer_sessions(request, PickSession(purpose=purpose), queries)
        return None
    found: Sequence[SessionSummary]
    found, name = await split_session(request.words, NAMED[purpose], queries, is_known)
    if len(found) > 1:
        await request.reply.answer(session_picker.render_session_choice(found, request.words, purpose))
        return None
    return found[0], name


async def _move(
    request: Request,
    session: SessionSummary,
    target: Target,
    seen: str | None,
    queries: Queries,
    operations: Operations,
) -> None:
    await request.reply.answer(views.render_working(session))
    by, offered = request.person, request.offered
    if isinstance(target, OperatorSummary):
        result = await operations.assign(session.id, target.id, by, request.context, seen)
        view = views.render_assigned(await queries.sessions.summarize(result.item), result, offered)
    elif isinstance(target, GroupSummary):
        result = await operations.assign_to_group(session.id, target.id, by, request.context, seen)
        view = assignment.render_with_group(
            await queries.sessions.summarize(result.item), target.name, result, offered
        )
    else:
        result = await operations.assign_to_bot(session.id, by, request.context, seen)
        view = assignment.render_with_bot(await queries.sessions.summarize(result.item), result, offered)
    await request.reply.answer(view)


def make_router() -> Router:
    router = Router(name="assigning")
    flags = {"action": Action.ASSIGN}
    router.message.register(ask_assign, command("assign"), flags=flags)
    router.message.register(ask_group, command("group"), flags=flags)
    router.message.register(ask_bot, command("bot"), flags=flags)
    router.callback_query.register(pick_operator, PickOperator.filter(), flags=flags)
    router.callback_query.register(pick_group, PickGroup.filter(), flags=flags)
    router.callback_query.register(press_assign, Assign.filter(), flags=flags)
    router.callback_query.register(press_assign_me, AssignMe.filter(), flags=flags)
    router.callback_query.register(press_group, AssignGroup.filter(), flags=flags)
    router.callback_query.register(press_bot, AssignBot.filter(), flags=flags)
    return router
