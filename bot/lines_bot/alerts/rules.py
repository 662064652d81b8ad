"""The rules people set: numbers of the policy by name, for everything, a line or a channel."""

import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import delete, select

from lines_bot.alerts.policy import Policy, PolicyBook, Scope
from lines_bot.clock import Clock
from lines_bot.i18n import N_
from lines_bot.store.database import Database
from lines_bot.store.tables import RuleChangeRow, RuleRow

DEFAULT = "default"
_CHANGES_LIVE = timedelta(days=7)


class BadRule(Exception):
    """No such rule, or a value it does not take; `expected` says what it does."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")
        self.name = name
        self.expected = expected


@dataclass(frozen=True)
class Values:
    """What a rule takes: as people read about it, read from what they write, and written as they would."""

    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


@dataclass(frozen=True)
class Rule:
    """How a rule is called by people, and the place in the policy it sets."""

    name: str
    values: Values
    path: tuple[str, ...]

    @property
    def expected(self) -> str:
        return self.values.expected

    def write(self, policy: Policy) -> str:
        """The value that a policy has, as people write it."""
        return self.values.write(reduce(getattr, self.path, policy))

    def apply(self, policy: Policy, value: Any) -> Policy:
        """The policy with another value."""
        changed: Policy = _replace(policy, self.path, value)
        return changed


def _replace(holder: Any, path: Sequence[str], value: Any) -> Any:
    first, *rest = path
    return replace(holder, **{first: _replace(getattr(holder, first), rest, value) if rest else value})


def _seconds(expected: str, least: int) -> Values:
    def read(text: str) -> timedelta:
        value = int(text)
        if not least <= value <= 86_400:
            raise ValueError
        return timedelta(seconds=value)

    return Values(expected, read, lambda value: str(int(value.total_seconds())))


def _read_count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100_000:
        raise ValueError
    return value


def _read_target(text: str) -> tuple[int, int | None] | None:
    if text.casefold() == "off":
        return None
    match = re.fullmatch(r"(-?\d{1,15})(?::(\d{1,9}))?", text)
    if match is None:
        raise ValueError
    return int(match[1]), int(match[2]) if match[2] else None


def _write_target(target: tuple[int, int | None] | None) -> str:
    return "off" if target is None else ":".join(str(part) for part in target if part is not None)


def _read_minutes(text: str) -> timedelta | None:
    return None if text.casefold() == "off" else timedelta(minutes=_read_count(text))


def _write_minutes(value: timedelta | None) -> str:
    return "off" if value is None else str(value // timedelta(minutes=1))


_SECONDS = _seconds(N_("0–86400 (s)"), 0)
_SWITCH = Values(
    "on, off",
    lambda text: {"on": True, "off": False}[text.casefold()],
    lambda value: "on" if value else "off",
)
RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("error_for", _SECONDS, ("channel", "bad_for")),
        Rule("well_for", _SECONDS, ("channel", "well_for")),
        Rule("queue_limit", Values("1–100000", _read_count, str), ("queue_limit",)),
        Rule("queue_wait", _seconds(N_("1–86400 (s)"), 1), ("queue_wait",)),
        Rule("queue_for", _SECONDS, ("queue", "bad_for")),
        Rule("early", _SWITCH, ("warn_early",)),
        Rule("disconnected", _SWITCH, ("count_disconnected",)),
        Rule("heal", _SWITCH, ("heal_first",)),
        Rule(
            "escalate",
            Values(N_("1–100000 (min), off"), _read_minutes, _write_minutes),
            ("escalate_after",),
        ),
        Rule(
            "escalate_to",
            Values(N_("chat, chat:topic, off"), _read_target, _write_target),
            ("escalate_to",),
        ),
    )
}


def read_rule(name: str, text: str) -> Any:
    """The value a person wrote for a rule; None for `default`. Raises BadRule."""
    if name not in RULES:
        raise BadRule(name, ", ".join(RULES))
    if text.casefold() == DEFAULT:
        return None
    try:
        return RULES[name].values.read(text)
    except (ValueError, KeyError):
        raise BadRule(name, RULES[name].expected) from None


@dataclass(frozen=True)
class SetRule:
    """A rule as somebody set it; the value `default` took it away."""

    scope: Scope
    name: str
    value: str
    person_name: str
    at: datetime

    @property
    def is_default(self) -> bool:
        return self.value == DEFAULT


@dataclass(frozen=True)
class RuleValue:
    """The value of a rule as people write it, and whom it was set for; None: it is the default."""

    value: str
    scope: Scope | None


@dataclass(frozen=True)
class RuleChange:
    """A rule to be set, or with the value `default` to be taken away; `title` names whom it is for."""

    scope: Scope
    title: str
    name: str
    value: str

    @property
    def is_default(self) -> bool:
        return self.value == DEFAULT


class UnknownRuleChange(Exception):
    """No such change was shown, or it was too long ago."""


class RuleBook:
    """The stored rules over a base policy."""

    def __init__(self, database: Database, base: Policy, clock: Clock) -> None:
        self._database = database
        self._base = base
        self._clock = clock
        self._book: PolicyBook | None = None

    async def load(self) -> PolicyBook:
        """The policy of everything, with every rule in force."""
        if self._book is None:
            by_scope: defaultdict[Scope, dict[str, str]] = defaultdict(dict)
            for each in await self.list():
                if not each.is_default:
                    by_scope[each.scope][each.name] = each.value
            self._book = PolicyBook(self._base, {scope: _change(rules) for scope, rules in by_scope.items()})
        return self._book

    async def list(self) -> list[SetRule]:
        """Every rule that was set or taken away, by whom it is for."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(RuleRow).order_by(RuleRow.scope, RuleRow.subject, RuleRow.name)
            )
            return [
                SetRule(Scope(row.scope, row.subject), row.name, row.value, row.person_name, row.at)
                for row in rows
            ]

    async def find(self, name: str, scopes: Iterable[Scope]) -> RuleValue:
        """The value of a rule in force for the first of these scopes, which are the nearest first."""
        known = {each.scope: each for each in await self.list() if each.name == name and not each.is_default}
        for scope in scopes:
            if scope in known:
                value = read_rule(name, known[scope].value)
                return RuleValue(RULES[name].values.write(value), scope)
        return RuleValue(RULES[name].write(self._base), None)

    async def set(self, scope: Scope, name: str, text: str, person_name: str) -> None:
        """Set a rule, or with `default` take it away. Raises BadRule."""
        read_rule(name, text)
        async with self._database.begin() as session:
            row = RuleRow(
                scope=scope.kind,
                subject=scope.id,
                name=name,
                value=DEFAULT if text.casefold() == DEFAULT else text,
                person_name=person_name,
                at=self._clock.now(),
            )
            await session.merge(row)
        self._book = None

    async def propose(self, change: RuleChange) -> str:
        """Keep a change for whoever applies it; the short name for its button. Raises BadRule."""
        read_rule(change.name, change.value)
        now, short = self._clock.now(), secrets.token_hex(4)
        async with self._database.begin() as session:
            await session.execute(delete(RuleChangeRow).where(RuleChangeRow.at < now - _CHANGES_LIVE))
            session.add(
                RuleChangeRow(
                    short=short,
                    scope=change.scope.kind,
                    subject=change.scope.id,
                    title=change.title,
                    name=change.name,
                    value=change.value,
                    at=now,
                )
            )
        return short

    async def apply(self, short: str, person_name: str) -> RuleChange:
        """Make a change that was proposed. Raises UnknownRuleChange."""
        async with self._database.begin() as session:
            row = await session.get(RuleChangeRow, short)
        if row is None or row.at < self._clock.now() - _CHANGES_LIVE:
            raise UnknownRuleChange
        change = RuleChange(Scope(row.scope, row.subject), row.title, row.name, row.value)
        await self.set(change.scope, change.name, change.value, person_name)
        return change


def _change(rules: Mapping[str, str]) -> Callable[[Policy], Policy]:
    def change(policy: Policy) -> Policy:
        for name, text in rules.items():
            policy = RULES[name].apply(policy, read_rule(name, text))
        return policy

    return change
