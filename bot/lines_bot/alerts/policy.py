"""The numbers that decide when something is an alert; each can be set for everything, a line or a channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple


@dataclass(frozen=True)
class Hold:
    """How long trouble must last to count, and how long it must be over."""

    bad_for: timedelta
    bad_readings: int
    well_for: timedelta


@dataclass(frozen=True)
class Policy:
    """The numbers that are measured by, with their defaults.

    `heal_first`: a channel is reconnected before anyone is called, and has `heal_for` to come back.
    `escalate_after`: how long an alert may lack an owner before `escalate_to`, chat and topic, is called.
    """

    channel: Hold = field(default=Hold(timedelta(seconds=20), 2, timedelta(seconds=60)))
    queue: Hold = field(default=Hold(timedelta(seconds=60), 2, timedelta(seconds=120)))
    source: Hold = field(default=Hold(timedelta(seconds=20), 2, timedelta(0)))
    queue_limit: int = 10
    queue_wait: timedelta = timedelta(seconds=300)
    clear_share: float = 0.6
    count_disconnected: bool = False
    warn_early: bool = True
    heal_first: bool = False
    heal_for: timedelta = timedelta(seconds=45)
    escalate_after: timedelta | None = None
    escalate_to: tuple[int, int | None] | None = None


class Scope(NamedTuple):
    """Whom a rule is for: everything, one line, or one channel."""

    kind: str
    id: str = ""


EVERYTHING = Scope("everything")
Rules = Mapping[Scope, Callable[[Policy], Policy]]


class PolicyBook:
    """The policy of each line and channel: a rule for everything, then the line's, then the channel's."""

    def __init__(self, base: Policy, rules: Rules) -> None:
        self._rules = rules
        self.base = self._apply(base, EVERYTHING)
        self._known: dict[tuple[str | None, str | None], Policy] = {}

    def find(self, line: str | None, channel: str | None = None) -> Policy:
        """The policy for a line, or for a channel of it."""
        if not self._rules:
            return self.base
        asked = (line, channel)
        if asked not in self._known:
            policy = self._apply(self.base, Scope("line", line or ""))
            self._known[asked] = self._apply(policy, Scope("channel", channel or ""))
        return self._known[asked]

    def _apply(self, policy: Policy, scope: Scope) -> Policy:
        change = self._rules.get(scope)
        return change(policy) if change else policy
