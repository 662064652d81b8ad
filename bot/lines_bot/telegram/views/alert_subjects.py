"""Channels and lines to choose from, for the commands about alerts."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import Page
from lines_bot.queries.models import AlertSubject
from lines_bot.telegram.callbacks import KeyPurpose, PickKey, RunCommand
from lines_bot.telegram.views.commands import give_example
from lines_bot.telegram.views.view import View, button, clip, fill, pair, stack, turn_pages


def render_alert_subjects(pick: PickKey, page: Page[AlertSubject]) -> View:
    """Everything that an alert can be about."""
    return View(
        stack(
            Bold(_("Which channel or line?")),
            fill(_("Or write it, for example: {example}"), example=Code(give_example(pick.purpose))),
        ),
        [
            *pair(_offer(pick.purpose, page.items, pick.words)),
            turn_pages(page, lambda number: PickKey(purpose=pick.purpose, words=pick.words, page=number)),
        ],
    )


def render_alert_subject_choice(
    purpose: KeyPurpose, keys: Sequence[AlertSubject], query: str, words: str
) -> View:
    """Several fit a name, or are on the answered card; `words` refers to the rest of the command."""
    title = (
        fill(_("“{query}” fits several channels and lines. Which one?"), query=clip(query))
        if query
        else fill(_("That message shows several. Which one?"))
    )
    return View(title, pair(_offer(purpose, keys, words)))


def name_alert_subject(subject: AlertSubject) -> str:
    return subject.name or _("Lines")


def _offer(purpose: KeyPurpose, keys: Sequence[AlertSubject], words: str) -> list[InlineKeyboardButton]:
    return [
        button(
            f"{'👥' if each.is_line else '💬'} {each.name}",
            RunCommand(command=purpose, about=each.ref, words=words),
        )
        for each in keys
    ]
