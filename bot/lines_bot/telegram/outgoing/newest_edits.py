"""Edits of one message that wait: only the newest is worth sending."""

from typing import Any

from aiogram.methods import EditMessageText, TelegramMethod


class NewestEdits:
    """The last edit of each message that is neither sent nor given up; other requests pass untouched."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int | str, int], TelegramMethod[Any]] = {}

    def add(self, method: TelegramMethod[Any]) -> None:
        if message := _name_message(method):
            self._waiting[message] = method

    def replace(self, method: TelegramMethod[Any]) -> TelegramMethod[Any]:
        """What to send in its place: itself, unless something newer came."""
        message = _name_message(method)
        return self._waiting.get(message, method) if message else method

    def is_needless(self, method: TelegramMethod[Any]) -> bool:
        """Whether something newer waits, or was sent, in its place."""
        message = _name_message(method)
        return message is not None and self._waiting.get(message) is not method

    def remove(self, method: TelegramMethod[Any]) -> None:
        """This one does not wait any more."""
        message = _name_message(method)
        if message and self._waiting.get(message) is method:
            del self._waiting[message]


def _name_message(method: TelegramMethod[Any]) -> tuple[int | str, int] | None:
    if isinstance(method, EditMessageText) and method.chat_id is not None and method.message_id is not None:
        return method.chat_id, method.message_id
    return None
