"""English and Russian, from gettext catalogues that are compiled in memory: no build step."""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiogram.utils.i18n import I18n
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_LOCALES = Path(__file__).parent.parent / "locales"


class Language(I18n):
    """The language and the time zone the bot speaks in, current inside `with language.speak():`."""

    def __init__(self, locale: str, zone: ZoneInfo) -> None:
        super().__init__(path=_LOCALES, default_locale=locale)
        self.zone = zone

    @contextmanager
    def speak(self) -> Iterator[None]:
        """Make every gettext call inside, and in tasks begun inside, speak this language."""
        # Each class of this kind has a context of its own, and gettext looks into the parent's.
        token = I18n.set_current(self)
        try:
            yield
        finally:
            I18n.reset_current(token)

    def find_locales(self) -> dict[str, gettext.GNUTranslations]:
        """Read every catalogue there is."""
        found: dict[str, gettext.GNUTranslations] = {}
        for path in sorted(self.path.glob(f"*/LC_MESSAGES/{self.domain}.po")):
            compiled = io.BytesIO()
            with path.open("rb") as file:
                write_mo(compiled, read_po(file))
            compiled.seek(0)
            found[path.parent.parent.name] = gettext.GNUTranslations(compiled)
        return found


def find_zone() -> ZoneInfo:
    """The zone of the settings."""
    language = I18n.get_current(no_error=False)
    return language.zone if isinstance(language, Language) else ZoneInfo("UTC")


def write_time(at: datetime) -> str:
    """A time as text, in the zone of the settings."""
    return f"{at.astimezone(find_zone()):%d.%m %H:%M %Z}"
