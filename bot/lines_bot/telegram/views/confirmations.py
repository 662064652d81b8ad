"""Questions before a change that cannot be taken back, and the way back where there is one."""

from datetime import UTC, datetime
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.operations.ledger import Entry, Outcome
from lines_bot.operations.operations import UNDO_LENGTH, Result
from lines_bot.telegram.callbacks import Cancel, Undo
from lines_bot.telegram.views.errors import describe_repeat
from lines_bot.telegram.views.labels import name_verb
from lines_bot.telegram.views.view import Expiring, View, button, fill, marked, stack


def offer_answers(
    yes: str, data: CallbackData, by: int, until: int, style: str | None = "danger"
) -> Expiring:
    """Yes and no, until that second; no needs no courage."""
    answers = [button(yes, data, style), button(_("Cancel"), Cancel(by=by))]
    return Expiring([answers], datetime.fromtimestamp(until, UTC))


def offer_undo(result: Result[Any]) -> Expiring | None:
    """The way back, where the platform has one."""
    entry = result.entry
    if not result.can_undo or entry is None or entry.finished_at is None:
        return None
    return Expiring([[button("↩️ " + _("Undo"), Undo(entry=entry.id))]], entry.finished_at + UNDO_LENGTH)


def describe_result(result: Result[Any]) -> Text | str | None:
    """Who was first, or how it is known that it was done; None when all went straight."""
    if result.repeated:
        return describe_repeat(result.entry)
    return _("Done (confirmed by re-reading Lines).") if result.answer_lost else None


def render_cancelled() -> View:
    return View(Text("✖️ ", _("Cancelled. Nothing was changed.")))


def render_undone(result: Result[Any]) -> View:
    """What the undo did, by its own verb."""
    verb = name_verb(result.entry.verb) if result.entry else ""
    told = fill(_("Undone ({verb})."), verb=verb) if verb else Text(_("Undone."))
    return View(stack(marked("↩️", told), describe_result(result)))


def render_completion(entry: Entry) -> View:
    """The bot was stopped in the middle: what its objects say now."""
    told = {
        Outcome.DONE: "✅ " + _("Done (confirmed by re-reading Lines)."),
        Outcome.FAILED: "⚠️ " + _("Not done (confirmed by re-reading Lines). You may try again."),
    }.get(
        entry.outcome or Outcome.UNKNOWN,
        "❔ " + _("Unknown whether it was done: check before you repeat it."),
    )
    return View(
        stack(
            fill("{verb}: {told}", verb=Bold(name_verb(entry.verb)), told=told),
            _("I was restarted midway and checked afterwards."),
        )
    )
