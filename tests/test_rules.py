"""Rules that people set: bad values change nothing, and the nearest rule wins."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from lines_bot.alerts.policy import EVERYTHING, Policy, Scope
from lines_bot.alerts.rules import RULES, BadRule, RuleBook, read_rule
from lines_bot.store.database import Database
from tests.clock import ManualClock

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SHOP, SALES = Scope("line", "shop"), Scope("line", "sales")
BOX = Scope("channel", "box")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'rules.db'}"))
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
def book(database: Database) -> RuleBook:
    return RuleBook(database, Policy(), ManualClock(NOW))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("error_for", "-1"),
        ("error_for", "86401"),
        ("error_for", "soon"),
        ("well_for", ""),
        ("queue_limit", "0"),
        ("queue_limit", "100001"),
        ("queue_limit", "1.5"),
        ("queue_wait", "0"),
        ("early", "maybe"),
        ("heal", "1"),
        ("escalate", "0"),
        ("escalate_to", "the duty chat"),
        ("escalate_to", "-100:here"),
        ("escalate_to", "9" * 20),
        ("no_such_rule", "1"),
    ],
)
async def test_a_bad_value_is_refused_with_what_is_expected_and_changes_nothing(
    book: RuleBook, name: str, text: str
) -> None:
    with pytest.raises(BadRule) as told:
        await book.set(EVERYTHING, name, text, "Anna")
    assert told.value.expected == (RULES[name].expected if name in RULES else ", ".join(RULES))
    assert await book.list() == []
    assert (await book.load()).base == Policy()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("error_for", "0", timedelta(0)),
        ("queue_limit", "100000", 100_000),
        ("early", "OFF", False),
        ("escalate", "15", timedelta(minutes=15)),
        ("escalate", "off", None),
        ("escalate_to", "-100123", (-100123, None)),
        ("escalate_to", "-100123:7", (-100123, 7)),
        ("escalate_to", "off", None),
    ],
)
def test_a_value_is_read_as_people_write_it(name: str, text: str, value: object) -> None:
    assert read_rule(name, text) == value


async def test_every_rule_sets_one_thing_and_leaves_the_rest(book: RuleBook) -> None:
    values = {
        "error_for": "5",
        "well_for": "7",
        "queue_limit": "3",
        "queue_wait": "9",
        "queue_for": "11",
        "early": "off",
        "disconnected": "on",
        "heal": "on",
        "escalate": "4",
        "escalate_to": "-5",
    }
    assert values.keys() == RULES.keys()
    policies = {Policy()}
    for name, text in values.items():
        await book.set(EVERYTHING, name, text, "Anna")
        policies.add((await book.load()).base)
    assert len(policies) == len(values) + 1


async def test_the_nearest_rule_wins(book: RuleBook) -> None:
    await book.set(EVERYTHING, "error_for", "30", "Anna")
    await book.set(SHOP, "error_for", "40", "Anna")
    await book.set(BOX, "error_for", "50", "Anna")
    policies = await book.load()
    found = [
        policies.find(*where).channel.bad_for.total_seconds()
        for where in ((None, None), ("sales", "x"), ("shop", "x"), ("shop", "box"), (None, "box"))
    ]
    assert found == [30, 30, 40, 50, 50]


async def test_rules_of_different_names_add_up(book: RuleBook) -> None:
    await book.set(EVERYTHING, "heal", "on", "Anna")
    await book.set(SHOP, "queue_limit", "4", "Anna")
    shop = (await book.load()).find("shop")
    assert (shop.heal_first, shop.queue_limit) == (True, 4)
    sales = (await book.load()).find("sales")
    assert (sales.heal_first, sales.queue_limit) == (True, 10)


async def test_a_newer_rule_replaces_the_older_and_outlives_a_restart(
    book: RuleBook, database: Database
) -> None:
    await book.set(SALES, "queue_limit", "4", "Anna")
    await book.set(SALES, "queue_limit", "6", "Oleg")
    after_restart = RuleBook(database, Policy(), ManualClock(NOW))
    (rule,) = await after_restart.list()
    assert (rule.scope, rule.name, rule.value, rule.person_name, rule.at) == (
        SALES,
        "queue_limit",
        "6",
        "Oleg",
        NOW,
    )
    assert (await after_restart.load()).find("sales").queue_limit == 6
