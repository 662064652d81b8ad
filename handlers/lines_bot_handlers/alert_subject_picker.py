"""Which channel or line an alert command is about: by name, the answered card, or a choice from a list."""

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import PAGE_SIZE
from lines_bot.people import Action
from lines_bot.queries.models import AlertSubject
from lines_bot.queries.queries import Queries
from lines_bot.references import Kind
from lines_bot.telegram.callbacks import KeyPurpose, PickKey
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NameNotFound
from lines_bot.telegram.views.alert_subjects import render_alert_subject_choice, render_alert_subjects
from lines_bot.telegram.views.view import clip, fill
from lines_bot_handlers.arguments import find_meant


async def choose_alert_subject(
    request: Request, purpose: KeyPurpose, query: str, words: str, queries: Queries
) -> AlertSubject | None:
    """What the command is about; None when the person was asked to choose.

    `words` are what it says beside the name. Raises UserError.
    """
    subjects = queries.alert_subjects
    if query:
        found = await find_meant(query, subjects.find, subjects.open, lambda each: each.name)
    else:
        kinds = (Kind.CHANNEL, Kind.LINE)
        found = [each for kind in kinds for each in await subjects.list_of(kind, request.list_answered(kind))]
    if len(found) == 1:
        return found[0]
    if query and not found:
        raise NameNotFound(
            fill(_("No channel and no line “{query}”."), query=clip(query)),
            query,
            await subjects.find_near(query),
            purpose,
        )
    rest = await subjects.remember(words, request.chat.chat)
    if found:
        await request.reply.answer(render_alert_subject_choice(purpose, found[:PAGE_SIZE], query, rest))
    else:
        await _offer_subjects(request, PickKey(purpose=purpose, words=rest), queries)
    return None


async def pick_alert_subject(request: Request, callback_data: PickKey, queries: Queries) -> None:
    await _offer_subjects(request, callback_data, queries)


async def _offer_subjects(request: Request, pick: PickKey, queries: Queries) -> None:
    await request.reply.answer(render_alert_subjects(pick, await queries.alert_subjects.list(pick.page)))


def make_router() -> Router:
    router = Router(name="alert_subjects")
    router.callback_query.register(pick_alert_subject, PickKey.filter(), flags={"action": Action.SEE})
    return router
