"""Roles, help and the words for those who have no business here."""

from collections.abc import Sequence, Set

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from bot.pages import Page
from bot.people import Action, Person, Place, Role
from bot.telegram.callbacks import PickSession, ShowBroken, ShowChannels, ShowPeople, ShowQueue
from bot.telegram.limits import Allowance
from bot.telegram.views.errors import N_
from bot.telegram.views.view import View, button, clip, fill, pair, stack, turn_pages
from bot.telegram.views.words import name_role, name_roles

# Command, the action it takes, its usage, and what it does.
COMMANDS: Sequence[tuple[str, Action, str, str]] = (
    ("channels", Action.SEE, N_("[text]"), N_("Channels: state, type, last change")),
    ("queue", Action.SEE, N_("[line]"), N_("Who waits, and how long")),
    ("lines", Action.SEE, "", N_("Lines: channels, queue, operators")),
    ("stats", Action.SEE, N_("[line] [24h, 7d]"), N_("Queue and waits over time, with a picture")),
    ("reconnect", Action.RECONNECT, N_("[channel]"), N_("Bring a channel back")),
    ("disconnect", Action.DISCONNECT, N_("[channel]"), N_("Stop a channel")),
    ("sessions", Action.SEE, N_("[words] [state] [>2h]"), N_("Find sessions")),
    ("session", Action.READ, N_("[session]"), N_("Everything about a session")),
    ("assign", Action.ASSIGN, N_("[session] [operator]"), N_("Give a session to an operator")),
    ("group", Action.ASSIGN, N_("[session] [group]"), N_("Put a session into a group's queue")),
    ("bot", Action.ASSIGN, N_("[session]"), N_("Give a session to the line's bot")),
    ("close", Action.CLOSE, N_("[session]"), N_("Close a session")),
    ("spam", Action.SPAM, N_("[session]"), N_("Mark a session as spam")),
    ("unspam", Action.SPAM, N_("[session]"), N_("Take a session out of spam")),
    ("last", Action.READ, N_("[session]"), N_("The last message of a session")),
    ("history", Action.READ, N_("[session]"), N_("Everything said in a session")),
    ("export", Action.READ, N_("[session]"), N_("A session as a text file")),
    ("say", Action.WRITE, N_("[session] [text]"), N_("Say something in a session, from the system")),
    ("alerts", Action.SEE, "", N_("Open alerts, and who holds them")),
    ("board", Action.MUTE, "", N_("A pinned message that always tells how things are")),
    ("why", Action.SEE, N_("[channel or line]"), N_("Why an alert was sent or was not")),
    ("mute", Action.MUTE, N_("[channel or line] [30m, 2h]"), N_("Say nothing new about it for a while")),
    ("unmute", Action.MUTE, N_("[channel or line]"), N_("End a mute")),
    ("mutes", Action.SEE, "", N_("What is muted, and which hours are quiet here")),
    ("quiet", Action.MUTE, N_("[22:00-8:00]"), N_("Hours without sound in this chat")),
    ("maintenance", Action.MUTE, N_("[2h]"), N_("No alerts in this chat for a while")),
    ("rules", Action.RULE, N_("[channel or line] [rule] [value]"), N_("When something is an alert")),
    ("new", Action.WRITE, N_("[channel] [account]"), N_("Write to a client first")),
    ("client", Action.READ, N_("[name]"), N_("Find a client in all channels")),
    ("link", Action.LINK, N_("[client] [namespace/code/id]"), N_("Link a client with an item of an app")),
    ("unlink", Action.LINK, N_("[client]"), N_("End a client's link")),
    ("audit", Action.AUDIT, N_("[who] [what] [when]"), N_("Who did what")),
    ("privacy", Action.RULE, "", N_("Who in this chat sees what clients wrote")),
    ("status", Action.SEE, "", N_("Is the bot itself well")),
    ("me", Action.HELP, "", N_("Who I am here and in Lines")),
    ("link_me", Action.GRANT, N_("[id] [operator]"), N_("Say which operator a person is")),
    ("grant", Action.GRANT, N_("[role] or [id] [role]"), N_("Give a person a role")),
    ("revoke", Action.GRANT, N_("[id]"), N_("Take a person's role away")),
    ("help", Action.HELP, "", N_("What you may do here")),
)


