"""Channels and lines to choose from, for the commands about alerts."""

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold
from aiogram.utils.i18n import gettext as _

from bot.pages import Page
from bot.rows import ShownKey
from bot.telegram.callbacks import KeyPurpose, PickKey, RunCommand
from bot.telegram.views.view import View, button, clip, fill, pair, turn_pages


def show_keys(purpose: KeyPurpose, page: Page[ShownKey]) -> View:
    """Everything that an alert can be about."""
    titles: Mapping[KeyPurpose, str] = {
        "why": _("Why is there an alert, or none? Choose a channel or a line."),
        "mute": _("What is muted until it is well? Choose a channel or a line."),
        "unmute": _("Whose mute ends? Choose a channel or a line."),
        "rules": _("Whose rule is it? Choose a channel or a line."),
    }
    return View(
        fill("{title}", title=Bold(titles[purpose])),
        [
            *pair(_offer(purpose, page.items)),
            turn_pages(page, lambda number: PickKey(purpose=purpose, page=number)),
        ],
    )


def show_key_choice(purpose: KeyPurpose, keys: Sequence[ShownKey], query: str, words: str) -> View:
    """Several fit a name, or are on the answered card; `words` refers to the rest of the command."""
    title = (
        fill(_("“{query}” fits several channels and lines. Which one?"), query=clip(query))
        if query
        else fill(_("Several are shown there. Which one?"))
    )
    return View(title, pair(_offer(purpose, keys, words)))


def _offer(purpose: KeyPurpose, keys: Sequence[ShownKey], words: str = "") -> list[InlineKeyboardButton]:
    return [
        button(
            f"{'👥' if each.is_line else '💬'} {each.name}",
            RunCommand(command=purpose, about=each.ref, words=words),
        )
        for each in keys
    ]
