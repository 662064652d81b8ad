"""An embedded Telegram Bot API server with a chat page, for the demo and the tests."""

from bot.sandbox.telegram.chat import Chat, Person
from bot.sandbox.telegram.chats import Chats
from bot.sandbox.telegram.faults import Faults, Hold
from bot.sandbox.telegram.floods import FloodLimits
from bot.sandbox.telegram.page import PanelAction
from bot.sandbox.telegram.people import People
from bot.sandbox.telegram.server import TelegramServer, serve

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
