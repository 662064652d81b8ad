"""The filter for a command of ours."""

from aiogram.filters import Command


def command(name: str) -> Command:
    """Whether a message is this command; phones begin a line with a capital letter."""
    return Command(name, ignore_case=True)
