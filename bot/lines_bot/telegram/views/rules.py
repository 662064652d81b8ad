"""The rules in force, and a change of one before and after it is taken."""

from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rules import RULES, SetRule
from lines_bot.i18n import N_
from lines_bot.telegram.callbacks import ApplyRule
from lines_bot.telegram.views.view import View, button, clip, fill, stack

PURPOSES = {
    "error_for": N_("how long a channel must be in Error"),
    "well_for": N_("how long it must be well before the alert closes"),
    "queue_limit": N_("how many may wait"),
    "queue_wait": N_("how long one may wait"),
    "queue_for": N_("how long the queue must be over its limit"),
    "early": N_("warn silently when a queue grows fast"),
    "disconnected": N_("alert about Disconnected too, unless a person did it here"),
    "heal": N_("reconnect before anyone is called"),
    "escalate": N_("minutes without an owner before the next chat is called"),
    "escalate_to": N_("which chat that is"),
}


def render_rules(rules: Sequence[SetRule], names: Mapping[Scope, str]) -> View:
    """The rules that differ from the defaults, and how to set one."""
    told: list[Text | str] = [
        fill(
            "{whom}: {name} = {value} · {person}",
            whom=_("everything") if rule.scope == EVERYTHING else clip(names.get(rule.scope, rule.scope.id)),
            name=Code(rule.name),
            value=rule.value,
            person=clip(rule.person_name),
        )
        for rule in rules
    ]
    return View(
        stack(
            Bold(_("Rules")),
            *(told or [_("Every rule has its default.")]),
            "",
            _("Set one: /rules queue_limit 15, or for a line or a channel: /rules Shop queue_limit 15."),
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


def render_rule_change(whom: str, name: str, before: str, after: str, rule_ref: str) -> View:
    """The difference, before it is taken."""
    return View(
        stack(
            fill(_("{rule} for {whom}:"), rule=Code(name), whom=Bold(clip(whom) or _("everything"))),
            f"{before} → {after}",
        ),
        [[button("✅ " + _("Apply"), ApplyRule(rule=rule_ref), "primary")]],
    )


def render_rule_applied(whom: str, name: str, value: str) -> View:
    told = fill(
        _("{rule} for {whom} is now {value}."),
        rule=Code(name),
        whom=clip(whom) or _("everything"),
        value=value,
    )
    return View(fill("✅ {told}", told=told))
