"""What one reading of the company says: thresholds, hysteresis, and times that can be believed."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.alerts.engine import Condition, Level, Phase
from lines_bot.alerts.families import ChannelSubject, QueueSubject, SourceSubject
from lines_bot.alerts.flapping import calm
from lines_bot.alerts.monitor import advance
from lines_bot.alerts.observations import observe, observe_outage
from lines_bot.alerts.policy import Policy, PolicyBook
from lines_bot.alerts.subjects import Evaluation, EvaluationContext
from lines_bot.lines import Channel, ChannelState, ChannelType, Line, Session, SessionState, Unreachable
from lines_bot.snapshot import Snapshot

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
POLICY = Policy(queue_limit=10, queue_wait=timedelta(seconds=300))
STATES = (ChannelState.ACTIVE, ChannelState.DISCONNECTED, ChannelState("paused"), None)


def make_company(*channels: Channel, waits: list[int] | None = None) -> Snapshot:
    """A company of one line; `waits` are the seconds its queue has waited."""
    sessions = [
        Session(
            id=f"s{place}",
            state=SessionState.WAITING,
            line="shop",
            accepted_at=NOW - timedelta(seconds=wait),
        )
        for place, wait in enumerate(waits or [])
    ]
    lines = {"shop": Line(id="shop", name="Shop")}
    return Snapshot(lines, {channel.id: channel for channel in channels}, tuple(sessions), NOW)


def see(
    company: Snapshot,
    held: Collection[str] = (),
    last_good: datetime | None = None,
    policy: Policy = POLICY,
) -> Mapping[str, Evaluation]:
    """The sightings under one policy for everything."""
    return observe(company, held, EvaluationContext(last_good), PolicyBook(policy, {}))


def see_queue(waits: list[int], policy: Policy = POLICY) -> Level:
    return see(make_company(waits=waits), held=[QueueSubject.make_key("shop")], policy=policy)[
        QueueSubject.make_key("shop")
    ].observation.level


@pytest.mark.parametrize("state", STATES)
def test_only_a_channel_in_error_is_bad(state: ChannelState | None) -> None:
    healthy = Channel(id="a", state=state)
    broken = Channel(id="b", state=ChannelState.ERROR)
    seen = see(make_company(healthy, broken), held=[ChannelSubject.make_key("a")])
    assert seen[ChannelSubject.make_key("a")].observation.level is Level.WELL
    assert seen[ChannelSubject.make_key("b")].observation.level is Level.BAD


def test_a_channel_is_told_with_its_line_its_type_and_whether_it_can_be_reconnected() -> None:
    mailbox = Channel(
        id="a", name="Box", state=ChannelState.ERROR, type=ChannelType.INBOX, line="shop", updated_at=NOW
    )
    unnamed = Channel(id="b", state=ChannelState.ERROR, line="gone")
    seen = see(make_company(mailbox, unnamed))
    assert seen[ChannelSubject.make_key("a")].subject == ChannelSubject(
        id="a", name="Box", type="inbox", line="Shop", line_id="shop", can_reconnect=True, of_line=1
    )
    assert seen[ChannelSubject.make_key("b")].subject == ChannelSubject(
        id="b", name="b", type="", line="gone", line_id="gone", can_reconnect=False, of_line=1
    )


@pytest.mark.parametrize(
    ("updated", "last_good", "believed"),
    [
        pytest.param(-10, -15, True, id="between the last reading and this one"),
        pytest.param(-10, None, True, id="at the first reading"),
        pytest.param(0, -15, True, id="at this very moment"),
        pytest.param(-15, -15, False, id="at the last reading, which saw it well"),
        pytest.param(-3600, -15, False, id="long before the last reading"),
        pytest.param(5, -15, False, id="in the future"),
        pytest.param(None, -15, False, id="never"),
    ],
)
def test_a_time_of_change_is_believed_only_between_two_readings(
    updated: int | None, last_good: int | None, believed: bool
) -> None:
    at = None if updated is None else NOW + timedelta(seconds=updated)
    before = None if last_good is None else NOW + timedelta(seconds=last_good)
    channel = Channel(id="a", state=ChannelState.ERROR, updated_at=at)
    seen = see(make_company(channel), last_good=before)[ChannelSubject.make_key("a")]
    assert seen.observation.since == (at if believed else None)


@pytest.mark.parametrize(
    ("waits", "level"),
    [
        pytest.param([], Level.WELL, id="nobody"),
        pytest.param([0] * 6, Level.WELL, id="six tenths of the limit"),
        pytest.param([0] * 7, Level.BETWEEN, id="more than six tenths"),
        pytest.param([0] * 9, Level.BETWEEN, id="one below the limit"),
        pytest.param([0] * 10, Level.BAD, id="the limit"),
        pytest.param([180], Level.WELL, id="six tenths of the longest wait"),
        pytest.param([181], Level.BETWEEN, id="longer than that"),
        pytest.param([299], Level.BETWEEN, id="a second below the longest wait"),
        pytest.param([300], Level.URGENT, id="the longest wait"),
        pytest.param([300] + [0] * 20, Level.URGENT, id="both"),
        pytest.param([0, 0, 181, 0], Level.BETWEEN, id="one of many waits long"),
    ],
)
def test_a_queue_is_measured_by_its_length_and_its_longest_wait(waits: list[int], level: Level) -> None:
    assert see_queue(waits) is level


@given(some.lists(some.integers(0, 600), max_size=25), some.integers(0, 600))
def test_one_more_who_waits_never_makes_a_queue_look_better(waits: list[int], more: int) -> None:
    order = [Level.WELL, Level.BETWEEN, Level.BAD, Level.URGENT]
    assert order.index(see_queue([*waits, more])) >= order.index(see_queue(waits))


def test_a_queue_is_told_with_its_numbers_and_others_do_not_count() -> None:
    company = make_company(waits=[30, 90])
    elsewhere = Session(id="x", state=SessionState.WAITING, line="other", accepted_at=NOW)
    company = Snapshot(company.lines, company.channels, (*company.waiting, elsewhere), NOW)
    subject = see(company, held=[QueueSubject.make_key("shop")])[QueueSubject.make_key("shop")].subject
    oldest = NOW - timedelta(seconds=90)
    assert subject == QueueSubject(
        id="shop", line="Shop", waiting=2, oldest=oldest, limit=10, longest_wait=POLICY.queue_wait
    )


@pytest.mark.parametrize(("wait", "is_late"), [(299, False), (300, True), (301, True)])
def test_a_queue_knows_which_of_its_limits_is_broken(wait: int, is_late: bool) -> None:
    key = QueueSubject.make_key("shop")
    for waits, limits in (([wait], (is_late, False)), ([wait] * 10, (is_late, True))):
        subject = see(make_company(waits=waits), held=[key])[key].subject
        assert isinstance(subject, QueueSubject)
        assert (subject.is_late, subject.is_crowded) == limits


def test_a_session_without_times_waits_but_has_no_age() -> None:
    company = make_company()
    timeless = Session(id="x", state=SessionState.WAITING, line="shop")
    company = Snapshot(company.lines, company.channels, (timeless,), NOW)
    subject = see(company, held=[QueueSubject.make_key("shop")])[QueueSubject.make_key("shop")].subject
    assert subject == QueueSubject(
        id="shop", line="Shop", waiting=1, oldest=None, limit=10, longest_wait=POLICY.queue_wait
    )


def test_held_keys_that_are_not_there_any_more_are_gone() -> None:
    seen = see(make_company(), held=["channel:x", "queue:y", "growth:z"])
    assert {key: each.observation.level for key, each in seen.items()} == dict.fromkeys(
        ["channel:x", "queue:y", "growth:z"], Level.GONE
    )


def test_a_reading_that_failed_is_bad_for_lines_and_tells_nothing_of_the_rest() -> None:
    seen = observe_outage(Unreachable("no connection"), ["channel:x", "source"], POLICY)
    assert seen["channel:x"].observation.level is Level.UNREAD
    assert seen["source"].observation.level is Level.BAD
    assert seen["source"].subject == SourceSubject(trouble="Unreachable")


def test_a_reading_that_succeeds_is_well_for_lines() -> None:
    assert see(make_company(), held=["source"])["source"].observation.level is Level.WELL


def test_only_keys_that_hold_something_before_or_after_are_updated() -> None:
    held = {"channel:b": Condition(Phase.BAD, NOW, NOW, NOW, calm(NOW))}
    company = make_company(
        Channel(id="a", state=ChannelState.ACTIVE),
        Channel(id="b", state=ChannelState.ACTIVE),
        Channel(id="c", state=ChannelState.ERROR),
        waits=[0],
    )
    updates = advance(held, see(company, held=held), NOW)
    assert set(updates) == {"channel:b", "channel:c"}
