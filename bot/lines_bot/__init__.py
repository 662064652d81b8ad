"""A Telegram bot for ELMA365 Lines, by itself or within another: `from lines_bot import LinesBot`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lines_bot.plugin import LinesBot
    from lines_bot.settings import Settings as LinesSettings

__all__ = ["LinesBot", "LinesSettings"]


def __getattr__(name: str) -> object:
    """Loaded when asked for: `lines_bot.lines` alone waits for neither aiogram nor a database."""
    if name == "LinesBot":
        from lines_bot.plugin import LinesBot

        return LinesBot
    if name == "LinesSettings":
        from lines_bot.settings import Settings

        return Settings
    raise AttributeError(name)
