"""Platforms that differ from what the bridge expects, each with the differences that a probe must name.

Written from what is known and not known of the platform: every setting is one of those of `Company` in
tests/contract/system.mjs, and `named` holds the titles of the facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lines_bot.probe.expectations import Kind, list_fields


@dataclass(frozen=True)
class Variant:
    """`kind`: two variants of one kind cannot be joined. `rows`: how many more rows it takes to see it."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    named: frozenset[str]
    rows: int = 0


def _variant(name: str, kind: str, settings: Mapping[str, Any], *named: str, rows: int = 0) -> Variant:
    return Variant(name, kind, settings, frozenset(named), rows)


SEEN = ("__createdBy", "_line", "_channel", "_clients", "_userId", "_userGroupId")
ALL_REFERENCES = [each.path for each in list_fields() if each.kind in (Kind.REFERENCE, Kind.REFERENCES)]
ITEM_REFERENCES = [
    path for path in ALL_REFERENCES if path not in ("sessions._userId", "sessions._userGroupId")
]
VISIBLE = [path for path in ITEM_REFERENCES if path.partition(".")[2] in SEEN]
KINDS_WITH = {
    "neq": ("id", "text", "code", "time", "reference"),
    "in": ("id", "text", "code", "time", "reference"),
    "like": ("text",),
    "has": ("references",),
    "all": ("references",),
    "gt": ("time",),
    "gte": ("time",),
    "lt": ("time",),
    "lte": ("time",),
}


def _operators(*operators: str) -> list[str]:
    return [f"operator {kind}.{operator}" for operator in operators for kind in KINDS_WITH[operator]]


