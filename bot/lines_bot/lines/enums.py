"""The words Lines uses for states and kinds, and which of them allow what.

The enums are open: a word that nobody published becomes a member of its own, shows its own text and compares
as a string, but belongs to none of the sets below, so it allows nothing.
"""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """A string enum that takes any string."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        """Copies by value: a word of its own is no attribute of its class."""
        return type(self), (self.value,)

    @property
    def is_known(self) -> bool:
        return type(self).__members__.get(self.name) is self


class ChannelState(OpenEnum):
    ACTIVE = "active"
    DISCONNECTED = "disconnected"
    ERROR = "error"


class ChannelType(OpenEnum):
    TELEGRAM = "telegram"
    TELEGRAM_BOT = "telegramBot"
    INBOX = "inbox"
    VIBER_BOT = "viberbot"
    LIVECHAT = "livechat"
    INSTAGRAM = "instagram"
    INTERNAL = "internal"
    SUPPORT = "support"


class SessionState(OpenEnum):
    WAITING = "Waiting"
    ASSIGNED_TO_BOT = "AssignedToBot"
    ASSIGNED_TO_OPERATOR = "AssignedToOperator"
    MARKED_AS_SPAM = "MarkedAsSpam"
    CLOSED = "Closed"


class SessionPriority(OpenEnum):
    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


class Presence(OpenEnum):
    ONLINE = "online"
    OFFLINE = "offline"


RECONNECTABLE_TYPES = frozenset(
    {
        ChannelType.TELEGRAM_BOT,
        ChannelType.INBOX,
        ChannelType.VIBER_BOT,
        ChannelType.LIVECHAT,
        ChannelType.INSTAGRAM,
    }
)
RECONNECTABLE_STATES = frozenset({ChannelState.DISCONNECTED, ChannelState.ERROR})
TYPES_WITHOUT_SPAM = frozenset({ChannelType.INTERNAL, ChannelType.SUPPORT})
OPEN_STATES = frozenset(
    {SessionState.WAITING, SessionState.ASSIGNED_TO_BOT, SessionState.ASSIGNED_TO_OPERATOR}
)
