"""What administrators are told of the bot's own rounds."""

from aiogram.utils.formatting import Bold
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.view import View, marked, stack


def render_looks_fail(error: Exception) -> View:
    """Looks at Lines came to nothing again and again."""
    return View(
        stack(
            marked("🔴", Bold(_("I cannot watch Lines: alerts may be missing."))),
            describe_error(error),
            _("Still trying; I tell you when it works again."),
        )
    )


def render_looks_work_again(failures: int) -> View:
    told = ngettext(
        "Watching Lines again; {count} check failed.",
        "Watching Lines again; {count} checks failed.",
        failures,
    ).format(count=failures)
    return View(stack(f"🟢 {told}"))
