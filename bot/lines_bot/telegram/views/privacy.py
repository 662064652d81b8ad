"""Talks that are shown to the asker alone."""

from aiogram.utils.formatting import Text
from aiogram.utils.i18n import gettext as _

from lines_bot.telegram.callbacks import SetPrivacy
from lines_bot.telegram.views.view import View, button, fill


def render_answered_in_private() -> View:
    return View(Text(_("Answered in private.")))


def render_start_first(username: str | None) -> View:
    """Telegram lets no bot write first."""
    return View(
        fill(
            _("I cannot write to you first: open @{username}, press Start, repeat this."),
            username=username,
        )
    )


def render_nothing_to_hide() -> View:
    """Asked in a private chat."""
    return View(Text("🔒 ", _("Nobody else reads here. Send /privacy in a group.")))


def render_privacy(discreet: bool) -> View:
    """How talks are answered in this chat, and the way to change that."""
    told = (
        _(
            "What clients wrote is shown to the asker alone. I answer taps here, commands too "
            "if I am an administrator of this chat; else in private."
        )
        if discreet
        else _("What clients wrote is shown in this chat to everyone who is in it.")
    )
    change = _("Show it to everyone") if discreet else _("Show it to the asker alone")
    return View(
        fill("{mark} {told}", mark="🔒" if discreet else "🔓", told=told),
        [[button(change, SetPrivacy(discreet=not discreet))]],
    )
