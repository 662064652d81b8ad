"""The rules people can set: numbers of the policy by name, read and written as people do."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from typing import Any

from lines_bot.alerts.policy import Policy
from lines_bot.i18n import N_
from lines_bot.spelling import normalize
from lines_bot.vocabulary import OFF, ON, read_length

DEFAULT = "default"
_TOO_LONG = 1_000_000  # seconds


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
        # Longer numbers are no rule, and too much for a length.
        value = read_length(text) or timedelta(seconds=min(int(text), _TOO_LONG))
        if not timedelta(seconds=least) <= value <= timedelta(days=1):
            raise ValueError
        return value

    return Values(expected, read, lambda value: str(int(value.total_seconds())))


def _read_count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100_000:
        raise ValueError
    return value


def _read_target(text: str) -> tuple[int, int | None] | None:
    if text in OFF:
        return None
    match = re.fullmatch(r"(-?\d{1,15})(?::(\d{1,9}))?", text)
    if match is None:
        raise ValueError
    return int(match[1]), int(match[2]) if match[2] else None


def _write_target(target: tuple[int, int | None] | None) -> str:
    return "off" if target is None else ":".join(str(part) for part in target if part is not None)


def _read_minutes(text: str) -> timedelta | None:
    return None if text in OFF else read_length(text) or timedelta(minutes=_read_count(text))


def _write_minutes(value: timedelta | None) -> str:
    return "off" if value is None else str(max(1, value // timedelta(minutes=1)))


_SECONDS = _seconds(N_("0–86400 (s)"), 0)
_SWITCH = Values(
    "on, off",
    lambda text: {**dict.fromkeys(ON, True), **dict.fromkeys(OFF, False)}[text],
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
    plain = normalize(text)
    if plain == DEFAULT:
        return None
    try:
        return RULES[name].values.read(plain)
    except (ValueError, KeyError):
        raise BadRule(name, RULES[name].expected) from None


def rewrite_value(name: str, text: str) -> str:
    """The value a person wrote, in the one way in which it is kept. Raises BadRule."""
    value = read_rule(name, text)
    return DEFAULT if normalize(text) == DEFAULT else RULES[name].values.write(value)
