"""Rules that people set: bad values change nothing, and the nearest rule wins."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from lines_bot.alerts.policy import EVERYTHING, Policy, Scope
from lines_bot.alerts.rule_book import RuleBook, RuleChange, RuleValue, UnknownRuleChange
from lines_bot.alerts.rules import RULES, BadRule, read_rule
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


@pytest.mark.parametrize("name", RULES)
def test_a_default_is_written_as_people_would_write_it(name: str) -> None:
    rule = RULES[name]
    assert rule.apply(Policy(), read_rule(name, rule.write(Policy()))) == Policy()


@pytest.mark.parametrize(
    ("name", "text"),
    [("escalate", "15"), ("escalate_to", "-100123:7"), ("escalate_to", "-5"), ("queue_wait", "86400")],
)
def test_a_value_is_written_as_it_was_read(name: str, text: str) -> None:
    assert RULES[name].write(RULES[name].apply(Policy(), read_rule(name, text))) == text


async def test_the_value_in_force_is_told_with_whom_it_was_set_for(book: RuleBook) -> None:
    scopes = (BOX, SHOP, EVERYTHING)
    told = [await book.find("error_for", scopes)]
    for scope, text in ((EVERYTHING, "30"), (SHOP, "40"), (BOX, "50")):
        await book.set(scope, "error_for", text, "Anna")
        told.append(await book.find("error_for", scopes))
    assert told == [
        RuleValue("20", None),
        RuleValue("30", EVERYTHING),
        RuleValue("40", SHOP),
        RuleValue("50", BOX),
    ]
    assert await book.find("error_for", (SALES, EVERYTHING)) == RuleValue("30", EVERYTHING)
    assert await book.find("queue_limit", scopes) == RuleValue("10", None)


async def test_default_takes_a_rule_away_and_stays_on_record(book: RuleBook) -> None:
    await book.set(EVERYTHING, "queue_limit", "30", "Anna")
    await book.set(SHOP, "queue_limit", "40", "Anna")
    await book.set(SHOP, "queue_limit", "Default", "Oleg")
    assert (await book.load()).find("shop").queue_limit == 30
    assert await book.find("queue_limit", (SHOP, EVERYTHING)) == RuleValue("30", EVERYTHING)
    (rule,) = [each for each in await book.list() if each.scope == SHOP]
    assert (rule.is_default, rule.person_name, rule.at) == (True, "Oleg", NOW)


async def test_a_change_is_kept_for_a_week_for_whoever_applies_it(database: Database) -> None:
    clock = ManualClock(NOW)
    book = RuleBook(database, Policy(), clock)
    change = RuleChange(SHOP, "Shop \x1f\x1f", "queue_limit", "40")
    first, second = await book.propose(change), await book.propose(change)
    assert first != second
    clock.move(7 * 86_400 - 1)
    assert await RuleBook(database, Policy(), clock).apply(first, "Oleg") == change
    assert [(each.value, each.person_name) for each in await book.list()] == [("40", "Oleg")]
    clock.move(2)
    for short in (second, "ffffff"):
        with pytest.raises(UnknownRuleChange):
            await book.apply(short, "Oleg")
