"""Every command as data: the menus, the help and the tests are made of it."""

import re
from collections.abc import Collection, Mapping, Sequence

from aiogram.utils.i18n import gettext as _

from lines_bot.i18n import N_
from lines_bot.people import Action
from lines_bot.telegram.callbacks import Subject
from lines_bot.telegram.command_set import CommandSet, Described
from lines_bot.telegram.language import find_language

_PREFIX = re.compile(r"([a-z][a-z0-9_]{0,7})?")

SUBJECTS: Mapping[Subject, str] = {
    "channels": N_("Channels"),
    "sessions": N_("Queue and sessions"),
    "clients": N_("Clients and messages"),
    "alerts": N_("Alerts"),
    "statistics": N_("Statistics and audit"),
    "people": N_("People"),
    "more": N_("More"),
}

COMMANDS: Sequence[Described] = (
    Described(
        "channels",
        Action.SEE,
        "channels",
        N_("Channels: state, type, last change"),
        N_("[text]"),
        N_("telegram"),
    ),
    Described("queue", Action.SEE, "sessions", N_("Who waits, and how long"), N_("[line]"), N_("shop")),
    Described("lines", Action.SEE, "channels", N_("Lines: channels, queue, operators")),
    Described(
        "stats",
        Action.SEE,
        "statistics",
        N_("Queue and waits over time, with a picture"),
        N_("[line] [24h, 7d]"),
        N_("shop 7d"),
    ),
    Described(
        "reconnect",
        Action.RECONNECT,
        "channels",
        N_("Bring a channel back"),
        N_("[channel or all]"),
        N_("shop telegram"),
    ),
    Described(
        "disconnect",
        Action.DISCONNECT,
        "channels",
        N_("Stop a channel"),
        N_("[channel]"),
        N_("shop telegram"),
    ),
    Described(
        "sessions",
        Action.SEE,
        "sessions",
        N_("Find sessions"),
        N_("[words] [state] [>2h]"),
        N_("shop waiting >2h"),
    ),
    Described(
        "session", Action.READ, "sessions", N_("Everything about a session"), N_("[session]"), "4f2a91"
    ),
    Described(
        "assign",
        Action.ASSIGN,
        "sessions",
        N_("Give a session to an operator, a group, the line's bot or yourself"),
        N_("[session] [operator, group, bot or me]"),
        N_("4f2a91 anna"),
    ),
    Described(
        "group",
        Action.ASSIGN,
        "sessions",
        N_("Put a session into a group's queue"),
        N_("[session] [group]"),
        N_("4f2a91 night shift"),
    ),
    Described(
        "bot", Action.ASSIGN, "sessions", N_("Give a session to the line's bot"), N_("[session]"), "4f2a91"
    ),
    Described("close", Action.CLOSE, "sessions", N_("Close a session"), N_("[session]"), "4f2a91"),
    Described("spam", Action.SPAM, "sessions", N_("Mark a session as spam"), N_("[session]"), "4f2a91"),
    Described("unspam", Action.SPAM, "sessions", N_("Take a session out of spam"), N_("[session]"), "4f2a91"),
    Described("last", Action.READ, "clients", N_("The last message of a session"), N_("[session]"), "4f2a91"),
    Described("history", Action.READ, "clients", N_("All messages of a session"), N_("[session]"), "4f2a91"),
    Described("export", Action.READ, "clients", N_("A session as a text file"), N_("[session]"), "4f2a91"),
    Described(
        "say",
        Action.WRITE,
        "clients",
        N_("Write to a session, from the system"),
        N_("[session] [text]"),
        N_("4f2a91 We are looking into it"),
    ),
    Described("alerts", Action.SEE, "alerts", N_("Open alerts, and who is on them")),
    Described("board", Action.MUTE, "alerts", N_("A pinned board that stays up to date")),
    Described(
        "why",
        Action.SEE,
        "alerts",
        N_("Why an alert was sent or was not"),
        N_("[channel or line]"),
        N_("shop telegram"),
    ),
    Described(
        "mute",
        Action.MUTE,
        "alerts",
        N_("Mute a channel or line"),
        N_("[channel or line] [30m, 2h]"),
        N_("shop telegram 2h"),
    ),
    Described(
        "unmute",
        Action.MUTE,
        "alerts",
        N_("Unmute a channel or line"),
        N_("[channel or line]"),
        N_("shop telegram"),
    ),
    Described("mutes", Action.SEE, "alerts", N_("What is muted, and which hours are quiet here")),
    Described(
        "quiet",
        Action.MUTE,
        "alerts",
        N_("Hours without sound in this chat"),
        N_("[22:00-8:00]"),
        "22:00-8:00",
    ),
    Described("test", Action.MUTE, "alerts", N_("Send a test alert to each chat of alerts")),
    Described(
        "maintenance", Action.MUTE, "alerts", N_("No alerts in this chat for a while"), N_("[2h]"), N_("2h")
    ),
    Described(
        "rules",
        Action.RULE,
        "alerts",
        N_("When something is an alert"),
        N_("[channel or line] [rule] [value]"),
        N_("shop queue_limit 15"),
    ),
    Described(
        "new",
        Action.WRITE,
        "clients",
        N_("Write to a client first"),
        N_("[channel] [account]"),
        N_("shop telegram kate_brown"),
    ),
    Described(
        "client", Action.READ, "clients", N_("Find a client in all channels"), N_("[name]"), N_("kate")
    ),
    Described(
        "link",
        Action.LINK,
        "clients",
        N_("Link a client with an item of an app"),
        N_("[client] [namespace/code/id]"),
        "4f2a91 shop/orders/77",
    ),
    Described("unlink", Action.LINK, "clients", N_("End a client's link"), N_("[client]"), "4f2a91"),
    Described(
        "audit",
        Action.AUDIT,
        "statistics",
        N_("Who did what"),
        N_("[who] [what] [when]"),
        N_("anna close 7d"),
    ),
    Described("privacy", Action.RULE, "people", N_("Who here sees what clients wrote")),
    Described("status", Action.SEE, "statistics", N_("Bot health")),
    Described(
        "language",
        Action.HELP,
        "people",
        N_("My language, or that of this chat"),
        N_("[language]"),
        N_("english"),
    ),
    Described("me", Action.HELP, "people", N_("Who I am here and in Lines")),
    Described(
        "link_me",
        Action.GRANT,
        "people",
        N_("Say which operator a person is"),
        N_("[id] [operator]"),
        N_("123456 Kate Brown"),
    ),
    Described(
        "grant",
        Action.GRANT,
        "people",
        N_("Give a person a role"),
        N_("[role] or [id] [role]"),
        N_("123456 operator"),
    ),
    Described("revoke", Action.GRANT, "people", N_("Take a person's role away"), N_("[id]"), "123456"),
    Described(
        "help", Action.HELP, "people", N_("What you can do here"), N_("[command]"), "mute", tapped=False
    ),
)


def choose_commands(prefix: str, only: Collection[str] | None) -> CommandSet:
    """Ours. ValueError for a prefix that no command can begin with, and for unknown names."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"No command can begin with {prefix!r}: up to 8 of a-z, 0-9 and _, a letter first.")
    if unknown := sorted(set(only or ()) - {each.name for each in COMMANDS}):
        raise ValueError(f"There are no commands {', '.join(unknown)}.")
    return CommandSet(COMMANDS, prefix, only)


def find_commands() -> CommandSet:
    """The commands of the bot that speaks."""
    language = find_language()
    return (language and language.commands) or CommandSet(COMMANDS)


def give_example(name: str) -> str:
    """A line that could be sent; the bare command where it takes no words."""
    commands = find_commands()
    example = next(each.example for each in commands.known if each.name == name)
    return f"{commands.write(name)} {_(example)}" if example else commands.write(name)
