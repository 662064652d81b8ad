"""Hypothesis strategies: any small company, and any call to it."""

from typing import Any

from hypothesis import strategies as st

from lines_bot.sandbox.fields import FIELDS, LIST, OPERATORS, ORDER, Field, Kind
from tests.contract.documents import CRM

Json = dict[str, Any]

NOW = "2026-11-22T09:30:00.000Z"
TIMES = ["2026-11-21T23:59:59.999Z", "2026-11-22T08:00:00.000Z", "2026-11-22T09:29:59.001Z", NOW]
SAME_TIMES = ["2026-11-22T11:00:00+03:00", "2026-11-22T08:00:00Z", "2026-11-22T09:29:59.0019Z"]
TEXTS = ["Shop", "shop telegram", "Поддержка", "ПОДДЕРЖКА 2", "50%", "a_b", ""]
CODES = {
    "_state": ["active", "error", "disconnected", "Waiting", "AssignedToOperator", "AssignedToBot", "Closed"],
    "_type": ["telegramBot", "inbox", "internal", "vkontakte"],
    "_priority": ["Low", "High"],
    "presence": ["online", "offline"],
}
IDS = {
    "lines": ["l-1", "l-2"],
    "channels": ["c-1", "c-2", "c-3"],
    "clients": ["k-1", "k-2", "k-3"],
    "sessions": ["s-1", "s-2", "s-3", "s-4"],
    "users": ["u-1", "u-2", "u-3"],
    "userGroups": ["g-1", "g-2"],
}
times = st.sampled_from(TIMES)
texts = st.sampled_from(TEXTS)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def subset(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique_by=str, max_size=len(values))


def items(collection: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Json]]:
    """Items of the collection's ids, any of their optional fields missing."""
    deleted = st.sampled_from([None, None, None, None, None, TIMES[0]])
    optional = {
        "__name": maybe(texts),
        "__createdBy": maybe(st.sampled_from(IDS["users"])),
        "__updatedAt": maybe(times),
        "__deletedAt": deleted,
    }

    def make(identifier: str) -> st.SearchStrategy[Json]:
        required = {"__id": st.just(identifier), "__createdAt": times}
        return st.fixed_dictionaries(required | fields, optional=optional)

    return st.tuples(*(make(identifier) for identifier in IDS[collection])).map(list)


def reference(collection: str) -> st.SearchStrategy[str]:
    return st.sampled_from(IDS[collection])


messages = st.lists(
    st.fixed_dictionaries(
        {"session": reference("sessions"), "body": maybe(texts), "__createdAt": times, "files": st.just([])},
        optional={"client": maybe(reference("clients")), "operator": maybe(reference("users"))},
    ),
    max_size=5,
)


def in_time(messages: list[Json]) -> list[Json]:
    ordered = sorted(messages, key=lambda message: str(message["__createdAt"]))
    return [{"__id": f"m-{number}", **message} for number, message in enumerate(ordered)]


