"""The words for states, kinds and durations."""

from collections.abc import Mapping
from datetime import timedelta

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.lines import ChannelState, ChannelType, Presence, SessionPriority, SessionState
from lines_bot.operations.ledger import Verb
from lines_bot.people import Role
from lines_bot.telegram.views.view import clip


def name_channel_state(state: ChannelState | None) -> str:
    """A mark and a word; a state nobody published shows itself."""
    known = {
        ChannelState.ACTIVE: "🟢 " + _("Active"),
        ChannelState.DISCONNECTED: "⚪ " + _("Disconnected"),
        ChannelState.ERROR: "🔴 " + _("Error"),
    }
    return known.get(state, f"❔ {clip(state)}") if state is not None else "❔ " + _("unknown")


def name_channel_type(kind: ChannelType | None) -> str:
    """The product's own name of a channel type; an unpublished one shows its code, capitalised."""
    known = {
        ChannelType.TELEGRAM: "Telegram",
        ChannelType.TELEGRAM_BOT: _("Telegram bot"),
        ChannelType.INBOX: _("Mailbox"),
        ChannelType.VIBER_BOT: _("Viber bot"),
        ChannelType.LIVECHAT: _("Website chat"),
        ChannelType.INSTAGRAM: "Instagram",
        ChannelType.INTERNAL: _("Internal"),
        ChannelType.SUPPORT: _("Support"),
    }
    return known.get(kind, kind[:1].upper() + kind[1:]) if kind is not None else _("unknown type")


def name_session_state(state: SessionState | None) -> str:
    known = {
        SessionState.WAITING: _("in the queue"),
        SessionState.ASSIGNED_TO_BOT: _("with the bot"),
        SessionState.ASSIGNED_TO_OPERATOR: _("with an operator"),
        SessionState.MARKED_AS_SPAM: _("spam"),
        SessionState.CLOSED: _("closed"),
    }
    return known.get(state, clip(state)) if state is not None else _("unknown")


def name_priority(priority: SessionPriority | None) -> str:
    """Nothing where the platform does not tell; an unpublished one shows itself."""
    known = {
        SessionPriority.LOW: _("low"),
        SessionPriority.MEDIUM: _("medium"),
        SessionPriority.HIGH: _("high"),
    }
    return known.get(priority, str(priority)) if priority is not None else ""


def name_presence(presence: Presence | None) -> str:
    """A mark only: online, offline, or nothing where the platform does not tell."""
    return {Presence.ONLINE: "🟢 ", Presence.OFFLINE: "⚪ "}.get(presence, "") if presence else ""


def name_role(role: Role) -> str:
    return {
        Role.VIEWER: _("viewer"),
        Role.OPERATOR: _("operator"),
        Role.LEAD: _("lead"),
        Role.ADMIN: _("admin"),
    }[role]


def name_roles() -> str:
    return ", ".join(name_role(role) for role in Role)


def name_verb(verb: Verb) -> str:
    return {
        Verb.RECONNECT: _("Reconnect"),
        Verb.DISCONNECT: _("Disconnect"),
        Verb.ASSIGN: _("Assign"),
        Verb.ASSIGN_TO_GROUP: _("To group"),
        Verb.ASSIGN_TO_BOT: _("To bot"),
        Verb.CLOSE: _("Close"),
        Verb.MARK_AS_SPAM: _("Spam"),
        Verb.UNMARK_AS_SPAM: _("Not spam"),
        Verb.SAY: _("Say"),
        Verb.CREATE: _("New session"),
        Verb.LINK: _("Link"),
        Verb.UNLINK: _("Unlink"),
        Verb.READ: _("Read"),
        Verb.EXPORT: _("Export"),
        Verb.TAKE: _("Take"),
        Verb.RELEASE: _("Release"),
        Verb.HAND_OVER: _("Hand over"),
        Verb.EXTENSION: _("Extension"),
    }[verb]


def name_duration(length: timedelta) -> str:
    """The two largest units: 45 s, 12 min, 3 h 5 min, 2 d 4 h."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return _("{count} s").format(count=seconds)
    minutes = seconds // 60
    if minutes < 60:
        return _("{count} min").format(count=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    return _("{days} d {hours} h").format(days=days, hours=hours)


def count_channels(count: int) -> str:
    return ngettext("{count} channel", "{count} channels", count).format(count=count)


def count_states(counts: Mapping[ChannelState | None, int] | Mapping[str, int]) -> str:
    """How many channels are in each state that there is, the worst first; others as such."""
    error, off, works = (
        counts.get(state, 0) for state in (ChannelState.ERROR, ChannelState.DISCONNECTED, ChannelState.ACTIVE)
    )
    others = sum(counts.values()) - error - off - works
    told = [
        error and "🔴 " + ngettext("{count} down", "{count} down", error).format(count=error),
        off and "⚪ " + ngettext("{count} disconnected", "{count} disconnected", off).format(count=off),
        others and f"❔ {others}",
        count_working(works) if works or not counts else "",
    ]
    return " · ".join(each for each in told if each)


def count_working(count: int) -> str:
    return "🟢 " + ngettext("{count} works", "{count} work", count).format(count=count)


def count_waiting(count: int) -> str:
    return ngettext("{count} waiting", "{count} waiting", count).format(count=count)
