"""The rules in force, and a change of one before and after it is taken."""

from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rule_book import RuleChange, RuleValue, SetRule
from lines_bot.alerts.rules import RULES
from lines_bot.i18n import N_
from lines_bot.telegram.callbacks import ApplyRule
from lines_bot.telegram.views.view import View, button, clip, fill, marked, stack

PURPOSES = {
    "error_for": N_("how long a channel must be in Error"),
    "well_for": N_("how long it must work again before the alert closes"),
    "queue_limit": N_("how many may wait"),
    "queue_wait": N_("how long one may wait"),
    "queue_for": N_("how long the queue must be over its limit"),
    "early": N_("warn silently when a queue grows fast"),
    "disconnected": N_("alert about Disconnected too, unless a person did it here"),
    "heal": N_("reconnect before anyone is called"),
    "escalate": N_("minutes with nobody on it before the next chat is called"),
    "escalate_to": N_("which chat that is"),
}


def render_rules(rules: Sequence[SetRule], names: Mapping[Scope, str]) -> View:
    """The rules that differ from the defaults, those that were taken away, and how to set one."""
    is_set = [rule for rule in rules if not rule.is_default]
    taken_away = [rule for rule in rules if rule.is_default]
    return View(
        stack(
            Bold(_("Rules")),
            *(_describe(rule, names) for rule in is_set),
            None if is_set else _("Every rule has its default."),
            *(_describe(rule, names) for rule in taken_away),
            "",
            _("Set one: /rules queue_limit 15, or for a line or a channel: /rules Shop queue_limit 15."),
            _("Take one away: /rules Shop queue_limit default."),
            *(
                fill(
                    "{name} ({expected}): {purpose}",
                    name=Code(rule.name),
                    expected=_(rule.expected),
                    purpose=_(PURPOSES[rule.name]),
                )
                for rule in RULES.values()
            ),
        )
    )


def _describe(rule: SetRule, names: Mapping[Scope, str]) -> Text:
    return fill(
        "{whom}: {name} = {value} · {person}",
        whom=_("everything") if rule.scope == EVERYTHING else clip(names.get(rule.scope, rule.scope.id)),
        name=Code(rule.name),
        value=rule.value,
        person=clip(rule.person_name),
    )


def render_rule_change(
    change: RuleChange, before: RuleValue, after: RuleValue, names: Mapping[Scope, str], ref: str
) -> View:
    """The values in force before and after it is taken, and where they come from."""
    left, right = _describe_value(before, names), _describe_value(after, names)
    return View(
        stack(
            fill(_("{rule} for {whom}:"), rule=Code(change.name), whom=Bold(name_rule_target(change.title))),
            f"{left} → {right if change.is_default else after.value}",
        ),
        [[button("✅ " + _("Apply"), ApplyRule(rule=ref), "primary")]],
    )


def render_rule_applied(change: RuleChange) -> View:
    told = (
        _("{rule} for {whom} is no longer set.")
        if change.is_default
        else _("{rule} for {whom} is now {value}.")
    )
    whom = name_rule_target(change.title)
    return View(marked("✅", fill(told, rule=Code(change.name), whom=whom, value=change.value)))


def name_rule_target(title: str) -> str:
    """Whom a rule is for; without a name, everything."""
    return clip(title) or _("everything")


def _describe_value(value: RuleValue, names: Mapping[Scope, str]) -> str:
    """A value and where it comes from."""
    if value.scope is None:
        source = _("default")
    elif value.scope == EVERYTHING:
        source = _("everything")
    else:
        named = {"line": _("line {name}"), "channel": _("channel {name}")}[value.scope.kind]
        source = named.format(name=clip(names.get(value.scope, value.scope.id)))
    return f"{value.value} ({source})"
