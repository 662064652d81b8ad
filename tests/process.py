"""What a real process of the bot is told: the settings for the embedded servers, as an environment."""

import os
from pathlib import Path

from lines_bot.sandbox.embedded import BOT_TOKEN, LINES_TOKEN, TEAM, Embedded

ROOT = Path(__file__).parent.parent
SOURCES = os.pathsep.join(str(ROOT / folder) for folder in (".", "bot", "handlers"))


def describe_process(servers: Embedded, folder: Path) -> dict[str, str]:
    """The environment of a bot between these servers, with its memory in the folder."""
    return {
        "BOT_TOKEN": BOT_TOKEN,
        "TELEGRAM_API_URL": servers.telegram.url,
        "LINES_URL": servers.lines.url,
        "LINES_TOKEN": LINES_TOKEN,
        "LINES_RATE": "6000",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'memory.db'}",
        "ADMINS": "105",
        "CHATS": str(TEAM),
        "ALERT_CHATS": str(TEAM),
        "LOG_LEVEL": "DEBUG",
    }
