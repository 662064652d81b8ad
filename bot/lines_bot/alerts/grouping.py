"""Which message a new incident belongs on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lines_bot.alerts.subjects import Subject

JOIN_FOR = timedelta(seconds=120)
STORM = 5
_STORM_OF_LINE = 3
_STORM_SHARE = 0.2
NEWS_WINDOW = timedelta(minutes=10)
_MOST_NEWS = 3


@dataclass(frozen=True)
class Group:
    """A card that new incidents of its family may join, and how many on it are open."""

    card: int
    family: str
    opened_at: datetime
    is_storm: bool
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
        if now - group.opened_at < JOIN_FOR or (group.is_storm and group.open > 0):
            return group
    if may_announce(news, now):
        return None
    newest = own or groups
    return newest[-1] if newest else None


def is_storm(subjects: Sequence[Subject]) -> bool:
    """Whether these are too many to be chance: five, or a fifth of a line's channels.

    Two of a small line still are chance: a share counts from three.
    """
    if len(subjects) >= STORM:
        return True
    parents = [parent for each in subjects if (parent := each.parent) is not None]
    counts = Counter(parent.id for parent in parents)
    return any(counts[each.id] >= max(_STORM_OF_LINE, _STORM_SHARE * each.size) for each in parents)


def may_announce(news: Sequence[datetime], now: datetime) -> bool:
    """Whether the chat may get one more new message."""
    return sum(now - at < NEWS_WINDOW for at in news) < _MOST_NEWS


def has_doubled(announced: int, open_now: int) -> bool:
    """Whether a storm has grown enough to be worth a new sound."""
    return open_now >= STORM and open_now >= 2 * max(announced, 1)
