"""Which language a chat is spoken to in."""

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.telegram.callbacks import SetGroupLanguage, SetLanguage
from lines_bot.telegram.views.view import View, button, marked, stack

# Each by its own name: whoever needs it cannot read the other.
NAMES = {"en": "English", "ru": "Русский"}


def render_language_choice(current: str, is_private: bool) -> View:
    whom = _("I speak this language to you.") if is_private else _("I speak this language in this chat.")
    kind = SetLanguage if is_private else SetGroupLanguage
    others = [button(name, kind(locale=locale)) for locale, name in NAMES.items() if locale != current]
    return View(stack(Bold(NAMES[current]), whom), [others])


def render_language_set(is_private: bool) -> View:
    """In the language that was chosen."""
    told = _("From now on I speak English to you.") if is_private else _("From now on I speak English here.")
    return View(marked("✅", Text(told)))
