"""Alerts and cards as the views show them."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lines_bot.alerts.engine import Condition
from lines_bot.alerts.incidents import Incident
from lines_bot.alerts.mutes import Mute, Window
from lines_bot.alerts.policy import Policy
from lines_bot.operations.ledger import Entry
from lines_bot.pagination import Page


@dataclass(frozen=True)
class IncidentSummary:
    """An incident as a card shows it: `ref` names its channel or line, `today` counts it within the day."""

    incident: Incident
    ref: str
    mute: Mute | None = None
    entry: Entry | None = None
    today: int = 1


@dataclass(frozen=True)
class LineFilter:
    """A line that a long card can list alone, with how many of its channels are still in trouble."""

    ref: str
    name: str
    bad: int
    is_chosen: bool


@dataclass(frozen=True)
class CardButton:
    """A button that an extension puts on cards: it opens the `url`, or is answered by the extension."""

    label: str
    url: str = ""

    @property
    def mark(self) -> str:
        """What a payload knows it by, over restarts."""
        return format(zlib.crc32(self.label.encode()), "08x")


@dataclass(frozen=True)
class CardContent:
    """A card at one moment: all its incidents, and the page of them that is listed.

    `family` is that of the incident it was made for; `is_missed`: it tells what came and went unheard.
    """

    card: int
    family: str
    is_missed: bool
    page: Page[IncidentSummary]
    incidents: list[Incident]
    resent: bool
    happened_at: datetime
    delivered_at: datetime
    muted: bool
    now: datetime
    filters: Sequence[LineFilter] = ()
    extras: Sequence[CardButton] = ()


@dataclass(frozen=True)
class Explanation:
    """Everything that decided whether an alert was sent: condition, rule, mute, windows, history.

    `moves`: who took the last alert, released it or handed it over, as the ledger has it.
    """

    name: str
    family: str
    condition: Condition | None
    incident: Incident | None
    mute: Mute | None
    windows: Sequence[Window]
    policy: Policy
    moves: Sequence[Entry] = ()
