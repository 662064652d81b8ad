"""Channels: the list, the card of one, and what a reconnect came to."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Literal

from aiogram.utils.formatting import Bold, Italic, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import Channel, ChannelState
from lines_bot.operations.operations import Result
from lines_bot.pagination import PAGE_SIZE, paginate
from lines_bot.people import Action
from lines_bot.queries.models import ChannelList, ChannelSummary
from lines_bot.telegram.callbacks import Reconnect, ShowBroken, ShowChannel, ShowChannels, StateFilter
from lines_bot.telegram.views.confirmations import describe_result
from lines_bot.telegram.views.errors import describe_error
from lines_bot.telegram.views.labels import (
    count_channels,
    count_states,
    count_working,
    name_channel_state,
    name_channel_type,
)
from lines_bot.telegram.views.view import (
    Rows,
    View,
    button,
    clip,
    fill,
    marked,
    moment,
    pair,
    reference,
    render_once,
    stack,
    turn_pages,
)

FILTERS: dict[StateFilter, ChannelState | Literal["broken"] | None] = {
    "all": None,
    "broken": "broken",
    "error": ChannelState.ERROR,
    "disconnected": ChannelState.DISCONNECTED,
    "active": ChannelState.ACTIVE,
}


@render_once
def render_channels(shown: ChannelList) -> View:
    """All channels that match, broken first, by line, with counts on top."""
    body: list[Text | str] = []
    by_line: dict[str, list[Text]] = {channel.line: [] for channel in shown.page.items}
    for channel in shown.page.items:
        by_line[channel.line].append(describe_channel(channel))
    for line, told in by_line.items():
        body += ["", Bold(clip(line) or _("No line")), *told]
    if not body and shown.state == "broken" and shown.counts:
        body = ["", "🟢 " + _("All channels work.")]
    elif not body:
        body = ["", _("No such channels.") if shown.text or shown.state else _("No channels.")]
    return View(
        stack(
            Bold(_("Channels"), f" · {clip(shown.text)}" if shown.text else ""),
            count_states(shown.counts),
            _("Nothing by that name; this comes close:") if shown.is_near and shown.page.items else None,
            *body,
            "",
            render_age(shown.taken_at),
            marked("⚠️", describe_error(shown.trouble)) if shown.trouble else None,
        ),
        _lay_out_list(shown),
    )


def describe_channel(channel: ChannelSummary) -> Text:
    """One channel on two short lines: what it is called, then how it is."""
    mark, _space, state = name_channel_state(channel.state).partition(" ")
    how = [state, clip(name_channel_type(channel.type))]
    told = Text(" · ".join(how))
    if channel.since:
        told = fill(_("{how}, changed {time}"), how=told, time=moment(channel.since))
    name = Bold(clip(channel.name))
    return stack(
        fill("{mark} {name} {ref}", mark=mark, name=name, ref=reference(channel.ref)),
        fill("    {told}", told=told),
    )


def render_age(taken_at: datetime) -> Text:
    """How old the data is: never left to guess."""
    return Italic(fill(_("Read {time}"), time=moment(taken_at)))


def render_channel(channel: ChannelSummary, offered: Set[Action]) -> View:
    """One channel, with Reconnect where it makes sense, and the reason where it does not."""
    return View(stack(*_describe_card(channel)), _offer(channel, offered))


def render_broken(channels: Sequence[ChannelSummary], number: int, offered: Set[Action]) -> View:
    """The channels that are not active: a button for each that can be reconnected, else the reason."""
    if not channels:
        return View(Text("🟢 ", _("All channels work, nothing to reconnect.")))
    page = paginate(channels, number)
    body: list[Text | str] = []
    for channel in page.items:
        body += ["", describe_channel(channel)]
        if channel.obstacle:
            body.append(marked("    ⛔", describe_error(channel.obstacle)))
    buttons = [
        [button(_("Reconnect {name}").format(name=channel.name), Reconnect(channel=channel.ref), "primary")]
        for channel in page.items
        if channel.obstacle is None and Action.RECONNECT in offered
    ]
    return View(
        stack(Bold(_("Not working: {channels}").format(channels=count_channels(page.total))), *body),
        [*buttons, turn_pages(page, lambda turned: ShowBroken(page=turned))],
    )


def render_channel_choice(channels: Sequence[ChannelSummary], query: str) -> View:
    """Several channels match a name: the person chooses."""
    first = channels[:PAGE_SIZE]
    return View(
        stack(
            fill(_("“{query}” fits several channels. Which one?"), query=clip(query)),
            *map(describe_channel, first),
        ),
        [[button(f"{channel.name} · {channel.line}", Reconnect(channel=channel.ref))] for channel in first],
    )


def render_reconnecting(channel: ChannelSummary) -> View:
    """What stands while Lines works."""
    return View(marked("⏳", fill(_("Reconnecting {name}…"), name=_name(channel))))


def render_reconnected(channel: ChannelSummary, result: Result[Channel], offered: Set[Action]) -> View:
    """What is true after a reconnect, by the state read again."""
    if channel.state != ChannelState.ACTIVE:
        told = fill(_("Lines accepted the reconnect, but the channel still does not work:"))
        return View(stack(marked("⚠️", told), *_describe_card(channel)), _offer(channel, offered))
    told = fill(_("{name} works.") if result.repeated else _("{name} is back."), name=_name(channel))
    return View(stack(marked("🟢", told), describe_result(result)))


def _name(channel: ChannelSummary) -> Text:
    return fill("{name} {ref}", name=Bold(clip(channel.name)), ref=reference(channel.ref))


def _describe_card(channel: ChannelSummary) -> list[Text]:
    told = [describe_channel(channel), fill(_("Line: {line}"), line=clip(channel.line) or "—")]
    if channel.obstacle and channel.state != ChannelState.ACTIVE:
        told.append(marked("⛔", describe_error(channel.obstacle)))
    return told


def _offer(channel: ChannelSummary, offered: Set[Action]) -> Rows:
    if channel.obstacle is not None or Action.RECONNECT not in offered:
        return []
    return [[button(_("Reconnect"), Reconnect(channel=channel.ref), "primary")]]


def _lay_out_list(shown: ChannelList) -> Rows:
    """What does not work, each to be opened; the rest behind one button, and back."""
    chosen = next(name for name, state in FILTERS.items() if state == shown.state)

    def turn(page: int, state: StateFilter = chosen) -> ShowChannels:
        return ShowChannels(state=state, page=page, text=shown.text_ref)

    broken = [
        button(name_channel_state(channel.state)[0] + " " + channel.name, ShowChannel(channel=channel.ref))
        for channel in shown.page.items
        if channel.state != ChannelState.ACTIVE
    ]
    works = shown.counts.get(ChannelState.ACTIVE, 0)
    others = sum(shown.counts.values()) - works
    last = [button("🔄 " + _("Refresh"), turn(shown.page.number))]
    if works and chosen == "broken":
        last = [button(count_working(works), turn(0, "active")), *last]
    elif others and chosen != "broken":
        last = [button("🔴 " + _("Not working: {count}").format(count=others), turn(0, "broken")), *last]
    return [*pair(broken), turn_pages(shown.page, turn), last]
