"""Who a Telegram person is in Lines."""

from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from bot.desks.rows import ShownOperator
from bot.people import Person
from bot.telegram.views.view import View, clip, fill, stack
from bot.telegram.views.words import name_presence, name_role


def show_me(person: Person, operator: ShownOperator | None) -> View:
    """My role, and which operator I am."""
    known = (
        fill(
            _("In Lines: {presence}{name}, sessions held now: {count}"),
            presence=name_presence(operator.presence),
            name=Bold(clip(operator.name)),
            count=operator.sessions,
        )
        if operator
        else fill(
            _("In Lines: not known. An administrator sends: /link_me {id} and your name in ELMA365"),
            id=Code(str(person.id)),
        )
    )
    return View(
        stack(
            fill("{name} {id}", name=Bold(clip(person.name)), id=Code(str(person.id))),
            fill(_("Role: {role}"), role=name_role(person.role)) if person.role else None,
            known,
        )
    )


def show_linked(name: str, person_id: int, operator: ShownOperator) -> View:
    told = fill(
        _("{name} ({id}) is {operator} in Lines from now on."),
        name=Bold(clip(name)),
        id=Code(str(person_id)),
        operator=Bold(clip(operator.name)),
    )
    return View(fill("✅ {told}", told=told))


def show_unlinked(name: str, person_id: int) -> View:
    told = fill(
        _("{name} ({id}) is nobody in Lines any more."), name=Bold(clip(name)), id=Code(str(person_id))
    )
    return View(fill("✅ {told}", told=told))


def show_link_choice(query: str, names: list[str]) -> View:
    """Names do not fit buttons that would say whom they link: the whole name is asked for."""
    return View(
        stack(
            fill(_("“{query}” fits several operators. Write the whole name:"), query=clip(query)),
            *(Text("· ", clip(name)) for name in names),
        )
    )
