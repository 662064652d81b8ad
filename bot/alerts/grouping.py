"""Which message a new incident belongs on. Nothing waits for company: messages can be edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

JOIN_FOR = timedelta(seconds=120)
STORM = 5
_NEWS_WINDOW = timedelta(minutes=10)
_MOST_NEWS = 3


@dataclass(frozen=True)
class Group:
    """A card that new incidents of its family may join: how many it holds, how many of them are open."""

    card: int
    family: str
    opened_at: datetime
    members: int
    open: int


def choose_group(
    family: str, groups: Sequence[Group], news: Sequence[datetime], now: datetime
) -> Group | None:
    """The card an incident joins; None means a message of its own.

    It joins the card of its family that is younger than two minutes, or a storm that still rages. And a chat
    that got three new messages within ten minutes gets no fourth: then the newest card takes everything.
    """
    own = [group for group in groups if group.family == family]
    for group in reversed(own):
        if now - group.opened_at < JOIN_FOR or (group.members >= STORM and group.open > 0):
            return group
    if may_announce(news, now):
        return None
    newest = own or groups
    return newest[-1] if newest else None


def may_announce(news: Sequence[datetime], now: datetime) -> bool:
    """Whether the chat may get one more new message."""
    return sum(now - at < _NEWS_WINDOW for at in news) < _MOST_NEWS


def has_doubled(announced: int, open_now: int) -> bool:
    """Whether a storm has grown enough to be worth a new sound."""
    return open_now >= STORM and open_now >= 2 * max(announced, 1)