companies = st.fixed_dictionaries(
    {
        "now": st.just(NOW),
        "me": st.sampled_from(IDS["users"]),
        "users": items("users", email=maybe(texts), presence=maybe(st.sampled_from(CODES["presence"]))),
        "userGroups": items("userGroups", **{"$users": subset(IDS["users"])}),
        "lines": items(
            "lines",
            **{"$operators": subset(IDS["userGroups"]), "$bot": st.booleans(), "$apps": subset([CRM])},
        ),
        "channels": items(
            "channels",
            _type=st.sampled_from(CODES["_type"]),
            _state=st.sampled_from(CODES["_state"][:3]),
            _line=maybe(reference("lines")),
        ),
        "clients": items(
            "clients",
            _channel=maybe(reference("channels")),
            _username=maybe(texts),
            **{"$wrote": st.booleans()},
        ),
        "sessions": items(
            "sessions",
            _state=st.sampled_from([*CODES["_state"][3:], "MarkedAsSpam"]),
            _priority=maybe(st.sampled_from(CODES["_priority"])),
            _line=maybe(reference("lines")),
            _channel=maybe(reference("channels")),
            _clients=maybe(subset(IDS["clients"])),
            _userId=maybe(reference("users")),
            _userGroupId=maybe(reference("userGroups")),
            _closedAt=maybe(times),
            _externalChatName=maybe(texts),
        ),
        "messages": messages.map(in_time),
    }
)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values that fit the field, also of objects that do not exist."""
    match field.kind:
        case Kind.TIME:
            return st.sampled_from(TIMES + SAME_TIMES).map(lambda time: {"$time": time})
        case Kind.TEXT:
            return st.sampled_from(TEXTS)
        case Kind.CODE:
            return st.sampled_from(CODES[field.name])
        case Kind.REFERENCE | Kind.REFERENCES:
            known = st.sampled_from([*IDS[field.target or ""], "nothing"])
            return known | known.map(lambda identifier: {"$ref": [field.target, identifier]})
        case _:
            return st.sampled_from([identifier for each in IDS.values() for identifier in each])


@st.composite
def leaves(draw: st.DrawFn, collection: str) -> Json:
    field = draw(st.sampled_from([each for each in FIELDS[collection].values() if OPERATORS[each.kind]]))
    operator = draw(st.sampled_from(sorted(OPERATORS[field.kind])))
    if operator in ORDER | LIST | {"like"}:
        value = values(field)
    else:
        value = st.none() if field.kind is Kind.APP else maybe(values(field))
    return {operator: [field.name, draw(st.lists(value, max_size=3) if operator in ("in", "all") else value)]}


def filters(collection: str) -> st.SearchStrategy[Json]:
    def combine(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
        several = st.lists(inner, min_size=1, max_size=3)
        return (
            several.map(lambda each: {"and": each})
            | several.map(lambda each: {"or": each})
            | inner.map(lambda each: {"not": each})
        )

    return st.recursive(leaves(collection), combine, max_leaves=5)


def searches(collection: str) -> st.SearchStrategy[Json]:
    unsortable = (Kind.REFERENCES, Kind.APP, Kind.APPS)
    names = sorted(FIELDS[collection])
    sortable = [field.name for field in FIELDS[collection].values() if field.kind not in unsortable]
    order = st.fixed_dictionaries({"field": st.sampled_from(sortable)}, optional={"ascending": st.booleans()})
    params = st.fixed_dictionaries(
        {},
        optional={
            "where": filters(collection),
            "sort": st.lists(order, max_size=2),
            "from": st.integers(0, 3),
            "size": st.integers(1, 5),
            "fields": st.lists(st.sampled_from(names), max_size=3),
            "total": st.booleans(),
        },
    )
    return params.map(lambda params: {"method": f"{collection}.search", "params": params})


def calls(method: str, **params: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(params).map(lambda params: {"method": method, "params": params})


ANY_SESSION = reference("sessions")
mutations = st.one_of(
    calls("channels.disconnect", id=reference("channels")),
    calls("channels.reconnect", id=reference("channels")),
    calls(
        "clients.save",
        id=reference("clients"),
        data=maybe(st.sampled_from([{**CRM, "id": "1"}, {**CRM, "code": "deals", "id": "1"}])).map(
            lambda app_item: {"_applicationItem": app_item}
        ),
    ),
    calls("sessions.create", channel=reference("channels"), account=st.sampled_from(TEXTS[:4])),
    calls("sessions.assignToOperator", id=ANY_SESSION, operator=reference("users")),
    calls("sessions.assignToOperatorGroup", id=ANY_SESSION, userGroup=reference("userGroups")),
    calls("sessions.assignToBot", id=ANY_SESSION, silent=st.booleans()),
    calls("sessions.close", id=ANY_SESSION),
    calls("sessions.markAsSpam", id=ANY_SESSION),
    calls("sessions.unmarkAsSpam", id=ANY_SESSION),
    calls("sessions.sendSystemMessage", id=ANY_SESSION, text=st.just("Priority: High")),
)
reads = st.one_of(
    *(searches(collection) for collection in FIELDS),
    calls("userGroups.users", id=reference("userGroups")),
    calls("sessions.getLastMessage", id=ANY_SESSION),
    calls("sessions.getAllMessages", id=ANY_SESSION, size=st.integers(1, 3), **{"from": st.integers(0, 2)}),
)
