"""What the person who runs the bot has set: the environment, or `.env` beside it."""

from lines_bot.settings.environment import BadSettings
from lines_bot.settings.settings import Settings, load_settings
from lines_bot.settings.values import AlertTarget, Listen

__all__ = ["AlertTarget", "BadSettings", "Listen", "Settings", "load_settings"]
