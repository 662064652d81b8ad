"""What a person is shown of Lines: plain rows with short references, no behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from lines_bot.alerts.families import read_key
from lines_bot.alerts.policy import EVERYTHING, Policy, PolicyBook, Scope
from lines_bot.lines import (
    ChannelState,
    ChannelType,
    LinesError,
    Presence,
    Refused,
    SessionPriority,
    SessionState,
)
from lines_bot.operations.ledger import Entry
from lines_bot.pagination import Page
from lines_bot.references import Kind


@dataclass(frozen=True)
class ChannelSummary:
    """`since`: the last change Lines recorded; `obstacle`: why it cannot be reconnected, if it cannot."""

    id: str
    ref: str
    name: str
    type: ChannelType | None
    state: ChannelState | None
    line: str
    since: datetime | None
    obstacle: Refused | None = field(compare=False)


@dataclass(frozen=True)
class ChannelList:
    """Channels that match `text`, counted by state; `page` holds those of `state`, broken ones first.

    `state` is None for all of them, `broken` for those that do not work; `is_near`: nothing is called so, and
    these come close.
    """

    page: Page[ChannelSummary]
    counts: Mapping[str, int] = field(hash=False)
    state: ChannelState | Literal["broken"] | None
    text: str
    text_ref: str
    is_near: bool
    taken_at: datetime
    trouble: LinesError | None


@dataclass(frozen=True)
class SessionSummary:
    """`seen` is what a button remembers, to notice that the session moved on."""

    id: str
    ref: str
    client: str
    channel: str
    channel_type: ChannelType | None
    line: str
    state: SessionState | None
    operator: str
    since: datetime | None
    seen: str
    is_open: bool
    spam_obstacle: Refused | None
    can_unspam: bool


@dataclass(frozen=True)
class LineSummary:
    id: str
    ref: str
    name: str
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class QueueSummary:
    """Who waits: by line with the oldest wait, and one page of sessions, oldest first."""

    lines: Sequence[LineSummary]
    line: LineSummary | None
    page: Page[SessionSummary]
    taken_at: datetime
    trouble: LinesError | None


@dataclass(frozen=True)
class OperatorSummary:
    id: str
    ref: str
    name: str
    presence: Presence | None
    sessions: int


@dataclass(frozen=True)
class GroupSummary:
    id: str
    ref: str
    name: str


@dataclass(frozen=True)
class SessionList:
    """One page of the sessions that a search found, newest first; `text_ref` stands for its words.

    `guessed`: which of them were taken for a state or an age; `literal_ref` stands for them as a name.
    """

    page: Page[SessionSummary]
    text: str
    text_ref: str
    guessed: str = ""
    literal_ref: str = ""


@dataclass(frozen=True)
class MessageSummary:
    """`author` is empty for the bot and the system."""

    author: str
    from_client: bool
    at: datetime | None
    text: str
    files: Sequence[str]


@dataclass(frozen=True)
class LastMessages:
    """The end of a conversation, `back` steps earlier; `has_earlier` when there is more before it."""

    session: SessionSummary
    messages: Sequence[MessageSummary]
    back: int
    has_earlier: bool


@dataclass(frozen=True)
class History:
    """Ten messages of a conversation."""

    session: SessionSummary
    page: Page[MessageSummary]
    newest_first: bool


@dataclass(frozen=True)
class SessionDetails:
    """Everything about one session."""

    session: SessionSummary
    priority: SessionPriority | None
    group: str
    created_at: datetime | None
    accepted_at: datetime | None
    last_activity_at: datetime | None
    closed_at: datetime | None
    apps: Sequence[str]
    last: MessageSummary | None


@dataclass(frozen=True)
class DisconnectPreview:
    """What stops with a channel: its open sessions get no more messages from their clients."""

    channel: ChannelSummary
    is_active: bool
    can_return: bool
    open_sessions: int


@dataclass(frozen=True)
class ClientSummary:
    id: str
    ref: str
    name: str
    account: str
    channel: str
    linked: str


@dataclass(frozen=True)
class ClientList:
    page: Page[ClientSummary]
    text: str
    text_ref: str


@dataclass(frozen=True)
class ClientDetails:
    """A client with the newest of their sessions."""

    client: ClientSummary
    sessions: Page[SessionSummary]


@dataclass(frozen=True)
class LineDetails:
    """A line with its channels by state and who holds how many sessions of it now."""

    line: LineSummary
    channels: Mapping[str, int]
    operators: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class EntrySummary:
    """A line of the ledger with names: of its object, of the person's platform user, of whom it went to."""

    entry: Entry
    ref: str
    name: str
    user: str
    argument: str


@dataclass(frozen=True)
class AlertSubject:
    """What alerts can be about, with its alert key and the reference of that; Lines itself has no name.

    `line` is the id of a channel's line, or of the line itself.
    """

    key: str
    ref: str
    name: str
    line: str = ""

    @property
    def is_line(self) -> bool:
        return read_key(self.key)[0] is Kind.LINE

    @property
    def target(self) -> str:
        """The id of the channel or the line itself."""
        return read_key(self.key)[1]

    @property
    def scopes(self) -> Sequence[Scope]:
        """Whom the rules that hold for it are set for, the nearest first."""
        own = () if self.is_line else (Scope(Kind.CHANNEL, self.target),)
        return (*own, *([Scope(Kind.LINE, self.line)] if self.line else []), EVERYTHING)

    def find_policy(self, book: PolicyBook) -> Policy:
        """The policy that alerts about it are measured by."""
        return book.find(self.line, None if self.is_line else self.target)
