"""Who a Telegram person is in Lines."""

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import Page
from lines_bot.people import Person
from lines_bot.queries.models import OperatorSummary
from lines_bot.telegram.callbacks import PickAccount, RunCommand
from lines_bot.telegram.views.labels import name_presence, name_role
from lines_bot.telegram.views.people import offer_people
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack, turn_pages


def render_me(person: Person, operator: OperatorSummary | None) -> View:
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


def render_operators(
    person: Person, operators: Page[OperatorSummary], refs: Mapping[str, str], query: str = ""
) -> View:
    """Who a person can be; `refs` are the references of the words behind the buttons' commands."""
    asked = (
        _("“{query}” fits several operators. Which one is {name} ({id})?")
        if query
        else _("Which operator in Lines is {name} ({id})?")
    )
    nobody = button(_("Nobody"), RunCommand(command="link_me", words=refs[f"{person.id} -"]))
    return View(
        fill(asked, query=clip(query), name=Bold(clip(person.name)), id=Code(str(person.id))),
        [
            *pair([_offer_operator(person, each, refs) for each in operators.items]),
            turn_pages(operators, lambda page: PickAccount(person=person.id, page=page)),
            [*([nobody] if person.user else []), offer_people()],
        ],
    )


def list_account_words(person: Person, operators: Sequence[OperatorSummary]) -> list[str]:
    """The words behind the commands that the buttons hold."""
    return [f"{person.id} -", *(f"{person.id} #{operator.ref}" for operator in operators)]


def render_linked(person: Person, operator: OperatorSummary) -> View:
    told = fill(
        _("{name} ({id}) is now {operator} in Lines."),
        name=Bold(clip(person.name)),
        id=Code(str(person.id)),
        operator=Bold(clip(operator.name)),
    )
    return View(marked("✅", told), [[offer_people()]])


def render_unlinked(person: Person) -> View:
    told = fill(
        _("{name} ({id}) is no longer linked with Lines."),
        name=Bold(clip(person.name)),
        id=Code(str(person.id)),
    )
    return View(marked("✅", told), [[offer_people()]])


def _offer_operator(
    person: Person, operator: OperatorSummary, refs: Mapping[str, str]
) -> InlineKeyboardButton:
    mark = "✅ " if operator.id == person.user else ""
    return button(
        f"{mark}{name_presence(operator.presence)}{clip(operator.name, 28)} · {operator.sessions}",
        RunCommand(command="link_me", words=refs[f"{person.id} #{operator.ref}"]),
    )
