"""The rules people set: numbers of the policy by name, for everything, a line or a channel."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lines_bot.alerts.policy import Policy, PolicyBook, Scope
from lines_bot.clock import Clock
from lines_bot.i18n import N_
from lines_bot.store.database import Database
from lines_bot.store.tables import RuleRow


class BadRule(Exception):
    """No such rule, or a value it does not take; `expected` says what it does."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")
        self.name = name
        self.expected = expected


@dataclass(frozen=True)
class Rule:
    """How a rule is written by people, and the place in the policy it sets."""

    name: str
    expected: str
    read: Callable[[str], Any]
    apply: Callable[[Policy, Any], Policy]


def _seconds(least: int, most: int) -> Callable[[str], timedelta]:
    def read(text: str) -> timedelta:
        value = int(text)
        if not least <= value <= most:
            raise ValueError
        return timedelta(seconds=value)

    return read


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100_000:
        raise ValueError
    return value


def _switch(text: str) -> bool:
    return {"on": True, "off": False}[text.casefold()]


def _target_or_off(text: str) -> tuple[int, int | None] | None:
    if text.casefold() == "off":
        return None
    match = re.fullmatch(r"(-?\d{1,15})(?::(\d{1,9}))?", text)
    if match is None:
        raise ValueError
    return int(match[1]), int(match[2]) if match[2] else None


def _minutes_or_off(text: str) -> timedelta | None:
    return None if text.casefold() == "off" else timedelta(minutes=_count(text))


def _set_error_for(policy: Policy, value: Any) -> Policy:
    return replace(policy, channel=replace(policy.channel, bad_for=value))


def _set_well_for(policy: Policy, value: Any) -> Policy:
    return replace(policy, channel=replace(policy.channel, well_for=value))


def _set_queue_for(policy: Policy, value: Any) -> Policy:
    return replace(policy, queue=replace(policy.queue, bad_for=value))


def _part(name: str) -> Callable[[Policy, Any], Policy]:
    return lambda policy, value: replace(policy, **{name: value})


_SECONDS = N_("0–86400 (s)")
RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("error_for", _SECONDS, _seconds(0, 86_400), _set_error_for),
        Rule("well_for", _SECONDS, _seconds(0, 86_400), _set_well_for),
        Rule("queue_limit", "1–100000", _count, _part("queue_limit")),
        Rule("queue_wait", N_("1–86400 (s)"), _seconds(1, 86_400), _part("queue_wait")),
        Rule("queue_for", _SECONDS, _seconds(0, 86_400), _set_queue_for),
        Rule("early", "on, off", _switch, _part("warn_early")),
        Rule("disconnected", "on, off", _switch, _part("count_disconnected")),
        Rule("heal", "on, off", _switch, _part("heal_first")),
        Rule("escalate", N_("1–100000 (min), off"), _minutes_or_off, _part("escalate_after")),
        Rule("escalate_to", N_("chat, chat:topic, off"), _target_or_off, _part("escalate_to")),
    )
}


def read_rule(name: str, text: str) -> Any:
    """The value a person wrote for a rule. Raises BadRule."""
    if name not in RULES:
        raise BadRule(name, ", ".join(RULES))
    try:
        return RULES[name].read(text)
    except (ValueError, KeyError):
        raise BadRule(name, RULES[name].expected) from None


@dataclass(frozen=True)
class SetRule:
    """A rule as somebody set it."""

    scope: Scope
    name: str
    value: str
    person_name: str
    at: datetime


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
                by_scope[each.scope][each.name] = each.value
            self._book = PolicyBook(self._base, {scope: _change(rules) for scope, rules in by_scope.items()})
        return self._book

    async def list(self) -> list[SetRule]:
        """Every rule that was set, by whom it is for."""
        async with self._database.begin() as session:
            rows = await session.scalars(
                select(RuleRow).order_by(RuleRow.scope, RuleRow.subject, RuleRow.name)
            )
            return [
                SetRule(Scope(row.scope, row.subject), row.name, row.value, row.person_name, row.at)
                for row in rows
            ]

    async def set(self, scope: Scope, name: str, text: str, person_name: str) -> None:
        """Set a rule. Raises BadRule."""
        read_rule(name, text)
        async with self._database.begin() as session:
            row = RuleRow(
                scope=scope.kind,
                subject=scope.id,
                name=name,
                value=text,
                person_name=person_name,
                at=self._clock.now(),
            )
            await session.merge(row)
        self._book = None


def _change(rules: Mapping[str, str]) -> Callable[[Policy], Policy]:
    def change(policy: Policy) -> Policy:
        for name, text in rules.items():
            policy = RULES[name].apply(policy, read_rule(name, text))
        return policy

    return change
