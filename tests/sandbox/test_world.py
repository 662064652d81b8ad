import json
from datetime import datetime, timedelta, timezone

import pytest

from lines_bot.sandbox.actor import Actor
from lines_bot.sandbox.errors import CallError
from lines_bot.sandbox.rules import Inferred
from lines_bot.sandbox.times import format_time, parse_time
from lines_bot.sandbox.world import World, published
from tests.contract.documents import standard


def test_a_company_is_dumped_as_it_was_loaded() -> None:
    assert World(standard()).dump() == standard()


def test_a_dumped_company_goes_on_where_it_was() -> None:
    world = World(standard())
    Actor(world, "u-me").mark_as_spam("s-hers")
    Actor(world, "u-me").send_system_message("s-mine", "Priority: High")
    copy = World(json.loads(json.dumps(world.dump())))
    Actor(copy, "u-me").unmark_as_spam("s-hers")
    assert copy.get("sessions", "s-hers")["_userId"] == "u-anna"
    assert copy.conversation(copy.get("sessions", "s-mine"))[-1]["body"] == "Priority: High"


def test_a_world_shares_nothing_with_its_document() -> None:
    document = standard()
    world = World(document)
    Actor(world, "u-me").disconnect("c-bot")
    assert document == standard()
    dumped = world.dump()
    Actor(world, "u-me").reconnect("c-bot")
    assert World(dumped).get("channels", "c-bot")["_state"] == "disconnected"


def test_ids_of_new_objects_follow_the_seed() -> None:
    def made(seed: int) -> str:
        return str(Actor(World(standard(), seed), "u-me").create_session("c-bot", "ivan")["__id"])

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_the_operators_of_a_line_are_the_users_of_its_groups() -> None:
    world = World(standard())
    assert world.operators(world.get("lines", "l-shop")) == {"u-anna", "u-me", "u-gone", "u-off"}
    assert world.operators({}) == set()


def test_published_items_have_no_hidden_keys() -> None:
    assert published({"__id": "l", "$bot": True}) == {"__id": "l"}


def test_a_refused_change_leaves_the_company_as_it_was() -> None:
    world = World(standard())
    before = world.dump()
    with pytest.raises(CallError, match="not among the line's operators"):
        Actor(world, "u-anna").create_session("c-quiet", "somebody@example.com")
    assert world.dump() == before


def test_another_platforms_codes_are_set_in_one_place() -> None:
    world = World(standard())
    inferred = Inferred(active="ACTIVE", disconnected="OFF", offline="away")
    world.get("users", "u-anna")["presence"] = "away"
    world.get("channels", "c-bot")["_state"] = "ACTIVE"
    actor = Actor(world, "u-me", inferred)
    assert actor.disconnect("c-bot")["_state"] == "OFF"
    assert actor.reconnect("c-bot")["_state"] == "ACTIVE"
    with pytest.raises(CallError, match="offline"):
        actor.assign_to_operator("s-mine", "u-anna")


def test_times_of_any_zone_are_told_in_utc_to_the_millisecond() -> None:
    moscow = datetime(2026, 11, 22, 12, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=3)))
    assert format_time(moscow) == "2026-11-22T09:30:00.123Z"
    assert parse_time("2026-11-22T12:30:00.123999+03:00") == moscow


@pytest.mark.parametrize(
    "text", ["2026-11-22", "2026-11-22T09:30:00", "2026-11-22T09:30Z", "٢٠٢٦-11-22T09:30:00Z", ""]
)
def test_a_time_without_a_zone_or_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an RFC 3339 time"):
        parse_time(text)
