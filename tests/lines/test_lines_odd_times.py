"""Times that Lines sends are foreign data: what is no time leaves the item as it is, without that time."""

from datetime import UTC, datetime

import pytest

from lines_bot.lines import Channel, Session

ODD = [
    "0001-01-01T00:00:00+03:00",
    "9999-12-31T23:59:59-12:00",
    "1969-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "yesterday",
    "2026-11-22T09:30:00",
    "2026-13-45T99:99:99Z",
    "",
    10**30,
    -1,
    True,
    {"date": "2026-11-22"},
    [],
]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("name", ["createdAt", "updatedAt", "deletedAt", "acceptedAt", "closedAt"])
def test_what_is_no_time_is_none(odd: object, name: str) -> None:
    wire = {"createdAt": "__createdAt", "updatedAt": "__updatedAt", "deletedAt": "__deletedAt"}
    wire |= {"acceptedAt": "_acceptedAt", "closedAt": "_closedAt"}
    session = Session.model_validate({"__id": "s", "__name": "Kate", wire[name]: odd})
    assert (session.id, session.name) == ("s", "Kate")
    assert not any([session.created_at, session.updated_at, session.deleted_at])
    assert not any([session.accepted_at, session.closed_at])


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-11-22T12:30:00+03:00", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (None, None),
    ],
)
def test_what_is_a_time_is_kept(told: str | None, meant: datetime | None) -> None:
    assert Channel.model_validate({"__id": "c", "__updatedAt": told}).updated_at == meant
