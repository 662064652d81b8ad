"""Channels: the list, the card of one, and what a reconnect came to."""

from collections.abc import Sequence, Set
from datetime import datetime
from itertools import groupby

from aiogram.utils.formatting import Bold, Italic, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.lines import Channel, ChannelState
from lines_bot.operations.operations import Result
from lines_bot.pagination import PAGE_SIZE, paginate
from lines_bot.people import Action
from lines_bot.queries.models import ChannelList, ChannelSummary
from lines_bot.telegram.callbacks import Reconnect, ShowBroken, ShowChannel, ShowChannels, StateFilter
from lines_bot.telegram.views.errors import describe_error, describe_repeat
from lines_bot.telegram.views.labels import (
    count_channels,
    name_channel_state,
    name_channel_type,
    name_duration,
)
from lines_bot.telegram.views.view import (
    Rows,
    View,
    button,
    clip,
    fill,
    moment,
    pair,
    reference,
    render_once,
    stack,
    turn_pages,
)

FILTERS: dict[StateFilter, ChannelState | None] = {
    "all": None,
    "error": ChannelState.ERROR,
    "disconnected": ChannelState.DISCONNECTED,
    "active": ChannelState.ACTIVE,
}


def render_channels(shown: ChannelList, now: datetime) -> View:
    """All channels that match, broken first, by line, with counts on top."""
    return _render_list(shown, _write_age(shown.taken_at, now))


@render_once
def _render_list(shown: ChannelList, age: str) -> View:
    body: list[Text | str] = []
    for line, group in groupby(shown.page.items, key=lambda channel: channel.line):
        body += ["", Bold(clip(line) or _("No line")), *map(describe_channel, group)]
    if not body:
        body = ["", _("No channel matches.") if shown.text or shown.state else _("There are no channels.")]
    return View(
        stack(
            Bold(_("Channels"), f" · {clip(shown.text)}" if shown.text else ""),
            _count_states(shown),
            _("Nothing is called so; this comes close:") if shown.is_near and shown.page.items else None,
            *body,
            "",
            Italic(age),
            fill("⚠️ {trouble}", trouble=describe_error(shown.trouble)) if shown.trouble else None,
        ),
        _lay_out_list(shown),
    )


def describe_channel(channel: ChannelSummary) -> Text:
    """One channel on two short lines."""
    return stack(
        fill(
            "{state} {name} {ref}",
            state=name_channel_state(channel.state),
            name=Bold(clip(channel.name)),
            ref=reference(channel.ref),
        ),
        fill(
            "    {type} · {since}",
            type=clip(name_channel_type(channel.type)),
            since=fill(_("changed {time}"), time=moment(channel.since)),
        )
        if channel.since
        else f"    {clip(name_channel_type(channel.type))}",
    )


def render_age(taken_at: datetime, now: datetime) -> Text:
    """How old the data is: never left to guess."""
    return Italic(_write_age(taken_at, now))


def _write_age(taken_at: datetime, now: datetime) -> str:
    age = now - taken_at
    if age.total_seconds() < 1:
        return _("Read just now")
    return _("Read {age} ago").format(age=name_duration(age))


def render_channel(channel: ChannelSummary, offered: Set[Action]) -> View:
    """One channel, with Reconnect where it makes sense, and the reason where it does not."""
    return View(stack(*_describe_card(channel)), _offer(channel, offered))


def render_broken(channels: Sequence[ChannelSummary], number: int, offered: Set[Action]) -> View:
    """The channels that are not active: a button for each that can be reconnected, else the reason."""
    if not channels:
        return View(Text("🟢 ", _("Every channel is active: there is nothing to reconnect.")))
    page = paginate(channels, number)
    body: list[Text | str] = []
    for channel in page.items:
        body += ["", describe_channel(channel)]
        if channel.obstacle:
            body.append(fill("    ⛔ {reason}", reason=describe_error(channel.obstacle)))
    buttons = [
        [button(_("Reconnect {name}").format(name=channel.name), Reconnect(channel=channel.ref), "primary")]
        for channel in page.items
        if channel.obstacle is None and Action.RECONNECT in offered
    ]
    return View(
        stack(Bold(_("Not active: {channels}").format(channels=count_channels(page.total))), *body),
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
    return View(fill("⏳ {told}", told=fill(_("Reconnecting {name}, working…"), name=_name(channel))))


def render_reconnected(channel: ChannelSummary, result: Result[Channel], offered: Set[Action]) -> View:
    """What is true after a reconnect, by the state read again."""
    if channel.state != ChannelState.ACTIVE:
        told = fill(_("Lines took the reconnect, but the channel is still not active:"))
        return View(stack(fill("⚠️ {told}", told=told), *_describe_card(channel)), _offer(channel, offered))
    if result.repeated:
        told = fill(_("{name} is active."), name=_name(channel))
        return View(stack(fill("🟢 {told}", told=told), describe_repeat(result.entry)))
    told = fill(_("{name} is active again."), name=_name(channel))
    lost = _("Lines never answered; the channel itself, read again, says so.") if result.answer_lost else None
    return View(stack(fill("🟢 {told}", told=told), lost))


def _name(channel: ChannelSummary) -> Text:
    return fill("{name} {ref}", name=Bold(clip(channel.name)), ref=reference(channel.ref))


def _describe_card(channel: ChannelSummary) -> list[Text]:
    told = [describe_channel(channel), fill(_("Line: {line}"), line=clip(channel.line) or "—")]
    if channel.obstacle and channel.state != ChannelState.ACTIVE:
        told.append(fill("⛔ {reason}", reason=describe_error(channel.obstacle)))
    return told


def _offer(channel: ChannelSummary, offered: Set[Action]) -> Rows:
    if channel.obstacle is not None or Action.RECONNECT not in offered:
        return []
    return [[button(_("Reconnect"), Reconnect(channel=channel.ref), "primary")]]


def _count_states(shown: ChannelList) -> str:
    counts = [
        f"{name_channel_state(state)} {shown.counts.get(state, 0)}" for state in FILTERS.values() if state
    ]
    others = sum(shown.counts.values()) - sum(
        shown.counts.get(state, 0) for state in FILTERS.values() if state
    )
    return " · ".join([*counts, f"❔ {others}"] if others else counts)


def _lay_out_list(shown: ChannelList) -> Rows:
    chosen = next(name for name, state in FILTERS.items() if state == shown.state)

    def turn(page: int, state: StateFilter = chosen) -> ShowChannels:
        return ShowChannels(state=state, page=page, text=shown.text_ref)

    titles: dict[StateFilter, str] = {
        "all": _("All"),
        "error": "🔴 " + _("Error"),
        "disconnected": "⚪ " + _("Disconnected"),
        "active": "🟢 " + _("Active"),
    }
    filters = [
        button(f"· {title} ·" if name == chosen else title, turn(0, name)) for name, title in titles.items()
    ]
    broken = [
        [button(name_channel_state(channel.state)[0] + " " + channel.name, ShowChannel(channel=channel.ref))]
        for channel in shown.page.items
        if channel.state != ChannelState.ACTIVE
    ]
    refresh = button("🔄 " + _("Refresh"), turn(shown.page.number))
    return [*pair(filters), *broken, turn_pages(shown.page, turn), [refresh]]