def show_help(person: Person, place: Place, allowed: Set[Action]) -> View:
    """What this person may do here."""
    role = name_role(person.role) if person.role else ""
    where = _("in this private chat") if place.is_private else _("in this chat")
    usages = [
        fill(
            "/{command}{usage} — {purpose}",
            command=command,
            usage=" " + _(usage) if usage else "",
            purpose=_(purpose),
        )
        for command, action, usage, purpose in COMMANDS
        if action in allowed
    ]
    buttons = []
    if Action.SEE in allowed:
        buttons += [button(_("Channels"), ShowChannels()), button(_("Queue"), ShowQueue())]
    if Action.RECONNECT in allowed:
        buttons.append(button(_("Reconnect"), ShowBroken()))
    if Action.ASSIGN in allowed:
        buttons.append(button(_("Assign"), PickSession(purpose="assign")))
    return View(
        stack(
            fill(
                _("{name}, you are {role} {where}."),
                name=Bold(clip(person.name)),
                role=Bold(role),
                where=where,
            ),
            "",
            *usages,
            "",
            _("Reply to a message of mine with a command, and it acts on what that message shows."),
        ),
        pair(buttons),
    )


def show_stranger(person: Person) -> View:
    """All a stranger learns: how to ask."""
    return View(
        fill(
            _("You have no access. Send your number {id} to an administrator and ask for a role."),
            id=Code(str(person.id)),
        )
    )


def show_closed_chat(place: Place) -> View:
    """Told to people with a role, so that an administrator can open the chat."""
    return View(
        fill(
            _("I do not work in this chat. To change that, add {id} to CHATS in my settings."),
            id=Code(str(place.chat)),
        )
    )


def show_foreign_group(title: str, chat: int, by: str, by_id: int) -> View:
    """Told to administrators, because in the group itself the bot says nothing to strangers."""
    return View(
        fill(
            _(
                "{name} ({by_id}) added me to the group “{title}”. I say nothing to strangers there. "
                "If it is yours, add {id} to CHATS in my settings; if not, remove me from it."
            ),
            name=Bold(clip(by)),
            by_id=Code(str(by_id)),
            title=clip(title),
            id=Code(str(chat)),
        )
    )


def show_anonymous() -> View:
    """Nobody can be given a role under a group's name."""
    return View(
        Text(
            _("I obey persons only. You write in the name of a chat: turn off “Remain anonymous” and repeat.")
        )
    )


def show_too_many(allowance: Allowance) -> View:
    """Said once; what comes in the meantime is not answered."""
    seconds = int(allowance.window.total_seconds())
    return View(
        Text(_("That was too much at once. I listen to you again in {count} s.").format(count=seconds))
    )


def show_group_asks_too_much(allowance: Allowance) -> View:
    """Said once to the group, and to each who taps there in the meantime."""
    seconds = int(allowance.window.total_seconds())
    told = _("Too much was asked in this chat at once. I listen here again in {count} s; in private, now.")
    return View(Text(told.format(count=seconds)))


def show_granted(person: Person) -> View:
    assert person.role is not None
    return View(
        fill(
            "✅ {told}",
            told=fill(
                _("{name} ({id}) is now {role}."),
                name=Bold(clip(person.name)),
                id=Code(str(person.id)),
                role=name_role(person.role),
            ),
        )
    )


def show_revoked(person: Person) -> View:
    told = fill(
        _("{name} ({id}) has no role any more."), name=Bold(clip(person.name)), id=Code(str(person.id))
    )
    return View(fill("✅ {told}", told=told))


def show_people(page: Page[Person]) -> View:
    """Everyone with a role by command, and how to give one."""
    listed: list[Text | str] = [
        fill(
            "{role}: {name} {id}",
            role=name_role(each.role or Role.VIEWER),
            name=clip(each.name),
            id=Code(str(each.id)),
        )
        for each in page.items
    ]
    return View(
        stack(
            Bold(_("Who has a role")),
            *(listed or [_("Nobody yet, except the administrators in my settings (ADMINS).")]),
            "",
            _("Reply to a person's message with /grant operator, or send /grant 123456 operator."),
            _("The roles: {roles}.").format(roles=name_roles()),
        ),
        [turn_pages(page, lambda number: ShowPeople(page=number))],
    )
