"""The rules of Lines that the vendor states, and in `Inferred` those that nobody states."""

from dataclasses import dataclass

RECONNECTABLE = frozenset({"telegramBot", "inbox", "viberbot", "livechat", "instagram"})
NEVER_SPAM = frozenset({"internal", "support"})
NEEDS_PRIOR_CONTACT = frozenset({"telegramBot"})
FINISHED = frozenset({"Closed", "MarkedAsSpam"})


@dataclass(frozen=True)
class Inferred:
    """What a company's platform may do differently."""

    active: str = "active"
    disconnected: str = "disconnected"
    error: str = "error"
    online: str = "online"
    offline: str = "offline"
    system_message: str = "system"
    text_message: str = "text"
    reopening: frozenset[str] = frozenset()
    """Channel types where a client who writes again reopens the closed session instead of starting one."""
