"""What Telegram's refusals mean: the one place that reads their texts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.methods import TelegramMethod
from aiohttp import ClientConnectorError

LONGEST_REST = 24 * 60 * 60  # seconds; after it Telegram is asked once more, whatever it said


class Refusal(StrEnum):
    UNCHANGED = "message is not modified"
    QUERY_TOO_OLD = "query is too old"
    MESSAGE_GONE = "message gone"
    TOPIC_GONE = "topic gone"
    CHAT_GONE = "chat gone"
    OTHER = "other"


_TEXTS = {
    "message is not modified": Refusal.UNCHANGED,
    "query is too old": Refusal.QUERY_TOO_OLD,
    "message to edit not found": Refusal.MESSAGE_GONE,
    "message can't be edited": Refusal.MESSAGE_GONE,
    "message_id_invalid": Refusal.MESSAGE_GONE,
    "message thread not found": Refusal.TOPIC_GONE,
    "topic_closed": Refusal.TOPIC_GONE,
    "topic_deleted": Refusal.TOPIC_GONE,
    "chat not found": Refusal.CHAT_GONE,
    "bot was kicked": Refusal.CHAT_GONE,
    "bot was blocked": Refusal.CHAT_GONE,
    "not enough rights": Refusal.CHAT_GONE,
    "have no rights": Refusal.CHAT_GONE,
    "group chat was upgraded": Refusal.CHAT_GONE,
}


class ProxyFailed(TelegramNetworkError):
    """The way ended at the proxy: there was no connection to Telegram yet on which to send anything."""

    label = "The proxy failed"


class ChatResting(TelegramAPIError):
    """Telegram wants this chat left alone until `until`; the request was not sent, or refused for that."""

    def __init__(self, method: TelegramMethod[Any], until: datetime) -> None:
        super().__init__(method, f"it takes nothing for this chat before {until:%Y-%m-%d %H:%M:%S %Z}")
        self.until = until


def read_rest(refusal: TelegramAPIError) -> float | None:
    """The seconds that a refusal asks to wait, from 1 to a day; None if it is about something else."""
    if isinstance(refusal, TelegramRetryAfter):
        return min(max(refusal.retry_after, 1), LONGEST_REST)
    # A rest of 0 is no `retry_after` to aiogram.
    return 1 if refusal.message.lower().startswith("too many requests") else None


def was_never_sent(error: TelegramAPIError) -> bool:
    """Whether the connection could not even be opened, so that the request cannot have been carried out."""
    return (
        isinstance(error, ProxyFailed)
        or isinstance(error.__context__, ClientConnectorError)
        or isinstance(error.__cause__, ClientConnectorError)
    )


def classify(error: TelegramAPIError) -> Refusal:
    """The meaning of a refusal; the library between us and Telegram turns some 403s into 400s."""
    text = error.message.lower()
    for part, refusal in _TEXTS.items():
        if part in text:
            return refusal
    return Refusal.CHAT_GONE if isinstance(error, TelegramForbiddenError) else Refusal.OTHER
