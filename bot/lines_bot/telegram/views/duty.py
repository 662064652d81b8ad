"""Answers about alerts: what is open, what is muted, why, and the rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.engine import Change, Phase
from lines_bot.alerts.mutes import Mute, Window, WindowKind
from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.alerts.rules import RULES, SetRule
from lines_bot.i18n import N_
from lines_bot.pagination import Page
from lines_bot.telegram.alerts.actions import Explanation
from lines_bot.telegram.alerts.card_content import IncidentSummary
from lines_bot.telegram.callbacks import ApplyRule, EndMute, EndWindow, RunCommand, ShowAlerts
from lines_bot.telegram.views.incidents import describe_incident
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import View, button, clip, fill, moment, pair, stack, turn_pages

QUIET_HOURS = ("22:00-8:00", "22:00-9:00", "23:00-7:00", "20:00-8:00")
MAINTENANCE_LENGTHS = (N_("30m"), N_("1h"), N_("2h"), N_("4h"))
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


def show_alerts(page: Page[IncidentSummary], now: datetime) -> View:
    """Everything open, who holds it, what is muted."""
    if not page.items:
        return View(Text("🟢 ", _("No alert is open.")))
    told: list[Text | str] = []
    for each in page.items:
        told.append(describe_incident(each, now))
        if each.mute:
            told.append(fill("    🔕 {name}", name=clip(each.mute.person_name)))
    title = Bold(_("Open alerts: {count}").format(count=page.total))
    return View(stack(title, "", *told), [turn_pages(page, lambda number: ShowAlerts(page=number))])


def show_mutes(mutes: Mapping[str, tuple[str, Mute]], windows: Sequence[Window]) -> View:
    """What is muted, by the reference of its key and its name, and which hours are quiet here."""
    told: list[Text | str] = [Bold(_("Muted"))]
    rows = []
    for ref, (name, mute) in mutes.items():
        end = moment(mute.until) if mute.until else Text(_("when it is well"))
        told.append(
            fill(
                _("{name}: by {person}, ends {time}"),
                name=clip(name),
                person=clip(mute.person_name),
                time=end,
            )
        )
        rows.append([button("🔔 " + name, EndMute(key=ref))])
    if not mutes:
        told.append(_("Nothing is muted."))
    for window in windows:
        told.append(describe_window(window))
        rows.append([button("🔔 " + _name_kind(window.kind), EndWindow(kind=window.kind.value))])
    return View(stack(*told), rows)


def offer_windows(kind: WindowKind, refs: Mapping[str, str]) -> View:
    """The usual hours or lengths, by the references of their texts; others can be written."""
    if kind is WindowKind.QUIET:
        title, hint = _("Which hours have no sound here, every day?"), _("Others: /quiet 22:30-7:30")
    else:
        title, hint = _("For how long are there no alerts here?"), _("Another length: /maintenance 90m")
    texts = QUIET_HOURS if kind is WindowKind.QUIET else MAINTENANCE_LENGTHS
    return View(
        stack(Bold(title), hint),
        pair([button(_(text), RunCommand(command=kind.value, words=refs[text])) for text in texts]),
    )


def show_window(window: Window) -> View:
    """Quiet hours or maintenance as set, with a button that ends it early."""
    return View(
        describe_window(window), [[button("🔔 " + _("End it now"), EndWindow(kind=window.kind.value))]]
    )


def show_window_ended(kind: WindowKind) -> View:
    return View(Text("🔔 ", _("Ended: {what}").format(what=_name_kind(kind))))


def describe_window(window: Window) -> Text:
    if window.until is not None:
        told = fill(_("{what}, ends {time}"), what=_name_kind(window.kind), time=moment(window.until))
    else:
        hours = f"{_clock(window.begin or 0)}–{_clock(window.end or 0)}"
        told = fill(_("{what}, every day {hours}"), what=_name_kind(window.kind), hours=hours)
    return fill("🌙 {told} · {person}", told=told, person=clip(window.person_name))


def show_muted(name: str, until: datetime | None) -> View:
    end = moment(until) if until else Text(_("when it is well"))
    return View(
        fill("🔕 {told}", told=fill(_("{name} is muted; it ends {time}."), name=Bold(clip(name)), time=end))
    )


def show_unmuted(name: str, ended: bool) -> View:
    told = _("{name} is not muted any more.") if ended else _("{name} was not muted.")
    return View(fill("🔔 {told}", told=fill(told, name=Bold(clip(name)))))


def show_why(why: Explanation) -> View:
    """In words: what the engine holds, by which numbers, and what kept a message back."""
    policy = why.policy
    hold = policy.queue if why.is_queue else policy.channel
    told: list[Text | str | None] = [Bold(clip(why.name)), _tell_phase(why)]
    if why.incident and why.incident.subject.family == "source":
        told.append(_("Rule: one alert when Lines could not be read twice, for 20 s."))
    elif why.is_queue:
        told.append(
            _("Rule: an alert when {limit} or more wait for {hold}, or one waits for {wait}.").format(
                limit=policy.queue_limit,
                hold=name_duration(hold.bad_for),
                wait=name_duration(policy.queue_wait),
            )
        )
    else:
        told.append(
            _(
                "Rule: an alert after {hold} in Error and {count} readings; closed after {well} without it."
            ).format(
                hold=name_duration(hold.bad_for), count=hold.bad_readings, well=name_duration(hold.well_for)
            )
        )
    if why.mute:
        end = moment(why.mute.until) if why.mute.until else Text(_("when it is well"))
        told.append(fill(_("Muted by {name}, ends {time}"), name=clip(why.mute.person_name), time=end))
    told += [describe_window(window) for window in why.windows]
    if why.incident:
        noticed = moment(why.incident.opened_at)
        told.append(fill(_("Last alert: {number}, noticed {time}"), number=why.incident.id, time=noticed))
    if why.condition:
        score = round(why.condition.flapping.score)
        told.append(_("Flapping score: {score} (flapping starts at 3000)").format(score=score))
        told += [
            fill("    {change} {time}", change=_name_change(each.change), time=moment(each.at))
            for each in why.condition.trail
        ]
    return View(stack(*told))


def show_rules(rules: Sequence[SetRule], names: Mapping[Scope, str]) -> View:
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


def show_rule_change(whom: str, name: str, before: str, after: str, rule_ref: str) -> View:
    """The difference, before it is taken."""
    return View(
        stack(
            fill(_("{rule} for {whom}:"), rule=Code(name), whom=Bold(clip(whom) or _("everything"))),
            f"{before} → {after}",
        ),
        [[button("✅ " + _("Apply"), ApplyRule(rule=rule_ref), "primary")]],
    )


def show_rule_applied(whom: str, name: str, value: str) -> View:
    told = fill(
        _("{rule} for {whom} is now {value}."),
        rule=Code(name),
        whom=clip(whom) or _("everything"),
        value=value,
    )
    return View(fill("✅ {told}", told=told))


def _tell_phase(why: Explanation) -> Text:
    if why.condition is None:
        return Text("🟢 ", _("It is well, so there is no alert."))
    phases = {
        Phase.WELL: "🟢 " + _("It is well now; it was in trouble not long ago."),
        Phase.PENDING: "🟡 " + _("It is in trouble, but not long enough for an alert yet."),
        Phase.HEALING: "🟡 " + _("A reconnect is being tried before anyone is called."),
        Phase.BAD: "🔴 " + _("It is in trouble, and the alert is open."),
        Phase.RECOVERING: "🟡 " + _("It looks well; the alert closes if it stays so."),
    }
    return fill("{phase} · {time}", phase=phases[why.condition.phase], time=moment(why.condition.changed_at))


def _name_change(change: str) -> str:
    names = {
        Change.HEAL: _("reconnect tried"),
        Change.HEALED: _("healed by the reconnect"),
        Change.OPENED: _("alert opened"),
        Change.IMPROVED: _("looked well"),
        Change.RELAPSED: _("in trouble again"),
        Change.CLOSED: _("alert closed"),
        Change.REMOVED: _("removed"),
    }
    return names.get(Change(change), change)


def _name_kind(kind: WindowKind) -> str:
    return _("Quiet hours") if kind is WindowKind.QUIET else _("Maintenance")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
