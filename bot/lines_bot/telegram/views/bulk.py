"""Reconnecting everything that can be: the preview, the way there, and what came of each."""

from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import ChannelState
from lines_bot.queries.models import ChannelSummary
from lines_bot.telegram.company_callbacks import CancelAll, ReconnectAll
from lines_bot.telegram.views.confirmations import offer_answers
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.view import View, button, clip, fill, marked, stack

TYPED_ABOVE = 10
_SHOWN = 12
Outcome = ChannelSummary | Exception


def render_preview(channels: Sequence[ChannelSummary], by: int, until: int, seen: str) -> View:
    """How many can be reconnected, and why the others cannot. Above ten the number must be typed."""
    possible = [channel for channel in channels if channel.obstacle is None]
    others = [channel for channel in channels if channel.obstacle is not None]
    if not channels:
        return View(Text("🟢 ", _("All channels work, nothing to reconnect.")))
    body = [
        fill(_("{count} of {total} can be reconnected:"), count=len(possible), total=len(channels)),
        *_list([marked("·", clip(channel.name)) for channel in possible]),
    ]
    if others:
        body.append(fill(_("{count} cannot:"), count=len(others)))
        reasons = [
            fill("⛔ {name}: {reason}", name=clip(each.name), reason=describe_error(each.obstacle))
            for each in others
            if each.obstacle
        ]
        body += _list(reasons)
    if not possible:
        return View(stack(Bold(_("Reconnect all")), *body))
    if len(possible) > TYPED_ABOVE:
        typed = fill(
            _("Reply to this message with the number {count} to reconnect them all."),
            count=Bold(str(len(possible))),
        )
        return View(
            stack(Bold(_("Reconnect all")), *body, "", typed),
            [[button(_("Cancel"), CancelAll(by=by, until=until, seen=seen))]],
        )
    yes = _("Reconnect {count}").format(count=len(possible))
    all_of_them = ReconnectAll(by=by, until=until, seen=seen)
    return View(
        stack(Bold(_("Reconnect all")), *body),
        passing=offer_answers(yes, all_of_them, by, until, "primary"),
    )


def render_progress(channels: Sequence[ChannelSummary], outcomes: Mapping[str, Outcome]) -> View:
    """How far it is, and what came of each; what failed stands first."""
    done = len(outcomes) == len(channels)
    failed, well = [], []
    for channel in channels:
        match outcomes.get(channel.id):
            case None:
                continue
            case Exception() as error:
                failed.append(
                    fill("🔴 {name}: {reason}", name=clip(channel.name), reason=describe_error(error))
                )
            case ChannelSummary(state=ChannelState.ACTIVE):
                well.append(marked("🟢", clip(channel.name)))
            case _:
                told = _("still not working")
                failed.append(fill("⚠️ {name}: {reason}", name=clip(channel.name), reason=told))
    head = (
        fill(_("Reconnected {count} of {total}."), count=len(well), total=len(channels))
        if done
        else fill(_("Reconnecting: {count} of {total} done…"), count=len(outcomes), total=len(channels))
    )
    return View(
        stack(fill("{mark} {head}", mark="✅" if done else "⏳", head=head), *_list(failed), *_list(well))
    )


def _list(rows: Sequence[Text]) -> list[Text]:
    """The first dozen, and how many more."""
    more = len(rows) - _SHOWN
    return [*rows[:_SHOWN], *([fill(_("…and {count} more"), count=more)] if more > 0 else [])]
