"""Roles, and the words for those who have no business here."""

from collections.abc import Mapping

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import Page
from lines_bot.people import ChatContext, Person, Role
from lines_bot.telegram.callbacks import GrantRole, PickAccount, RunCommand, ShowPeople
from lines_bot.telegram.incoming.flood_control import FloodLimits
from lines_bot.telegram.views.confirmations import offer_answers
from lines_bot.telegram.views.labels import name_role, name_roles
from lines_bot.telegram.views.view import View, button, clip, fill, marked, pair, stack, turn_pages


def render_stranger(person: Person) -> View:
    """All a stranger learns: how to ask."""
    return View(
        fill(
            _("You have no access. Send your number {id} to an administrator and ask for a role."),
            id=Code(str(person.id)),
        )
    )


def render_closed_chat(context: ChatContext) -> View:
    """Told to people with a role, so that an administrator can open the chat."""
    return View(
        fill(
            _("I do not work in this chat. To change that, add {id} to CHATS in my settings."),
            id=Code(str(context.chat)),
        )
    )


def render_foreign_group(title: str, chat: int, by: str, by_id: int) -> View:
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


def render_more_foreign_groups() -> View:
    """Told instead of the next group, and of those after it within the hour."""
    return View(
        stack(
            "⚠️ " + _("I am being added to many groups that are not in the settings."),
            _("I do nothing there; no more notices about it for an hour."),
        )
    )


def render_anonymous() -> View:
    """Nobody can be given a role under a group's name."""
    return View(Text(_("I cannot see who you are. Turn off “Remain anonymous” and send it again, please.")))


def render_too_many(allowance: FloodLimits) -> View:
    """Said once; what comes in the meantime is not answered."""
    seconds = int(allowance.window.total_seconds())
    return View(Text(_("Too many requests. Try again in {count} s.").format(count=seconds)))


def render_group_asks_too_much(allowance: FloodLimits) -> View:
    """Said once to the group, and to each who taps there in the meantime."""
    seconds = int(allowance.window.total_seconds())
    told = _("Too many requests in this chat. Try again in {count} s; in private, right away.")
    return View(Text(told.format(count=seconds)))


def render_answers_wait() -> View:
    """Said once to a group whose answers have to wait."""
    return View(Text(_("Telegram limits messages to a group. The other answers follow one by one.")))


def render_granted(person: Person) -> View:
    assert person.role is not None
    return View(
        marked(
            "✅",
            fill(
                _("{name} ({id}) is now {role}."),
                name=Bold(clip(person.name)),
                id=Code(str(person.id)),
                role=name_role(person.role),
            ),
        ),
        [[button(_("Which operator?"), PickAccount(person=person.id)), offer_people()]],
    )


def render_grant_question(person: Person, by: int, until: int) -> View:
    """Somebody is about to be given much: `person` holds the new role already."""
    assert person.role in (Role.LEAD, Role.ADMIN)
    told = fill(
        _("Shall {name} ({id}) be {role}?"),
        name=Bold(clip(person.name)),
        id=Code(str(person.id)),
        role=name_role(person.role),
    )
    data = GrantRole(person=person.id, role=person.role.value, by=by, until=until)
    return View(told, passing=offer_answers(_("Give the role"), data, by, until))


def render_revoked(person: Person, refs: Mapping[str, str]) -> View:
    """Who has no role any more, and the way back."""
    told = fill(
        _("{name} ({id}) no longer has a role."), name=Bold(clip(person.name)), id=Code(str(person.id))
    )
    back = [_offer_role(person, person.role, "↩️ ", refs)] if person.role else []
    return View(marked("✅", told), [[*back, offer_people()]])


def render_person(person: Person, refs: Mapping[str, str]) -> View:
    """Somebody, with or without a role, and what an administrator can make of them.

    `refs` are the references of the words behind the buttons' commands.
    """
    others = [_offer_role(person, role, "", refs) for role in Role if role != person.role]
    revoke = button(_("Take the role away"), RunCommand(command="revoke", words=refs[str(person.id)]))
    return View(
        stack(
            fill("{name} {id}", name=Bold(clip(person.name)), id=Code(str(person.id))),
            fill(_("Role: {role}"), role=name_role(person.role)) if person.role else _("No role."),
        ),
        [
            *pair(others),
            [*([revoke] if person.role else []), button(_("Which operator?"), PickAccount(person=person.id))],
            [offer_people()],
        ],
    )


def list_person_words(person: Person) -> list[str]:
    """The words behind the commands that a person's buttons hold."""
    return [str(person.id), *(f"{person.id} {role}" for role in Role)]


def offer_people() -> InlineKeyboardButton:
    return button("◀️ " + _("Who has a role"), ShowPeople())


def render_people(page: Page[Person], refs: Mapping[str, str]) -> View:
    """Everyone with a role by command, a button each, and how to give one."""
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
        [
            *pair([_offer_person(each, refs) for each in page.items]),
            turn_pages(page, lambda number: ShowPeople(page=number)),
        ],
    )


def _offer_person(person: Person, refs: Mapping[str, str]) -> InlineKeyboardButton:
    told = f"{clip(person.name, 28)} · {name_role(person.role or Role.VIEWER)}"
    return button(told, RunCommand(command="grant", words=refs[str(person.id)]))


def _offer_role(person: Person, role: Role, mark: str, refs: Mapping[str, str]) -> InlineKeyboardButton:
    told = _("Role: {role}").format(role=name_role(role))
    return button(mark + told, RunCommand(command="grant", words=refs[f"{person.id} {role}"]))
