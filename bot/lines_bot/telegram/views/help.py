"""What a person may do here: subjects, their commands, and what was meant by a command that is none."""

from collections.abc import Sequence, Set

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.lines import ChannelState
from lines_bot.people import Action, ChatContext, Person, Role
from lines_bot.telegram.callbacks import RunCommand, ShowChannels, ShowHelp, ShowQueue, ShowSubject, Subject
from lines_bot.telegram.command_set import Described
from lines_bot.telegram.views.board import BoardContent
from lines_bot.telegram.views.commands import SUBJECTS, find_commands, give_example
from lines_bot.telegram.views.labels import count_waiting, name_role
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack

_COMMAND_LENGTH = 32


def render_start(person: Person, now: BoardContent) -> View:
    """How things are, before anything is asked."""
    down = sum(count for state, count in now.counts.items() if state != ChannelState.ACTIVE)
    waiting = count_waiting(sum(line.waiting for line in now.lines))
    alerts = ngettext("{count} alert", "{count} alerts", now.incidents).format(count=now.incidents)
    channels = ngettext("{count} channel down", "{count} channels down", down).format(count=down)
    mark = "🔴" if down or now.incidents else "🟢"
    told = f"{mark} {channels} · {waiting} · {alerts}"
    return View(
        stack(
            Bold(clip(person.name)),
            told if now.taken_at else marked("⏳", _("Lines has not been read yet.")),
        ),
        [
            [
                button(_("Channels"), ShowChannels(state="broken", beside=True)),
                button(_("Queue"), ShowQueue(beside=True)),
            ],
            [
                button(_("Alerts"), RunCommand(command="alerts", beside=True)),
                button(_("All commands"), ShowHelp()),
            ],
        ],
    )


def render_help(person: Person, context: ChatContext, allowed: Set[Action | Role]) -> View:
    """The subjects in which this person may do something here."""
    role = name_role(person.role) if person.role else ""
    where = _("in this private chat") if context.is_private else _("in this chat")
    open_subjects = {each.subject for each in find_commands().chosen if each.action in allowed}
    return View(
        stack(
            fill(
                _("{name}, you are {role} {where}."),
                name=Bold(clip(person.name)),
                role=Bold(role),
                where=where,
            ),
            _("What do you need?"),
            "",
            _("Reply to my message with a command: it acts on what the message shows."),
        ),
        pair(
            [
                button(_(title), ShowSubject(subject=subject))
                for subject, title in SUBJECTS.items()
                if subject in open_subjects
            ]
        ),
    )


def render_subject(subject: Subject, allowed: Set[Action | Role]) -> View:
    """The commands of a subject that this person may use, with examples, and buttons that begin them."""
    commands = [each for each in find_commands().chosen if each.subject == subject and each.action in allowed]
    body: list[Text | str] = []
    for each in commands:
        body += ["", *_describe(each)]
    buttons = [
        button(find_commands().write(each.name), RunCommand(command=each.name, beside=True))
        for each in commands
        if each.tapped
    ]
    return View(
        stack(Bold(_(SUBJECTS[subject])), *body),
        [*pair(buttons), [button("◀️ " + _("All commands"), ShowHelp())]],
    )


def render_command(name: str) -> View:
    """What one command does, with an example."""
    commands = find_commands()
    described = next(each for each in commands.known if each.name == name)
    begin = [button(commands.write(name), RunCommand(command=name, beside=True))] if described.tapped else []
    return View(stack(*_describe(described)), [begin, [button("◀️ " + _("All commands"), ShowHelp())]])


def render_unknown_command(wrong: str, meant: Sequence[str], buttons: Sequence[InlineKeyboardButton]) -> View:
    """No such command; what may have been meant, with buttons where they can repeat all that was written."""
    if not meant:
        told = _("No command /{wrong}. /help shows what I can do.")
    elif buttons:
        told = _("No command /{wrong}. Did you mean {meant}?")
    else:
        told = _("No command /{wrong}. Did you mean {meant}? Send it again like that.")
    return View(
        marked(
            "🤔",
            fill(
                told,
                wrong=clip(wrong, _COMMAND_LENGTH),
                meant=", ".join(map(find_commands().write, meant)),
            ),
        ),
        pair(buttons),
    )


def _describe(command: Described) -> list[Text]:
    usage = " " + _(command.usage) if command.usage else ""
    written = find_commands().write(command.name)
    told = fill("{written}{usage} — {purpose}", written=written, usage=usage, purpose=_(command.purpose))
    return [told, Code(give_example(command.name))] if command.example else [told]
