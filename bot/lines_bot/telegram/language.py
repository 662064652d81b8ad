"""English and Russian, from gettext catalogues that are compiled in memory, and who is spoken to in which."""

import io
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from aiogram.utils.i18n import I18n
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlalchemy import select

from lines_bot.store.database import Database
from lines_bot.store.tables import LanguageRow
from lines_bot.telegram.command_set import CommandSet

LOCALES = ("en", "ru")
_LOCALES = Path(__file__).parent.parent / "locales"


class Language(I18n):
    """The language and the time zone the bot speaks in, current inside `with language.speak():`.

    Sentences name the `commands` as people type them. `languages` is set for one of several; see `speak_to`.
    """

    def __init__(
        self,
        locale: str,
        zone: ZoneInfo,
        commands: CommandSet | None = None,
        languages: "Languages | None" = None,
    ) -> None:
        super().__init__(path=_LOCALES, default_locale=locale)
        self.zone = zone
        self.commands = commands
        self.languages = languages

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
        if self.commands is None:
            return told
        own = self.commands.translations.get(locale or self.current_locale, {})
        return self.commands.rewrite(own.get(told, told))

    def find_locales(self) -> dict[str, GNUTranslations]:
        """Every catalogue there is, by its language."""
        return {
            path.parent.parent.name: _read_catalogue(path)
            for path in sorted(self.path.glob(f"*/LC_MESSAGES/{self.domain}.po"))
        }


class Languages:
    """The language of each chat: as chosen there, else of the person's Telegram, else of the settings."""

    def __init__(self, database: Database, locale: str, zone: ZoneInfo, commands: CommandSet) -> None:
        self._database = database
        self._spoken = {each: Language(each, zone, commands, self) for each in LOCALES}
        self._chosen: dict[int, str] = {}
        self.default = self._spoken[locale]

    async def load(self) -> None:
        """Read what was chosen."""
        async with self._database.begin() as session:
            self._chosen = {row.chat: row.locale for row in await session.scalars(select(LanguageRow))}

    async def choose(self, chat: int, locale: str, person_name: str) -> None:
        """Speak this language there from now on."""
        async with self._database.begin() as session:
            await session.merge(LanguageRow(chat=chat, locale=locale, person_name=person_name))
        self._chosen[chat] = locale

    def find(self, chat: int, code: str | None = None) -> Language:
        """The language of a chat; `code` is Telegram's for the person whom a private chat is with."""
        own = (code or "").partition("-")[0].lower()
        return self._spoken.get(self._chosen.get(chat, own), self.default)

    def list(self) -> Iterable[Language]:
        return self._spoken.values()


def speak_to(chat: int) -> AbstractContextManager[None]:
    """Make every gettext call inside speak the language of this chat, where several are spoken."""
    current = I18n.get_current(no_error=True)
    languages = current.languages if isinstance(current, Language) else None
    return languages.find(chat).speak() if languages else nullcontext()


@cache
def _read_catalogue(path: Path) -> GNUTranslations:
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


def find_locale() -> str:
    """The language that is spoken now."""
    return I18n.get_current(no_error=False).default_locale


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
