"""What administrators are told of updates that could not be handled."""

from aiogram.utils.formatting import Code
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.telegram.views.view import View, fill, marked, stack


def render_unreadable_update(count: int) -> View:
    """Telegram sent something of a newer kind."""
    told = ngettext(
        "Telegram sent an update that I cannot read, so nothing was done for it.",
        "Telegram sent {count} updates that I cannot read, so nothing was done for them.",
        count,
    ).format(count=count)
    return View(stack(f"⚠️ {told}", _("It may be of a newer kind: look for a newer version of the bot.")))


def render_put_aside(number: int) -> View:
    """A command or a tap during which the process ended, every time."""
    told = _("Something sent to me crashed me three times. I put it aside: {number}.")
    return View(
        stack(
            marked("⚠️", fill(told, number=Code(str(number)))),
            _("The log says what was done before. Please report it."),
        )
    )