VARIANTS = [
    _variant("as expected", "nothing", {}),
    # Operators
    _variant("no gte", "operators", {"operatorNames": {"gte": None}}, *_operators("gte")),
    _variant(
        "no order but gt and lt",
        "operators",
        {"operatorNames": {"gte": None, "lte": None}},
        *_operators("gte", "lte"),
    ),
    _variant(
        "no order at all",
        "operators",
        {"operatorNames": dict.fromkeys(("gt", "gte", "lt", "lte"))},
        *_operators("gt", "gte", "lt", "lte"),
    ),
    _variant(
        "order in words",
        "operators",
        {"operatorNames": {"gt": "greater", "gte": "greaterOrEqual", "lt": "less", "lte": "lessOrEqual"}},
        *_operators("gt", "gte", "lt", "lte"),
    ),
    _variant("no like", "operators", {"operatorNames": {"like": None}}, *_operators("like")),
    _variant("like is contains", "operators", {"operatorNames": {"like": "contains"}}, *_operators("like")),
    _variant("like knows case", "operators", {"likeKnowsCase": True}, *_operators("like")),
    _variant("no in", "operators", {"operatorNames": {"in": None}}, *_operators("in")),
    _variant("no in for codes", "operators", {"operatorNames": {"code.in": None}}, "operator code.in"),
    _variant(
        "no in for references",
        "operators",
        {"operatorNames": {"reference.in": None}},
        "operator reference.in",
    ),
    _variant("no neq for times", "operators", {"operatorNames": {"time.neq": None}}, "operator time.neq"),
    _variant("no has", "operators", {"operatorNames": {"has": None}}, *_operators("has")),
    _variant("has is includes", "operators", {"operatorNames": {"has": "includes"}}, *_operators("has")),
    _variant("no all", "operators", {"operatorNames": {"all": None}}, *_operators("all")),
    _variant(
        "no has and no like",
        "operators",
        {"operatorNames": {"has": None, "like": None}},
        *_operators("has", "like"),
    ),
    _variant("no or", "groups", {"groupNames": {"or": None}}, "group or"),
    _variant("or is any", "groups", {"groupNames": {"or": "any"}}, "group or"),
    _variant("no not", "groups", {"groupNames": {"not": None}}, "group not"),
    _variant("not is none", "groups", {"groupNames": {"not": "none"}}, "group not"),
    _variant(
        "neither or nor not", "groups", {"groupNames": {"or": None, "not": None}}, "group or", "group not"
    ),
    _variant("neq leaves empty fields out", "neq", {"neqSkipsEmpty": True}, "neq and empty fields"),
    # Codes
    _variant(
        "states of channels in capitals",
        "channel states",
        {
            "members": {
                "LineChannelState": {"active": "Active", "disconnected": "Disconnected", "error": "Error"}
            }
        },
        "codes channels._state",
    ),
    _variant(
        "states of channels by other words",
        "channel states",
        {"members": {"LineChannelState": {"disconnected": "disabled", "error": "failed"}}},
        "codes channels._state",
    ),
    _variant(
        "one state of channels by a word of its own",
        "channel states",
        {"members": {"LineChannelState": {"disconnected": "asleep"}}},
        "codes channels._state",
    ),
    _variant(
        "a state of channels that nobody named",
        "channel states",
        {"moreMembers": {"LineChannelState": ["connecting"]}},
        "codes channels._state",
    ),
    _variant(
        "a state of sessions that nobody named",
        "session states",
        {"moreMembers": {"LineSessionState": ["OnHold"]}},
        "codes sessions._state",
    ),
    _variant(
        "types of channels that nobody named",
        "types",
        {"moreMembers": {"LineChannelType": ["vkontakte", "whatsapp"]}},
    ),
    _variant(
        "types of channels with dashes",
        "types",
        {"members": {"LineChannelType": {"telegramBot": "telegram_bot", "viberbot": "viber_bot"}}},
        "codes channels._type",
    ),
    _variant("enumerations of plain codes", "codes", {"enumerationsAreCodes": True}),
    _variant(
        "filters by the code",
        "codes",
        {"filtersTakeCodes": True},
        *(f"filters by {path}" for path in ("channels._state", "channels._type")),
        *(f"filters by {path}" for path in ("sessions._state", "sessions._priority")),
    ),
    _variant("no enumeration of priorities", "codes", {"missingEnumerations": ["LineSessionPriority"]}),
    # Presence
    _variant("no presence", "presence", {"fieldNames": {"users.presence": None}}, "field users.presence"),
    _variant(
        "presence by another name",
        "presence",
        {"fieldNames": {"users.presence": "_onlineStatus"}},
        "field users.presence",
    ),
    _variant(
        "presence in capitals",
        "presence",
        {"presences": {"online": "Online", "offline": "Offline"}},
        "codes users.presence",
    ),
    _variant(
        "presence as yes and no",
        "presence",
        {"fieldNames": {"users.presence": "isOnline"}, "presences": {"online": True, "offline": False}},
        "field users.presence",
        "codes users.presence",
    ),
    # Fields and references
    _variant(
        "the line of a channel by another name",
        "fields",
        {"fieldNames": {"channels._line": "_lineId"}},
        "field channels._line",
    ),
    _variant("mail by another name", "fields", {"fieldNames": {"users.email": "_mail"}}, "field users.email"),
    _variant(
        "all references are ids",
        "references",
        {"plainIds": ITEM_REFERENCES},
        *(f"filters by {path}" for path in VISIBLE),
    ),
    _variant(
        "the line of a session is an id",
        "references",
        {"plainIds": ["sessions._line"]},
        "filters by sessions._line",
    ),
    _variant(
        "clients of a session are ids",
        "references",
        {"plainIds": ["sessions._clients"]},
        "filters by sessions._clients",
    ),
    _variant(
        "operator and group are items",
        "references",
        {"heldAsItems": ["sessions._userId", "sessions._userGroupId"]},
        "filters by sessions._userId",
        "filters by sessions._userGroupId",
    ),
    # Times
    _variant("times as texts", "times", {"times": "text"}, "times in filters"),
    _variant("times of the language", "times", {"times": "Date"}, "times in filters"),
    # Searches
    _variant("only the first key sorts", "sorts", {"sortKey": "first"}, "sort by several fields"),
    _variant("only the last key sorts", "sorts", {"sortKey": "last"}, "sort by several fields"),
    *(
        _variant(
            f"pages of {most}",
            "pages",
            {"mostPerPage": [most]},
            "rows of a page: search",
            "rows of a page: messages",
            "rows of a page: users",
            rows=most + 20,
        )
        for most in (10, 100, 1000)
    ),
    _variant("newest message first", "messages", {"newestMessageFirst": True}),
    # The rest
    _variant("slow files and items", "speed", {"milliseconds": {"lines.fetch": 3000}}, "time of a fetch"),
    _variant("slow counts", "speed", {"milliseconds": {"lines.count": 2500}}, "time of a count"),
    _variant("the user is not told", "user", {"tellsUser": False}, "user of the token"),
    _variant("conditions that take any name", "conditions", {"openConditions": True}),
    _variant("metrics", "metrics", {"metrics": {"name": "metrics", "rows": [{"__id": "f-1", "_value": 12}]}}),
    _variant(
        "metrics by another name",
        "metrics",
        {"metrics": {"name": "statistics", "rows": []}},
        "metrics",
    ),
    _variant("parsed bodies", "bodies", {"parsesBody": True}),
    _variant("reassignment moves no time", "updates", {"staysUpdated": ["assignToOperator"]}),
]


def join(variants: list[Variant]) -> Variant:
    """All of them at once."""
    settings: dict[str, Any] = {}
    for variant in variants:
        for name, value in variant.settings.items():
            known = settings.get(name)
            settings[name] = {**known, **value} if isinstance(known, dict) else value
    return Variant(
        " and ".join(each.name for each in variants),
        "several",
        settings,
        frozenset().union(*(each.named for each in variants)),
        max(each.rows for each in variants),
    )


def spread(variants: list[Variant]) -> list[Variant]:
    """All variants joined into as few as can be: in each of them every kind stands once at the most."""
    kinds: dict[str, list[Variant]] = {}
    for each in variants:
        kinds.setdefault(each.kind, []).append(each)
    most = max(len(each) for each in kinds.values())
    return [join([same[number] for same in kinds.values() if number < len(same)]) for number in range(most)]
