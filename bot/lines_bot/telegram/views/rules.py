"""The rules in force, and a change of one before and after it is taken."""

from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rule_book import RuleChange, RuleValue, SetRule
from lines_bot.alerts.rules import DEFAULT, RULES
from lines_bot.i18n import N_
from lines_bot.telegram.callbacks import ApplyRule, RunCommand, ShowRule
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack

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


# What is offered by buttons; everything else can be written.
CHOICES: Mapping[str, Sequence[str]] = {
    "error_for": ("0", "20", "60", "300"),
    "well_for": ("30", "60", "300"),
    "queue_limit": ("5", "10", "20", "50"),
    "queue_wait": ("60", "300", "600", "1800"),
    "queue_for": ("0", "20", "60"),
    "early": ("on", "off"),
    "disconnected": ("on", "off"),
    "heal": ("on", "off"),
    "escalate": ("15", "30", "60", "off"),
    "escalate_to": ("off",),
}


def render_rules(
    values: Mapping[str, RuleValue], rules: Sequence[SetRule], names: Mapping[Scope, str]
) -> View:
    """Each rule with its value for everything and where that is from, then those of lines and channels."""
    is_untouched = all(rule.is_default for rule in rules)
    own = [rule for rule in rules if rule.scope != EVERYTHING]
    lines = [
        fill("{name} · {value}", name=Code(name), value=_describe_value(value, names))
        for name, value in values.items()
    ]
    buttons = [button(name, ShowRule(name=name)) for name in values]
    return View(
        stack(
            Bold(_("Rules")),
            *lines,
            _("Every rule has its default.") if is_untouched else None,
            "" if own else None,
            *(_describe(rule, names) for rule in own),
            "",
            _("For a line or a channel: /rules Shop queue_limit 15. With default instead, it is taken away."),
        ),
        pair(buttons),
    )


def render_rule(name: str, value: RuleValue, names: Mapping[Scope, str], refs: Mapping[str, str]) -> View:
    """A rule for everything; `refs` are the references of the words behind the buttons' commands."""
    offered = [
        button(choice, RunCommand(command="rules", words=refs[f"{name} {choice}"]))
        for choice in list_rule_choices(name, value)
    ]
    return View(
        stack(
            fill("{name} · {value}", name=Bold(name), value=_describe_value(value, names)),
            _(PURPOSES[name]),
            fill(_("It takes {expected}."), expected=_(RULES[name].expected)),
        ),
        [*pair(offered), [button("◀️ " + _("All rules"), RunCommand(command="rules"))]],
    )


def list_rule_choices(name: str, value: RuleValue) -> Sequence[str]:
    """What can be pressed instead of the value that is in force."""
    away = [DEFAULT] if value.scope == EVERYTHING else []
    return [*(each for each in CHOICES[name] if each != value.value), *away]


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
