"""Short names: that of an id means one thing for ever, that of a text is for some, and for a while."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from lines_bot import references as references_module
from lines_bot.references import EVERYONE, Kind, References, UnknownReference
from lines_bot.store.database import Database
from lines_bot.store.tables import ReferenceRow, TextRow
from tests.clock import ManualClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await opened.migrate()
    yield opened
    await opened.close()


async def test_a_short_name_leads_back_to_its_thing(database: Database) -> None:
    references = References(database, ManualClock())
    short = (await references.ids_to_refs(Kind.CHANNEL, ["a-channel"]))["a-channel"]
    assert len(short) == 6
    for written in (short, f"#{short}", short.upper()):
        assert await references.ref_to_id(Kind.CHANNEL, written) == "a-channel"


async def test_a_name_stays_after_a_restart(database: Database) -> None:
    targets = [f"session {number}" for number in range(50)]
    before = await References(database, ManualClock()).ids_to_refs(Kind.SESSION, targets)
    assert await References(database, ManualClock()).ids_to_refs(Kind.SESSION, reversed(targets)) == before


async def test_what_is_new_gets_a_name_beside_what_is_known(database: Database) -> None:
    references = References(database, ManualClock())
    old = await references.ids_to_refs(Kind.LINE, ["old"])
    both = await references.ids_to_refs(Kind.LINE, ["old", "new", "new"])
    assert both["old"] == old["old"]
    assert both.keys() == {"old", "new"}


async def test_a_name_that_is_taken_grows_until_it_is_free(database: Database, tmp_path: Path) -> None:
    elsewhere = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"))
    await elsewhere.migrate()
    targets = [f"session {number}" for number in range(100)]
    wanted = await References(elsewhere, ManualClock()).ids_to_refs(Kind.SESSION, targets)
    await elsewhere.close()
    async with database.begin() as session:
        session.add_all(
            ReferenceRow(short=short, kind=Kind.SESSION, target=f"session:first with {short}")
            for short in wanted.values()
        )
    references = References(database, ManualClock())
    names = await references.ids_to_refs(Kind.SESSION, targets)
    assert len(set(names.values())) == len(targets)
    for target, short in names.items():
        assert short.startswith(wanted[target])
        assert len(short) > len(wanted[target])
        assert await references.ref_to_id(Kind.SESSION, short) == target
        assert await references.ref_to_id(Kind.SESSION, wanted[target]) == f"first with {wanted[target]}"


async def test_thousands_of_names_are_all_different(database: Database) -> None:
    targets = [f"thing {number}" for number in range(1_500)]
    names = await References(database, ManualClock()).ids_to_refs(Kind.SESSION, targets)
    assert len(set(names.values())) == len(targets)


async def test_a_name_of_another_kind_is_unknown(database: Database) -> None:
    references = References(database, ManualClock())
    short = (await references.ids_to_refs(Kind.CHANNEL, ["x"]))["x"]
    with pytest.raises(UnknownReference):
        await references.ref_to_id(Kind.SESSION, short)


async def test_the_same_id_of_two_kinds_has_two_names(database: Database) -> None:
    references = References(database, ManualClock())
    channel = await references.ids_to_refs(Kind.CHANNEL, ["x"])
    session = await references.ids_to_refs(Kind.SESSION, ["x"])
    assert channel["x"] != session["x"]
    assert await references.ref_to_id(Kind.SESSION, session["x"]) == "x"


async def test_of_many_names_those_that_were_given_are_known_in_their_order(database: Database) -> None:
    references = References(database, ManualClock())
    channel = (await references.ids_to_refs(Kind.CHANNEL, ["x"]))["x"]
    session = (await references.ids_to_refs(Kind.SESSION, ["y"]))["y"]
    for order in ([channel, session], [session, channel]):
        known = await references.find_known([order[0], "ffffff", order[1]])
        assert known == [await references.find(short) for short in order]


@pytest.mark.parametrize("written", ["", "#", "ffffff", "'; drop table", "#4F2A91 "])
async def test_what_was_never_given_is_unknown(database: Database, written: str) -> None:
    with pytest.raises(UnknownReference):
        await References(database, ManualClock()).ref_to_id(Kind.CHANNEL, written)


@pytest.mark.parametrize("target", ["with : colons : inside", "Жёлтый сайт 🟡", "", "x" * 4096])
async def test_any_text_can_be_named(database: Database, target: str) -> None:
    references = References(database, ManualClock())
    short = (await references.ids_to_refs(Kind.CLIENT, [target]))[target]
    assert await references.ref_to_id(Kind.CLIENT, short) == target
    assert await references.text_of(await references.ref_of_text(target, 7), 7) == target


async def test_names_asked_for_at_the_same_time_are_the_same(database: Database) -> None:
    references = References(database, ManualClock())
    targets = [f"channel {number}" for number in range(20)]
    asked = await asyncio.gather(*(references.ids_to_refs(Kind.CHANNEL, targets) for _ in range(10)))
    assert all(names == asked[0] for names in asked)


ANNA, OLEG, TEAM = 103, 102, -1001
DAY = 86_400


async def read_texts(database: Database) -> list[str]:
    async with database.begin() as session:
        return list(await session.scalars(select(TextRow.text)))


@pytest.mark.parametrize("reader", [ANNA, TEAM, EVERYONE])
async def test_a_text_is_told_to_whom_it_is_for_and_to_nobody_else(database: Database, reader: int) -> None:
    references = References(database, ManualClock())
    short = await references.ref_of_text("+7 900 000-00-01", reader)
    assert await references.text_of(short, reader) == "+7 900 000-00-01"
    assert await References(database, ManualClock()).text_of(short, OLEG, reader) == "+7 900 000-00-01"
    if reader != EVERYONE:
        with pytest.raises(UnknownReference):
            await references.text_of(short, OLEG)
        with pytest.raises(UnknownReference):
            await references.text_of(short)


async def test_the_same_text_has_a_name_for_each_reader_that_stays_theirs(database: Database) -> None:
    references = References(database, ManualClock())
    anna, oleg = [await references.ref_of_text("oleg@example.com", reader) for reader in (ANNA, OLEG)]
    assert anna != oleg
    assert anna == await References(database, ManualClock()).ref_of_text("oleg@example.com", ANNA)


async def test_the_name_of_a_text_differs_from_database_to_database(
    database: Database, tmp_path: Path
) -> None:
    elsewhere = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"))
    await elsewhere.migrate()
    here, there = [
        await References(each, ManualClock()).ref_of_text("secret", ANNA) for each in (database, elsewhere)
    ]
    await elsewhere.close()
    assert here != there


async def test_nothing_needs_no_name_and_is_read_as_nothing(database: Database) -> None:
    references = References(database, ManualClock())
    assert await references.refs_of_texts(["", "a", "a"], ANNA) == {
        "a": await references.ref_of_text("a", ANNA)
    }
    assert await references.ref_of_text("", ANNA) == ""
    assert await references.text_of("", ANNA) == ""


async def test_the_name_of_a_text_is_no_name_of_a_thing(database: Database) -> None:
    references = References(database, ManualClock())
    short = await references.ref_of_text("a", EVERYONE)
    with pytest.raises(UnknownReference):
        await references.find(short)
    assert await references.find_known([short]) == []


async def test_a_text_lives_for_thirty_days_after_it_was_last_asked_to_be_remembered(
    database: Database,
) -> None:
    clock = ManualClock()
    references = References(database, clock)
    old, kept = [await references.ref_of_text(text, ANNA) for text in ("old", "kept")]
    channel = await references.ids_to_refs(Kind.CHANNEL, ["x"])
    clock.move(20 * DAY)
    await references.prune()
    assert await references.ref_of_text("kept", ANNA) == kept
    clock.move(10 * DAY + 1)
    with pytest.raises(UnknownReference):
        await references.text_of(old, ANNA)
    await references.prune()
    assert await read_texts(database) == ["kept"]
    assert await references.text_of(kept, ANNA) == "kept"
    assert await references.ref_to_id(Kind.CHANNEL, channel["x"]) == "x"


async def test_only_so_many_names_are_held_in_memory_and_all_stay_true(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references_module, "_MOST_KNOWN", 10)
    references = References(database, ManualClock())
    first = await references.ids_to_refs(Kind.SESSION, ["first"])
    many = await references.ids_to_refs(Kind.SESSION, [f"session {number}" for number in range(25)])
    assert len(many) == 25
    assert len(references._known) == 10
    assert await references.ids_to_refs(Kind.SESSION, ["first"]) == first
    assert await references.ref_of_text("typed", ANNA)
    assert "typed" not in repr(vars(references))
