from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from lines_bot.sandbox.actor import is_open
from lines_bot.sandbox.company import CHANNELS, company
from lines_bot.sandbox.errors import CallError
from lines_bot.sandbox.fields import Item
from lines_bot.sandbox.rules import FINISHED, Inferred
from lines_bot.sandbox.simulation import Pace, Simulation
from lines_bot.sandbox.visitors import Visitors
from lines_bot.sandbox.world import World
from tests.contract.documents import standard

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
START = "2026-11-22T09:30:00.000Z"


@pytest.fixture
def world() -> World:
    return company(1, NOW)


def channel(world: World, name: str) -> Item:
    return next(each for each in world.items("channels") if each["__name"] == name)


def line(world: World, name: str) -> str:
    return str(next(each["__id"] for each in world.items("lines") if each["__name"] == name))


def waiting(world: World, line_id: str) -> int:
    return sum(each["_state"] == "Waiting" and each["_line"] == line_id for each in world.items("sessions"))


def test_the_same_seed_and_time_make_the_same_company() -> None:
    assert company(5, NOW).dump() == company(5, NOW).dump()
    assert company(5, NOW).dump() != company(6, NOW).dump()


@pytest.mark.parametrize("seed", range(20))
def test_every_company_shows_every_state(seed: int) -> None:
    world = company(seed, NOW)
    assert world.now == NOW
    assert len(list(world.items("channels"))) == len(CHANNELS)
    assert Counter(each["_state"] for each in world.items("channels")) == {
        "active": 12,
        "error": 1,
        "disconnected": 1,
    }
    states = {each["_state"] for each in world.items("sessions")}
    assert states >= {"Waiting", "AssignedToOperator", "Closed", "MarkedAsSpam"}
    assert [each for each in world.items("sessions") if is_open(each) and each.get("_userId") == world.me]


def test_a_company_has_every_known_type_and_one_unknown(world: World) -> None:
    known = {"telegram", "telegramBot", "inbox", "viberbot", "livechat", "instagram", "internal", "support"}
    assert {each["_type"] for each in world.items("channels")} == known | {"vkontakte"}


def test_ids_are_unique_across_the_company(world: World) -> None:
    ids = [identifier for items in world.collections.values() for identifier in items]
    ids += [message["__id"] for message in world.messages]
    assert len(ids) == len(set(ids))


def test_a_story_does_not_depend_on_how_time_is_cut() -> None:
    def after_an_hour(step: timedelta) -> dict[str, object]:
        world = company(2, NOW)
        simulation = Simulation(world, Random(2))
        while world.now < NOW + timedelta(hours=1):
            simulation.advance(world.now + step)
        return world.dump()

    assert after_an_hour(timedelta(seconds=5)) == after_an_hour(timedelta(minutes=20))


def test_time_never_turns_back_although_somebody_else_reads_a_later_clock(world: World) -> None:
    simulation = Simulation(world, Random(1))
    for minute in range(1, 30):
        world.now = NOW + timedelta(minutes=minute, seconds=30)
        simulation.advance(NOW + timedelta(minutes=minute))
        assert world.now == NOW + timedelta(minutes=minute, seconds=30)
    times = [message["__createdAt"] for message in world.messages]
    assert times == sorted(times)


def test_what_happens_keeps_the_rules_of_lines(world: World) -> None:
    simulation = Simulation(world, Random(3))
    for minute in range(120):
        simulation.advance(NOW + timedelta(minutes=minute))
        for session in world.items("sessions"):
            state = session["_state"]
            assert (state == "AssignedToOperator") <= bool(session.get("_userId")), session
            assert (state in FINISHED) == bool(session.get("_closedAt")), session
            assert world.conversation(session), session
    clients = Counter(
        client for session in world.items("sessions") if is_open(session) for client in session["_clients"]
    )
    assert set(clients.values()) == {1}
    times = [message["__createdAt"] for message in world.messages]
    assert times == sorted(times)


def test_a_first_channel_falls_within_a_minute_and_comes_back(world: World) -> None:
    down = {each["__id"] for each in world.items("channels") if each["_state"] == "error"}
    simulation = Simulation(world, Random(4), Pace(failure=timedelta(days=99)))
    simulation.advance(NOW + timedelta(seconds=16))
    fallen = {each["__id"] for each in world.items("channels") if each["_state"] == "error"} - down
    assert len(fallen) == 1
    simulation.advance(NOW + timedelta(seconds=80))
    assert fallen <= {each["__id"] for each in world.items("channels") if each["_state"] == "error"}
    simulation.advance(NOW + timedelta(hours=2))
    assert {each["__id"] for each in world.items("channels") if each["_state"] == "error"} == down


