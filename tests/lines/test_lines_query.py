import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from operator import and_, or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lines_bot.lines import Channel, Client, Filter, Session, SessionState, User
from lines_bot.lines.query import ChannelFields, ClientFields, Column, ItemFields, SessionFields, UserFields
from lines_bot.sandbox.fields import FIELDS
from lines_bot.sandbox.fields import Item as Row
from lines_bot.sandbox.filters import compile_filter

Predicate = Callable[[Row], bool]
Condition = tuple[Filter, Predicate]

IDS = ("a", "b", "c")
NAMES = ("Анна", "anna", "Shop 2")
TIMES = tuple(datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (8, 9, 10))


def stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


rows = st.fixed_dictionaries(
    {
        "__id": st.sampled_from(IDS),
        "__name": st.none() | st.sampled_from(NAMES),
        "__deletedAt": st.none() | st.sampled_from(TIMES).map(stamp),
        "_state": st.none() | st.sampled_from(SessionState),
        "_channel": st.none() | st.sampled_from(IDS),
        "_clients": st.none() | st.lists(st.sampled_from(IDS)),
    }
)
f = Session.f
leaves: st.SearchStrategy[Condition] = st.one_of(
    st.sampled_from(SessionState).map(lambda s: (f.state == s, lambda row: row["_state"] == s)),
    st.sampled_from(SessionState).map(lambda s: (f.state != s, lambda row: row["_state"] != s)),
    st.lists(st.sampled_from(SessionState)).map(lambda s: (f.state.in_(s), lambda row: row["_state"] in s)),
    st.sampled_from(IDS).map(lambda i: (f.id == i, lambda row: row["__id"] == i)),
    st.sampled_from(IDS).map(lambda i: (f.channel == i, lambda row: row["_channel"] == i)),
    st.sampled_from(IDS).map(lambda i: (f.channel == Channel(id=i), lambda row: row["_channel"] == i)),
    st.sampled_from(IDS).map(lambda i: (f.clients.has(i), lambda row: i in (row["_clients"] or ()))),
    st.lists(st.sampled_from(IDS)).map(
        lambda ids: (f.clients.all_of(ids), lambda row: set(ids) <= set(row["_clients"] or ()))
    ),
    st.sampled_from(("ann", "АНН", " 2")).map(
        lambda part: (f.name.like(part), lambda row: part.lower() in (row["__name"] or "").lower())
    ),
    st.sampled_from(TIMES).map(
        lambda t: (f.deleted_at < t, lambda row: bool(row["__deletedAt"]) and row["__deletedAt"] < stamp(t))
    ),
    st.sampled_from(TIMES).map(
        lambda t: (f.deleted_at >= t, lambda row: bool(row["__deletedAt"]) and row["__deletedAt"] >= stamp(t))
    ),
    st.just((f.deleted_at.is_null(), lambda row: row["__deletedAt"] is None)),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda a: (~a[0], lambda row: not a[1](row))),
        st.tuples(inner, inner).map(
            lambda pair: (pair[0][0] & pair[1][0], lambda row: pair[0][1](row) and pair[1][1](row))
        ),
        st.tuples(inner, inner).map(
            lambda pair: (pair[0][0] | pair[1][0], lambda row: pair[0][1](row) or pair[1][1](row))
        ),
    ),
    max_leaves=5,
)


@given(conditions, rows)
def test_a_filter_means_on_the_wire_what_it_means_in_python(condition: Condition, row: Row) -> None:
    expression, predicate = condition
    received = json.loads(json.dumps(expression.expression))
    assert compile_filter(received, FIELDS["sessions"])(row) == predicate(row)


@given(conditions)
def test_combining_leaves_the_parts_as_they_were(condition: Condition) -> None:
    expression, _ = condition
    before = json.dumps(expression.expression)
    (expression & expression & Session.f.name.is_null()) | ~expression
    assert json.dumps(expression.expression) == before


@given(conditions)
def test_denying_twice_is_saying_it(condition: Condition) -> None:
    assert ~~condition[0] == condition[0]


@pytest.mark.parametrize("join", [and_, or_])
def test_a_long_chain_stays_flat_within_the_depth_that_the_contract_allows(
    join: Callable[[Filter, Filter], Filter],
) -> None:
    chain = reduce(join, [Session.f.id == str(number) for number in range(1000)])
    compile_filter(chain.expression, FIELDS["sessions"])


@pytest.mark.parametrize(
    ("fields", "collection"),
    [
        (ChannelFields, "channels"),
        (ClientFields, "clients"),
        (SessionFields, "sessions"),
        (UserFields, "users"),
        (ItemFields, "lines"),
    ],
)
def test_every_field_of_the_contract_has_its_python_name(fields: type[ItemFields], collection: str) -> None:
    named = {column.name for name in dir(fields) if isinstance(column := getattr(fields, name), Column)}
    assert named == set(FIELDS[collection])


def test_times_travel_in_utc_with_milliseconds() -> None:
    moscow = timezone(timedelta(hours=3))
    half_past_noon = datetime(2026, 11, 22, 12, 30, 0, 123_456, tzinfo=moscow)
    assert (Session.f.created_at > half_past_noon) == Filter(
        {"gt": ["__createdAt", {"$time": "2026-11-22T09:30:00.123Z"}]}
    )


def test_a_time_without_a_zone_is_refused_by_the_name_of_its_field() -> None:
    with pytest.raises(ValueError, match="_closedAt"):
        _ = Session.f.closed_at <= datetime(2026, 11, 22)


def test_an_item_of_another_collection_is_refused() -> None:
    with pytest.raises(TypeError, match="refers to channels, not to users"):
        _ = Client.f.channel == User(id="u")


def test_references_name_their_collection() -> None:
    assert Session.f.clients.all_of([Client(id="c"), "d"]) == Filter(
        {"all": ["_clients", [{"$ref": ["clients", "c"]}, {"$ref": ["clients", "d"]}]]}
    )
    assert (Session.f.user_id == User(id="u")) == Filter({"eq": ["_userId", {"$ref": ["users", "u"]}]})


def test_joining_filters_with_python_words_is_refused_rather_than_half_applied() -> None:
    with pytest.raises(TypeError, match="join filters with &"):
        _ = Client.f.username == "a" and Client.f.username == "b"
