"""A message as data: text with entities, and buttons."""

import re
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from aiogram.utils.formatting import Code, DateTime, Text, as_list
from aiogram.utils.i18n import I18n

from lines_bot.pagination import Page
from lines_bot.telegram.language import find_prefix, write_time

Rows = Sequence[Sequence[InlineKeyboardButton]]
Seen = TypeVar("Seen", bound=Hashable)

NAME_LENGTH = 60
_BUTTON_LENGTH = 40
_PER_ROW = 2
_KEPT = 128
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class Expiring:
    """Buttons that are good until a time."""

    rows: Rows
    until: datetime


@dataclass(frozen=True)
class View:
    """What is sent or edited in; the `passing` buttons stand above the others."""

    text: Text
    rows: Rows = field(default=())
    passing: Expiring | None = None

    def as_message(self) -> dict[str, Any]:
        """The arguments of sendMessage and editMessageText."""
        return self._message

    @cached_property
    def _message(self) -> dict[str, Any]:
        return {
            **self.text.as_kwargs(),
            "reply_markup": self.make_keyboard(),
            "link_preview_options": _NO_PREVIEW,
        }

    def as_caption(self) -> dict[str, Any]:
        """The arguments of sendPhoto that say what it shows."""
        return {**self.text.as_caption_kwargs(), "reply_markup": self.make_keyboard()}

    def make_keyboard(self) -> InlineKeyboardMarkup:
        rows = [*(self.passing.rows if self.passing else ()), *self.rows]
        return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])

    def without_passing(self) -> "View":
        return replace(self, passing=None)


def render_once(render: Callable[[Seen], View]) -> Callable[[Seen], View]:
    """Keep the newest views of what can be compared, by language: what many ask at once is drawn once."""

    @lru_cache(_KEPT)
    def keep(_language: I18n, seen: Seen) -> View:
        return render(seen)

    @wraps(render)
    def find(seen: Seen) -> View:
        return keep(I18n.get_current(no_error=False), seen)

    return find


def button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    """A button that carries a payload; colour only repeats what the words say."""
    return InlineKeyboardButton(
        text=clip(text, _BUTTON_LENGTH), callback_data=find_prefix() + data.pack(), style=style
    )


def pair(buttons: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Two buttons a row: wide enough for a thumb."""
    return [list(buttons[start : start + _PER_ROW]) for start in range(0, len(buttons), _PER_ROW)]


def turn_pages(page: Page[Any], turn: Callable[[int], CallbackData]) -> list[InlineKeyboardButton]:
    """Back and forward, only where there is somewhere to go."""
    buttons = []
    if page.number > 0:
        buttons.append(button(f"◀️ {page.number}/{page.pages}", turn(page.number - 1)))
    if page.number + 1 < page.pages:
        buttons.append(button(f"{page.number + 2}/{page.pages} ▶️", turn(page.number + 1)))
    return buttons


def fill(template: str, **parts: object) -> Text:
    """Put nodes or values into the `{places}` of a translated sentence; nothing is ever read as markup."""
    nodes: list[Text | str] = []
    for place, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        part = parts[piece] if place % 2 else piece
        nodes.append(part if isinstance(part, Text) else str(part))
    return Text(*nodes)


def marked(mark: str, told: Text | str) -> Text:
    """A sign before what is told."""
    return Text(mark, " ", told)


def clip(text: str, length: int = NAME_LENGTH) -> str:
    """Foreign text on one line, without characters that hide or turn other text; see `shorten`."""
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return shorten(visible, length)


def shorten(text: str, length: int) -> str:
    """At most `length` UTF-16 units of a text, which is what Telegram counts."""
    units = text.encode("utf-16-le", errors="replace")
    if len(units) <= 2 * length:
        return text
    # Half a character at the end of the cut is left out.
    return units[: 2 * (length - 1)].decode("utf-16-le", errors="ignore").rstrip() + "…"


def reference(ref: str) -> Text:
    """A short reference that a tap copies."""
    return Code(f"#{ref}")


def moment(at: datetime | None) -> Text:
    """A time that each reader sees as "5 minutes ago" in their own zone; old apps show the text."""
    if at is None:
        return Text("—")
    return DateTime(write_time(at), unix_time=at, date_time_format="r")


def exact(at: datetime) -> Text:
    """A time that each reader sees as date and clock in their own zone."""
    return DateTime(write_time(at), unix_time=at, date_time_format="dt")


def clock(at: datetime) -> Text:
    """A time not far from now that each reader sees by the clock of their own zone."""
    return DateTime(write_time(at), unix_time=at, date_time_format="t")


def stack(*nodes: Text | str | None) -> Text:
    """One node a line; None is left out."""
    return as_list(*(node for node in nodes if node is not None))
