"""Which message a new incident joins, and how many a chat may get."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lines_bot.alerts.families import ChannelSubject
from lines_bot.alerts.grouping import Group, choose_group, has_doubled, is_storm, may_announce

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def make_group(
    card: int, age: float, *, family: str = "channel", is_storm: bool = False, still: int = 1
) -> Group:
    return Group(card, family, ago(age), is_storm, still)


def test_the_first_incident_has_a_message_of_its_own() -> None:
    assert choose_group("channel", [], [], NOW) is None


@pytest.mark.parametrize(("age", "joins"), [(0, True), (119, True), (120, False), (3600, False)])
def test_others_join_it_for_two_minutes(age: float, joins: bool) -> None:
    group = make_group(1, age)
    assert choose_group("channel", [group], [], NOW) == (group if joins else None)


def test_a_card_of_another_family_is_not_joined() -> None:
    assert choose_group("queue", [make_group(1, 5)], [], NOW) is None


def test_the_youngest_card_is_joined() -> None:
    older, younger = make_group(1, 100), make_group(2, 10)
    assert choose_group("channel", [older, younger], [], NOW) == younger


@pytest.mark.parametrize(
    ("is_storm", "still", "joins"),
    [
        pytest.param(True, 1, True, id="a storm that rages"),
        pytest.param(True, 0, False, id="a storm that is over"),
        pytest.param(False, 4, False, id="no storm"),
    ],
)
def test_a_storm_takes_everything_as_long_as_it_rages(is_storm: bool, still: int, joins: bool) -> None:
    storm = make_group(1, 3600, is_storm=is_storm, still=still)
    assert choose_group("channel", [storm], [], NOW) == (storm if joins else None)


def make_subject(line: str, of_line: int) -> ChannelSubject:
    return ChannelSubject(
        id="c", name="c", type="", line=line, line_id=line, of_line=of_line, can_reconnect=True
    )


@pytest.mark.parametrize(
    ("lines", "storms"),
    [
        pytest.param([("a", 100)] * 5, True, id="five"),
        pytest.param([("a", 100)] * 4, False, id="four of a large line"),
        pytest.param([("a", 15)] * 3, True, id="a fifth of a line"),
        pytest.param([("a", 16)] * 3, False, id="less than a fifth"),
        pytest.param([("a", 4)] * 2, False, id="two of a small line may be chance"),
        pytest.param([("a", 10), ("a", 10), ("b", 10)], False, id="of several lines"),
    ],
)
def test_five_or_a_fifth_of_a_line_are_a_storm(lines: list[tuple[str, int]], storms: bool) -> None:
    assert is_storm([make_subject(*each) for each in lines]) is storms


NEWS = [ago(500), ago(400), ago(300)]


def test_a_chat_that_got_three_messages_gets_no_fourth() -> None:
    own, other = make_group(1, 300), make_group(2, 200, family="queue")
    assert choose_group("channel", [own, other], NEWS, NOW) == own


def test_the_newest_card_of_another_family_takes_what_has_no_card_of_its_own() -> None:
    older, newest = make_group(1, 300, family="queue"), make_group(2, 200, family="queue")
    assert choose_group("channel", [older, newest], NEWS, NOW) == newest


def test_what_no_card_can_take_is_sent_all_the_same() -> None:
    assert choose_group("channel", [], NEWS, NOW) is None


@given(some.lists(some.integers(0, 1200)))
def test_a_chat_may_get_three_new_messages_in_ten_minutes(ages: list[int]) -> None:
    recent = [age for age in ages if age < 600]
    assert may_announce([ago(age) for age in ages], NOW) == (len(recent) < 3)


@pytest.mark.parametrize(
    ("announced", "open_now", "louder"),
    [(1, 2, False), (1, 5, True), (3, 5, False), (3, 6, True), (10, 19, False), (10, 20, True), (0, 5, True)],
)
def test_only_a_storm_that_doubled_is_worth_a_new_sound(announced: int, open_now: int, louder: bool) -> None:
    assert has_doubled(announced, open_now) is louder
