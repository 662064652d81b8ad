"""The table of roles names everything there is, says what the README says, and is what the code grants."""

import re
from pathlib import Path

import pytest
from aiogram.filters.callback_data import CallbackData

from lines_bot.people import Action, ChatContext, NotAllowed, Person, Role, may
from lines_bot.telegram.views.commands import COMMANDS as DESCRIBED
from tests.forgeries import list_classes
from tests.roles import ACTIONS, BUTTONS, COMMANDS, LEAST_FOR_ACTION, LEAST_FOR_COMMAND, RANKS, covers

README = Path(__file__).parents[1] / "README.md"
IN_GROUP = ChatContext(-1, is_private=False, is_open=True)
IN_PRIVATE = ChatContext(7, is_private=True, is_open=True)
ELSEWHERE = ChatContext(-2, is_private=False, is_open=False)


def read_table() -> list[tuple[str, str]]:
    """The commands of the README's table, in its order, each with the role beside it."""
    rows = re.findall(r"^\| (`/.+`.*?) \| .+ \| (\w+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return [(name, who) for cell, who in rows for name in re.findall(r"`/([a-z_]+)", cell)]


def test_every_command_stands_in_the_table_once() -> None:
    listed = [name for names in COMMANDS.values() for name in names]
    assert sorted(listed) == sorted(each.name for each in DESCRIBED)


def test_every_button_stands_in_the_table_once() -> None:
    def name(kind: type[CallbackData]) -> str:
        return kind.__prefix__

    listed = [kind for kinds in BUTTONS.values() for kind in kinds]
    assert sorted(listed, key=name) == sorted(list_classes(), key=name)


def test_every_action_stands_in_the_table_once() -> None:
    assert sorted(action for actions in ACTIONS.values() for action in actions) == sorted(Action)


def test_the_readme_tells_the_same_of_every_command() -> None:
    told = read_table()
    # /reconnect has two rows, with and without `all`; /help stands above the table.
    assert len(told) == len(LEAST_FOR_COMMAND) - 1 + 1
    assert dict(told) | {"help": Role.VIEWER} == LEAST_FOR_COMMAND
    assert told.count(("reconnect", Role.LEAD)) == 2


@pytest.mark.parametrize("role", RANKS)
def test_a_role_may_do_what_the_table_gives_it_where_the_bot_works(role: Role | None) -> None:
    person, granted = (
        Person(7, "Somebody", role),
        {a for a, least in LEAST_FOR_ACTION.items() if covers(role, least)},
    )
    for context, allowed in ((IN_GROUP, granted), (IN_PRIVATE, granted), (ELSEWHERE, set())):
        assert {action for action in Action if may(person, action, context)} == allowed


def test_a_refusal_names_the_least_role_that_would_do() -> None:
    stranger = Person(7, "Somebody")
    assert {action: NotAllowed(stranger, action).enough for action in Action} == LEAST_FOR_ACTION
