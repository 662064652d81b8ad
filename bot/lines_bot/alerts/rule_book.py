"""The rules that people set, for everything, a line or a channel, and the changes that wait to be applied."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from lines_bot.alerts.policy import Policy, PolicyBook, Scope
from lines_bot.alerts.rules import DEFAULT, RULES, read_rule, rewrite_value
from lines_bot.clock import Clock
from lines_bot.store.database import Database
from lines_bot.store.memory import Memory
from lines_bot.store.tables import RuleChangeRow, RuleRow

_CHANGES_LIVE = timedelta(days=7)


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
        self._book = Memory(database, self._read)

    async def load(self) -> PolicyBook:
        """The policy of everything, with every rule in force."""
        return await self._book.get()

    async def _read(self) -> PolicyBook:
        by_scope: defaultdict[Scope, dict[str, str]] = defaultdict(dict)
        for each in await self.list():
            if not each.is_default:
                by_scope[each.scope][each.name] = each.value
        return PolicyBook(self._base, {scope: _change(rules) for scope, rules in by_scope.items()})

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
        value = rewrite_value(name, text)
        async with self._database.begin() as session:
            row = RuleRow(
                scope=scope.kind,
                subject=scope.id,
                name=name,
                value=value,
                person_name=person_name,
                at=self._clock.now(),
            )
            await session.merge(row)
        self._book.forget()

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
