"""Questions that only the person who asked may answer, and only for a minute; and the way back for all."""

from datetime import timedelta

from aiogram import Router
from aiogram.utils.i18n import gettext as _

from lines_bot.operations.operations import Operations
from lines_bot.people import Action
from lines_bot.telegram.callbacks import Cancel, Undo
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NotYourButton, UserError
from lines_bot.telegram.views.confirmations import render_cancelled, render_undone

CONFIRMATION_LENGTH = timedelta(seconds=60)


def set_end(request: Request) -> int:
    """The second at which a question asked now is over."""
    return int((request.clock.now() + CONFIRMATION_LENGTH).timestamp())


def require_own(by: int, request: Request) -> None:
    """Raises NotYourButton if somebody else asked."""
    if by != request.person.id:
        raise NotYourButton


def require_answerable(by: int, until: int, request: Request) -> None:
    """Raises NotYourButton if somebody else asked, UserError if too long ago; a forged end is none."""
    require_own(by, request)
    now = request.clock.now()
    if not now.timestamp() <= until <= set_end(request):
        raise UserError(_("Too late: this question was open for 60 s. Nothing was changed; ask again."))


async def cancel(request: Request, callback_data: Cancel) -> None:
    require_own(callback_data.by, request)
    await request.reply.answer(render_cancelled())


async def undo(request: Request, callback_data: Undo, operations: Operations) -> None:
    """The inverse has an action of its own, which the door checks."""
    result = await operations.undo(callback_data.entry, request.person, request.context)
    await request.reply.answer(render_undone(result))


def make_router() -> Router:
    router = Router(name="confirmations")
    flags = {"action": Action.READ}
    router.callback_query.register(cancel, Cancel.filter(), flags=flags)
    router.callback_query.register(undo, Undo.filter(), flags=flags)
    return router
