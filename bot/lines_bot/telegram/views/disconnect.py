"""Disconnecting a channel: what stops, and what is true afterwards."""

from aiogram.utils.formatting import Bold, Text
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.lines import Channel, ChannelState
from lines_bot.operations.operations import Result
from lines_bot.pagination import Page
from lines_bot.queries.models import ChannelSummary, DisconnectPreview
from lines_bot.telegram.company_callbacks import AskDisconnect, Disconnect, PickDisconnect
from lines_bot.telegram.views.channels import describe_channel
from lines_bot.telegram.views.confirmations import describe_result, offer_answers, offer_undo
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack, turn_pages


def render_active(channels: Page[ChannelSummary]) -> View:
    """The channels that can be disconnected."""
    if not channels.items:
        return View(Text(_("No channel works, nothing to disconnect.")))
    buttons = [
        button(f"{channel.name} · {channel.line}", AskDisconnect(channel=channel.ref))
        for channel in channels.items
    ]
    return View(
        Bold(_("Which channel to disconnect?")),
        [*pair(buttons), turn_pages(channels, lambda page: PickDisconnect(page=page))],
    )


def render_disconnect_question(stop: DisconnectPreview, by: int, until: int) -> View:
    """Names what stops, for whom, and whether it can be brought back from here."""
    channel = stop.channel
    opened = ngettext(
        "{count} session is open in it; its client will get no answer.",
        "{count} sessions are open in it; their clients will get no answer.",
        stop.open_sessions,
    ).format(count=stop.open_sessions)
    way_back = (
        _("It can be reconnected from here.")
        if stop.can_return
        else _("It cannot be reconnected from here: only in ELMA365.")
    )
    return View(
        stack(
            fill(_("Disconnect {name}?"), name=Bold(clip(channel.name))),
            describe_channel(channel),
            "",
            fill(
                _("Clients can no longer write to {line} through it."), line=Bold(clip(channel.line) or "—")
            ),
            opened,
            way_back,
        ),
        passing=offer_answers(
            _("Disconnect"), Disconnect(channel=channel.ref, by=by, until=until), by, until
        ),
    )


def render_disconnecting(channel: ChannelSummary) -> View:
    return View(marked("⏳", fill(_("Disconnecting {name}…"), name=Bold(clip(channel.name)))))


def render_disconnected(channel: ChannelSummary, result: Result[Channel]) -> View:
    """What is true after it, by the state read again."""
    told = (
        marked("⚪", fill(_("{name} is disconnected."), name=Bold(clip(channel.name))))
        if channel.state == ChannelState.DISCONNECTED
        else marked("⚠️", _("Lines accepted it, but the channel is not disconnected:"))
    )
    return View(stack(told, describe_result(result), describe_channel(channel)), passing=offer_undo(result))
