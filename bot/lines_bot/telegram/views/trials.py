"""Trial alerts, and how each chat took them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.settings import AlertTarget
from lines_bot.telegram.callbacks import EndTrial
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import Expiring, View, button, clip, fill, marked, stack


@dataclass(frozen=True)
class TrialResult:
    """How one chat took it: after so many seconds, or not at all, or without its buttons, and why."""

    target: AlertTarget
    seconds: float
    error: Exception | None = None
    refusal: str | None = None


def render_trial(by: str, until: datetime) -> View:
    """Looks like an alert, and says that it is none."""
    return View(
        stack(
            marked("🧪", Bold(_("Test alert"))),
            _("Nothing is wrong. {name} is testing whether alerts arrive here.").format(name=clip(by)),
        ),
        passing=Expiring([[button("✅ " + _("I see it"), EndTrial(), "primary")]], until),
    )


def render_trial_seen(by: str) -> View:
    return View(
        stack(
            marked("🧪", Bold(_("Test alert"))),
            _("Seen by {name}: alerts arrive here, and their buttons work.").format(name=clip(by)),
        )
    )


def render_trial_results(results: Sequence[TrialResult]) -> View:
    """Each chat of alerts on a line: how long it took, or why it has nothing and what to do."""
    arrived = [each for each in results if each.error is None]
    title = _("Test alert: arrived in {arrived} of {all} chats").format(
        arrived=len(arrived), all=len(results)
    )
    return View(stack(Bold(title), *map(_describe_result, results)))


def _describe_result(result: TrialResult) -> Text:
    chat, topic = result.target
    where = Code(f"{chat}:{topic}" if topic else str(chat))
    if result.error is not None:
        return stack(
            fill("🔴 {chat}: {reason}", chat=where, reason=clip(str(result.error), 200)),
            _("Add the bot to that chat and let it write, or correct ALERT_CHATS. `lines-bot check` helps."),
        )
    if result.refusal is not None:
        told = _("Telegram took it only as plain text without buttons: {reason}")
        return fill("🟡 {chat}: {told}", chat=where, told=told.format(reason=clip(result.refusal, 200)))
    took = (
        _("in less than a second")
        if result.seconds < 1
        else _("after {length}").format(length=name_duration(timedelta(seconds=result.seconds)))
    )
    return fill("🟢 {chat}: {took}", chat=where, took=took)