def test_a_channel_that_a_person_disconnected_in_the_meantime_stays_so(world: World) -> None:
    before = {each["__id"] for each in world.items("channels") if each["_state"] == "error"}
    simulation = Simulation(world, Random(4), Pace(failure=timedelta(days=99)))
    simulation.advance(NOW + timedelta(seconds=16))
    (fallen,) = (
        each for each in world.items("channels") if each["_state"] == "error" and each["__id"] not in before
    )
    world.change(fallen, world.me, {"_state": "disconnected"})
    simulation.advance(NOW + timedelta(hours=2))
    assert fallen["_state"] == "disconnected"


def test_a_channel_can_be_broken_and_healed(world: World) -> None:
    simulation = Simulation(world, Random(1))
    shop = channel(world, "Shop Telegram")
    simulation.break_channel(shop["__id"])
    assert shop["_state"] == "error"
    simulation.heal_channel(shop["__id"])
    assert shop["_state"] == "active"
    with pytest.raises(CallError, match="There is no channel"):
        simulation.heal_channel("nothing")


def test_nobody_writes_through_a_broken_channel(world: World) -> None:
    simulation = Simulation(world, Random(1), Pace(first_failure=None))
    for each in world.items("channels"):
        simulation.break_channel(each["__id"])
    sessions = len(world.collections["sessions"])
    simulation.advance(NOW + timedelta(minutes=30))
    assert len(world.collections["sessions"]) == sessions
    late = [message for message in world.messages if message["__createdAt"] > START]
    assert late
    assert not [message for message in late if message.get("client")]


def test_a_flood_fills_the_queue_and_a_drain_empties_it(world: World) -> None:
    simulation = Simulation(world, Random(1))
    shop = line(world, "Shop")
    before = waiting(world, shop)
    simulation.flood(shop, 25)
    assert waiting(world, shop) == before + 25
    simulation.drain(shop)
    assert waiting(world, shop) == 0


def test_a_flood_of_a_line_that_is_down_is_refused(world: World) -> None:
    simulation = Simulation(world, Random(1))
    shop = line(world, "Shop")
    for each in world.items("channels"):
        if each["_line"] == shop:
            simulation.break_channel(each["__id"])
    with pytest.raises(ValueError, match="nobody can write"):
        simulation.flood(shop, 1)


def test_what_our_user_holds_is_left_to_our_user(world: World) -> None:
    simulation = Simulation(world, Random(1))
    simulation.advance(NOW + timedelta(hours=1))
    (ours,) = (each for each in world.items("sessions") if each.get("_userId") == world.me)
    assert ours["_state"] == "AssignedToOperator"
    assert all(message.get("operator") is None for message in world.conversation(ours))
    assert world.conversation(ours)[-1]["client"]


def test_a_session_that_was_opened_from_outside_is_attended_too(world: World) -> None:
    simulation = Simulation(world, Random(1))
    simulation.advance(NOW + timedelta(minutes=1))
    closed = next(each for each in world.items("sessions") if each["_state"] == "Closed")
    world.change(closed, None, {"_state": "Waiting", "_userId": None, "_closedAt": None})
    simulation.advance(NOW + timedelta(minutes=2))
    simulation.advance(NOW + timedelta(hours=1))
    assert closed["_state"] == "Closed"


@pytest.fixture
def anna() -> World:
    """A client who had two sessions, both closed."""
    world = World(standard())
    for session in world.items("sessions"):
        if "k-anna" in session["_clients"]:
            session |= {"_state": "Closed", "_closedAt": START}
    return world


def test_who_writes_again_after_closing_gets_a_new_session(anna: World) -> None:
    before = len(anna.collections["sessions"])
    session = Visitors(anna, Random(1), Inferred()).write(anna.get("clients", "k-anna"), ("Again!",))
    assert len(anna.collections["sessions"]) == before + 1
    assert session["_clients"] == ["k-anna"]
    assert [message["body"] for message in anna.conversation(session)] == ["Again!"]


def test_who_writes_again_has_the_last_session_reopened_where_the_platform_does_so(anna: World) -> None:
    inferred = Inferred(reopening=frozenset({"telegramBot"}))
    session = Visitors(anna, Random(1), inferred).write(anna.get("clients", "k-anna"), ("Again!",))
    assert (session["__id"], session["_state"], session.get("_closedAt")) == ("s-waiting", "Waiting", None)


def test_who_has_an_open_session_writes_into_it() -> None:
    world = World(standard())
    before = len(world.collections["sessions"])
    session = Visitors(world, Random(1), Inferred()).write(world.get("clients", "k-mail"), ("More.",))
    assert session["__id"] == "s-mine"
    assert len(world.collections["sessions"]) == before
