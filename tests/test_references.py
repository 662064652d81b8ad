"""Short names: each means one thing for ever, also after a restart and when many begin alike."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from lines_bot.references import Kind, References, UnknownReference
from lines_bot.store.database import Database
from lines_bot.store.tables import ReferenceRow


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}"))
    await opened.migrate()
    yield opened
    await opened.close()


async def test_a_short_name_leads_back_to_its_thing(database: Database) -> None:
    references = References(database)
    short = (await references.ids_to_refs(Kind.CHANNEL, ["a-channel"]))["a-channel"]
    assert len(short) == 6
    for written in (short, f"#{short}", short.upper()):
        assert await references.ref_to_id(Kind.CHANNEL, written) == "a-channel"


async def test_a_name_stays_after_a_restart(database: Database) -> None:
    targets = [f"session {number}" for number in range(50)]
    before = await References(database).ids_to_refs(Kind.SESSION, targets)
    assert await References(database).ids_to_refs(Kind.SESSION, reversed(targets)) == before


async def test_what_is_new_gets_a_name_beside_what_is_known(database: Database) -> None:
    references = References(database)
    old = await references.ids_to_refs(Kind.LINE, ["old"])
    both = await references.ids_to_refs(Kind.LINE, ["old", "new", "new"])
    assert both["old"] == old["old"]
    assert both.keys() == {"old", "new"}


async def test_a_name_that_is_taken_grows_until_it_is_free(database: Database, tmp_path: Path) -> None:
    elsewhere = Database(SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"))
    await elsewhere.migrate()
    targets = [f"session {number}" for number in range(100)]
    wanted = await References(elsewhere).ids_to_refs(Kind.SESSION, targets)
    await elsewhere.close()
    async with database.begin() as session:
        session.add_all(
            ReferenceRow(short=short, kind=Kind.SESSION, target=f"session:first with {short}")
            for short in wanted.values()
        )
    references = References(database)
    names = await references.ids_to_refs(Kind.SESSION, targets)
    assert len(set(names.values())) == len(targets)
    for target, short in names.items():
        assert short.startswith(wanted[target])
        assert len(short) > len(wanted[target])
        assert await references.ref_to_id(Kind.SESSION, short) == target
        assert await references.ref_to_id(Kind.SESSION, wanted[target]) == f"first with {wanted[target]}"


async def test_thousands_of_names_are_all_different(database: Database) -> None:
    targets = [f"thing {number}" for number in range(1_500)]
    names = await References(database).ids_to_refs(Kind.SESSION, targets)
    assert len(set(names.values())) == len(targets)


async def test_a_name_of_another_kind_is_unknown(database: Database) -> None:
    references = References(database)
    short = (await references.ids_to_refs(Kind.CHANNEL, ["x"]))["x"]
    with pytest.raises(UnknownReference):
        await references.ref_to_id(Kind.SESSION, short)


async def test_the_same_id_of_two_kinds_has_two_names(database: Database) -> None:
    references = References(database)
    channel = await references.ids_to_refs(Kind.CHANNEL, ["x"])
    session = await references.ids_to_refs(Kind.SESSION, ["x"])
    assert channel["x"] != session["x"]
    assert await references.ref_to_id(Kind.SESSION, session["x"]) == "x"


async def test_of_many_names_those_that_were_given_are_known_in_their_order(database: Database) -> None:
    references = References(database)
    channel = (await references.ids_to_refs(Kind.CHANNEL, ["x"]))["x"]
    session = (await references.ids_to_refs(Kind.SESSION, ["y"]))["y"]
    for order in ([channel, session], [session, channel]):
        known = await references.find_known([order[0], "ffffff", order[1]])
        assert known == [await references.find(short) for short in order]


@pytest.mark.parametrize("written", ["", "#", "ffffff", "'; drop table", "#4F2A91 "])
async def test_what_was_never_given_is_unknown(database: Database, written: str) -> None:
    with pytest.raises(UnknownReference):
        await References(database).ref_to_id(Kind.CHANNEL, written)


@pytest.mark.parametrize("target", ["with : colons : inside", "Жёлтый сайт 🟡", "", "x" * 4096])
async def test_any_text_can_be_named(database: Database, target: str) -> None:
    references = References(database)
    short = (await references.ids_to_refs(Kind.TEXT, [target]))[target]
    assert await references.ref_to_id(Kind.TEXT, short) == target


async def test_names_asked_for_at_the_same_time_are_the_same(database: Database) -> None:
    references = References(database)
    targets = [f"channel {number}" for number in range(20)]
    asked = await asyncio.gather(*(references.ids_to_refs(Kind.CHANNEL, targets) for _ in range(10)))
    assert all(names == asked[0] for names in asked)
