"""What is said when the bot comes back to many commands."""

from collections.abc import Sequence
from datetime import timedelta

from aiogram.filters import CommandObject
from aiogram.utils.formatting import Bold
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from lines_bot.people import Person
from lines_bot.telegram.callbacks import RunCommand
from lines_bot.telegram.views.commands import find_commands
from lines_bot.telegram.views.labels import name_duration
from lines_bot.telegram.views.view import View, button, clip, marked, stack

_MOST_OFFERED = 8


def render_absence(
    waited: timedelta, count: int, offers: Sequence[tuple[Person, CommandObject, str]]
) -> View:
    """`offers`: the last command of each person, and the reference of its words."""
    told = ngettext("{count} command was not run.", "{count} commands were not run.", count)
    commands = find_commands()
    buttons = [
        [
            button(
                f"{clip(person.name, 16)}: {commands.write(name)} {command.args or ''}".rstrip(),
                RunCommand(command=name, words=ref, by=person.id),
            )
        ]
        for person, command, ref in offers[-_MOST_OFFERED:]
        for name in [command.command.casefold()]
    ]
    return View(
        stack(
            marked("💤", Bold(_("I was away for {length}").format(length=name_duration(waited)))),
            told.format(count=count),
            _("Each of you can run the last one:") if buttons else None,
        ),
        buttons,
    )
