"""What is muted, and the quiet hours and maintenance of a chat, in words and buttons."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.alerts.mutes import Mute, Window, WindowKind
from lines_bot.i18n import N_
from lines_bot.telegram.callbacks import EndMute, EndWindow, RunCommand
from lines_bot.telegram.views.view import View, button, clip, fill, marked, moment, pair, stack

QUIET_HOURS = ("22:00-8:00", "22:00-9:00", "23:00-7:00", "20:00-8:00")

MAINTENANCE_LENGTHS = (N_("30m"), N_("1h"), N_("2h"), N_("4h"))


def render_mutes(mutes: Mapping[str, tuple[str, Mute]], windows: Sequence[Window]) -> View:
    """What is muted, by the reference of its key and its name, and which hours are quiet here."""
    told: list[Text | str] = [Bold(_("Muted"))]
    rows = []
    for ref, (name, mute) in mutes.items():
        end = moment(mute.until) if mute.until else Text(_("when fixed"))
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


def render_window_choice(kind: WindowKind, refs: Mapping[str, str]) -> View:
    """The usual hours or lengths, by the references of their texts; others can be written."""
    if kind is WindowKind.QUIET:
        title, hint = _("Which hours are silent here, every day?"), _("Others: /quiet 22:30-7:30")
    else:
        title, hint = _("No alerts here for how long?"), _("Another length: /maintenance 90m")
    texts = QUIET_HOURS if kind is WindowKind.QUIET else MAINTENANCE_LENGTHS
    return View(
        stack(Bold(title), hint),
        pair([button(_(text), RunCommand(command=kind.value, words=refs[text])) for text in texts]),
    )


def render_window(window: Window) -> View:
    """Quiet hours or maintenance as set, with a button that ends it early."""
    return View(
        describe_window(window), [[button("🔔 " + _("End it now"), EndWindow(kind=window.kind.value))]]
    )


def render_window_ended(kind: WindowKind) -> View:
    return View(Text("🔔 ", _("Ended: {what}").format(what=_name_kind(kind))))


def describe_window(window: Window) -> Text:
    if window.until is not None:
        told = fill(_("{what}, ends {time}"), what=_name_kind(window.kind), time=moment(window.until))
    else:
        hours = f"{_clock(window.begin or 0)}–{_clock(window.end or 0)}"
        told = fill(_("{what}, every day {hours}"), what=_name_kind(window.kind), hours=hours)
    return fill("🌙 {told} · {person}", told=told, person=clip(window.person_name))


def render_muted(name: str, until: datetime | None) -> View:
    end = moment(until) if until else Text(_("when fixed"))
    return View(marked("🔕", fill(_("{name} is muted, ends {time}."), name=Bold(clip(name)), time=end)))


def render_unmuted(name: str, ended: bool) -> View:
    told = _("{name} is no longer muted.") if ended else _("{name} was not muted.")
    return View(marked("🔔", fill(told, name=Bold(clip(name)))))


def _name_kind(kind: WindowKind) -> str:
    return _("Quiet hours") if kind is WindowKind.QUIET else _("Maintenance")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
