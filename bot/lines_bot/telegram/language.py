"""English and Russian, from gettext catalogues that are compiled in memory: no build step."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from aiogram.utils.i18n import I18n
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lines_bot.telegram.command_set import CommandSet

_LOCALES = Path(__file__).parent.parent / "locales"


class Language(I18n):
    """The language and the time zone the bot speaks in, current inside `with language.speak():`.

    Sentences name the `commands` as people type them.
    """

    def __init__(self, locale: str, zone: ZoneInfo, commands: CommandSet | None = None) -> None:
        super().__init__(path=_LOCALES, default_locale=locale)
        self.zone = zone
        self.commands = commands

    @contextmanager
    def speak(self) -> Iterator[None]:
        """Make every gettext call inside, and in tasks begun inside, speak this language."""
        # Each class of this kind has a context of its own, and gettext looks into the parent's.
        token = I18n.set_current(self)
        try:
            yield
        finally:
            I18n.reset_current(token)

    def gettext(self, singular: str, plural: str | None = None, n: int = 1, locale: str | None = None) -> str:
        told = super().gettext(singular, plural, n, locale)
        return self.commands.rewrite(told) if self.commands else told

    def find_locales(self) -> dict[str, GNUTranslations]:
        """Read every catalogue there is."""
        found: dict[str, GNUTranslations] = {}
        for path in sorted(self.path.glob(f"*/LC_MESSAGES/{self.domain}.po")):
            compiled = io.BytesIO()
            with path.open("rb") as file:
                write_mo(compiled, read_po(file))
            compiled.seek(0)
            found[path.parent.parent.name] = GNUTranslations(compiled)
        return found


def find_language() -> Language | None:
    """What is spoken now, if anything is."""
    language = I18n.get_current(no_error=False)
    return language if isinstance(language, Language) else None


def find_zone() -> ZoneInfo:
    """The zone of the settings."""
    language = find_language()
    return language.zone if language else ZoneInfo("UTC")


def find_prefix() -> str:
    """What stands before the names of commands and in what buttons carry."""
    language = find_language()
    return language.commands.prefix if language and language.commands else ""


def write_time(at: datetime) -> str:
    """A time as text, in the zone of the settings."""
    return f"{at.astimezone(find_zone()):%d.%m %H:%M %Z}"
