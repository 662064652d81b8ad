"""An embedded Telegram Bot API server with a chat page, for the demo and the tests."""

from lines_bot.sandbox.telegram.chat import Chat, Person
from lines_bot.sandbox.telegram.chats import Chats
from lines_bot.sandbox.telegram.faults import Faults, Hold
from lines_bot.sandbox.telegram.floods import FloodLimits
from lines_bot.sandbox.telegram.page import PanelAction
from lines_bot.sandbox.telegram.people import People
from lines_bot.sandbox.telegram.server import TelegramServer, serve

__all__ = [
    "Chat",
    "Chats",
    "Faults",
    "FloodLimits",
    "Hold",
    "PanelAction",
    "People",
    "Person",
    "TelegramServer",
    "serve",
]
