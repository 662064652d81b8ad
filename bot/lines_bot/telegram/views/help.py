"""What a person may do here: subjects, their commands, and what was meant by a command that is none."""

from collections.abc import Sequence, Set

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action, ChatContext, Person
from lines_bot.telegram.callbacks import RunCommand, ShowHelp, ShowSubject, Subject
from lines_bot.telegram.views.commands import COMMANDS, SUBJECTS, Described, give_example
from lines_bot.telegram.views.labels import name_role
from lines_bot.telegram.views.view import View, button, clip, fill, pair, stack

_COMMAND_LENGTH = 32


def render_help(person: Person, context: ChatContext, allowed: Set[Action]) -> View:
    """The subjects in which this person may do something here."""
    role = name_role(person.role) if person.role else ""
    where = _("in this private chat") if context.is_private else _("in this chat")
    open_subjects = {each.subject for each in COMMANDS if each.action in allowed}
    return View(
        stack(
            fill(
                _("{name}, you are {role} {where}."),
                name=Bold(clip(person.name)),
                role=Bold(role),
                where=where,
            ),
            _("What is it about?"),
            "",
            _("Reply to a message of mine with a command, and it acts on what that message shows."),
        ),
        pair(
            [
                button(_(title), ShowSubject(subject=subject))
                for subject, title in SUBJECTS.items()
                if subject in open_subjects
            ]
        ),
    )


def render_subject(subject: Subject, allowed: Set[Action]) -> View:
    """The commands of a subject that this person may use, with examples, and buttons that begin them."""
    commands = [each for each in COMMANDS if each.subject == subject and each.action in allowed]
    body: list[Text | str] = []
    for each in commands:
        body += ["", *_describe(each)]
    buttons = [
        button(f"/{each.name}", RunCommand(command=each.name, beside=True))
        for each in commands
        if each.tapped
    ]
    return View(
        stack(Bold(_(SUBJECTS[subject])), *body),
        [*pair(buttons), [button("◀️ " + _("All subjects"), ShowHelp())]],
    )


def render_command(name: str) -> View:
    """What one command does, with an example."""
    described = next(each for each in COMMANDS if each.name == name)
    begin = [button(f"/{name}", RunCommand(command=name, beside=True))] if described.tapped else []
    return View(stack(*_describe(described)), [begin, [button("◀️ " + _("All subjects"), ShowHelp())]])


def render_unknown_command(wrong: str, meant: Sequence[str], buttons: Sequence[InlineKeyboardButton]) -> View:
    """No such command; what may have been meant, with buttons where they can repeat all that was written."""
    if not meant:
        told = _("There is no /{wrong}. Send /help to see what I can do for you.")
    elif buttons:
        told = _("There is no /{wrong}. Did you mean {meant}?")
    else:
        told = _("There is no /{wrong}. Did you mean {meant}? Send it again like that.")
    return View(
        fill(
            "🤔 {told}",
            told=fill(
                told,
                wrong=clip(wrong, _COMMAND_LENGTH),
                meant=", ".join(f"/{name}" for name in meant),
            ),
        ),
        pair(buttons),
    )


def _describe(command: Described) -> list[Text]:
    usage = " " + _(command.usage) if command.usage else ""
    told = fill(
        "/{command}{usage} — {purpose}", command=command.name, usage=usage, purpose=_(command.purpose)
    )
    return [told, Code(give_example(command.name))] if command.example else [told]
