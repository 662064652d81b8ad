"""A Telegram bot for ELMA365 Lines, by itself or within another: `from lines_bot import LinesBot`."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lines_bot.alerts.hooks import AlertEvent
    from lines_bot.alerts.incidents import Incident
    from lines_bot.people import Role
    from lines_bot.plugin import LinesBot
    from lines_bot.settings import Settings as LinesSettings
    from lines_bot.telegram.incoming.request import Request
    from lines_bot.telegram.views.view import View

__all__ = ["AlertEvent", "Incident", "LinesBot", "LinesSettings", "Request", "Role", "View"]

_PLACES = {
    "AlertEvent": "lines_bot.alerts.hooks.AlertEvent",
    "Incident": "lines_bot.alerts.incidents.Incident",
    "LinesBot": "lines_bot.plugin.LinesBot",
    "LinesSettings": "lines_bot.settings.Settings",
    "Request": "lines_bot.telegram.incoming.request.Request",
    "Role": "lines_bot.people.Role",
    "View": "lines_bot.telegram.views.view.View",
}


def __getattr__(name: str) -> object:
    """Loaded when asked for: `lines_bot.lines` alone waits for neither aiogram nor a database."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _dot, own = _PLACES[name].rpartition(".")
    return getattr(import_module(module), own)
