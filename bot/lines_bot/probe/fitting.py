"""From what was seen of a company to the script that knows it."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from lines_bot.lines.probe import Code, Company, Probe
from lines_bot.probe.expectations import (
    CODES,
    OPEN_CODES,
    PLAIN_IDS,
    SHAPES,
    ExpectedField,
    Kind,
    list_fields,
)

_TABLE = re.compile(r"^const COMPANY: BridgeCompany = \{.*?\};$", re.MULTILINE | re.DOTALL)
_PRESENCE = "users.presence"
_REFERENCES = {field.path for field in list_fields() if field.kind is Kind.REFERENCE}
# Other words for the same, as products of this kind have them; without case, dashes and underscores.
_SYNONYMS: Mapping[str, frozenset[str]] = {
    "active": frozenset({"on", "enabled", "connected", "switchedon", "works"}),
    "disconnected": frozenset({"off", "disabled", "inactive", "notactive", "switchedoff", "stopped"}),
    "error": frozenset({"failed", "failure", "fault", "broken", "problem"}),
    "Waiting": frozenset({"queue", "inqueue", "queued", "new", "wait"}),
    "AssignedToBot": frozenset({"bot", "onbot", "withbot"}),
    "AssignedToOperator": frozenset({"operator", "onoperator", "assigned", "inwork"}),
    "MarkedAsSpam": frozenset({"spam"}),
    "Closed": frozenset({"close", "finished", "done", "ended"}),
    "Medium": frozenset({"normal", "middle"}),
}
_FIELD_SYNONYMS: Mapping[str, frozenset[str]] = {
    "line": frozenset({"lineid", "livechat", "livechatline"}),
    "email": frozenset({"mail", "emails", "workemail"}),
    "presence": frozenset({"status", "onlinestatus", "presencestatus", "isonline", "online", "linestatus"}),
}
_PRESENCES: Mapping[str, frozenset[Code]] = {
    "online": frozenset({True, "online", "on-line", "on_line"}),
    "offline": frozenset({False, "offline", "off-line", "off_line"}),
}


class CannotFit(Exception):
    """A script without the table that a company's differences belong into."""


def write_script(script: str, company: Company) -> str:
    """The bridge's script with these differences in its table, whatever stood there. CannotFit without."""
    table = json.dumps(company.model_dump(by_alias=True, exclude_defaults=True), ensure_ascii=False, indent=2)
    fitted, count = _TABLE.subn(lambda _: f"const COMPANY: BridgeCompany = {table};", script)
    if count != 1:
        raise CannotFit("The bridge's script has no table for a company's differences.")
    return fitted


def find_differences(probe: Probe) -> Company:
    """What a script must know of this company; what could not be seen is taken to be as expected."""
    return Company(
        comparisons={
            path: name for path, name in (probe.operators or {}).items() if name != path.partition(".")[2]
        },
        groups={name: found for name, found in (probe.groups or {}).items() if found != name},
        fieldNames=_find_field_names(probe),
        plainIds=_find_plain_ids(probe),
        times=None if probe.times == "Datetime" else probe.times,
        neqFindsEmpty=False if probe.neq_finds_empty is False else None,
        sortKeys=1 if probe.sort_keys == 1 else None,
        metrics=find_metrics(probe, other_than="metrics"),
        codes=_find_codes(probe),
        plainCodes=sorted(probe.plain_codes or []),
    )


def find_metrics(probe: Probe, other_than: str = "") -> str | None:
    """The name of what has figures of the live chats and can be searched."""
    beside = probe.metrics.beside if probe.metrics else {}
    names = [name for name, methods in beside.items() if "search" in methods and name != other_than]
    return None if other_than in beside else next(iter(sorted(names)), None)


def is_there(probe: Probe, field: ExpectedField, name: str | None = None) -> bool | None:
    """Whether a collection has the field under its own name or another; None if that cannot be seen."""
    wanted = name or field.name
    shapes = (probe.fields or {}).get(field.collection, {})
    conditions = (probe.conditions or {}).get(field.collection, [])
    if wanted in shapes or wanted in conditions:
        return True
    return False if conditions else None


def list_missing_codes(probe: Probe, path: str) -> Sequence[str]:
    """The contract's codes that the platform does not show under their own names."""
    members = _list_members(probe, path)
    if path == _PRESENCE:
        # What somebody is not right now does not show.
        return [] if set(members) <= set(CODES[path]) else CODES[path]
    return [code for code in CODES[path] if code not in members] if _has_enumeration(probe, path) else []


def list_unknown_codes(probe: Probe, path: str) -> Sequence[Code]:
    """What the platform has besides the contract's codes."""
    return [code for code in _list_members(probe, path) if code not in CODES[path]]


def _has_enumeration(probe: Probe, path: str) -> bool:
    return path != _PRESENCE and bool((probe.enumerations or {}).get(path))


def _list_members(probe: Probe, path: str) -> Sequence[Code]:
    if _has_enumeration(probe, path):
        return (probe.enumerations or {})[path]
    name = find_presence(probe) if path == _PRESENCE else None
    seen = (probe.codes or {}).get(f"users {name}" if name else path, [])
    return [code for code in seen if code != "other"]


def find_presence(probe: Probe) -> str | None:
    """The field of users that tells who is online: `presence`, or another whose values say the same."""
    known = frozenset[Code]().union(*_PRESENCES.values())
    named = {path.partition(" ")[2]: seen for path, seen in (probe.codes or {}).items() if " " in path}
    fitting = [name for name, seen in named.items() if seen and all(_fold(code) in known for code in seen)]
    return "presence" if "presence" in fitting else next(iter(sorted(fitting)), None)


def _find_field_names(probe: Probe) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for field in list_fields():
        there, other = is_there(probe, field), find_other_name(probe, field)
        if field.kind is not Kind.ID and (there is False or (there is None and other)):
            found[field.path] = other
    return found


def find_other_name(probe: Probe, field: ExpectedField) -> str | None:
    """The name under which a platform has a field that is not there under its own; None if there is none."""
    if field.path == _PRESENCE:
        return find_presence(probe)
    known = {each.name for each in list_fields() if each.collection == field.collection}
    shapes = (probe.fields or {}).get(field.collection, {})
    allowed = SHAPES[field.kind] | {"empty", "empty list"}
    alike = [
        name
        for name, seen in shapes.items()
        if name not in known and allowed.issuperset(seen) and _is_alike(field.name, name, _FIELD_SYNONYMS)
    ]
    return next(iter(sorted(alike)), None)


def list_reference_forms(probe: Probe) -> Mapping[str, str | None]:
    """What a filter on each reference takes, the item or its id; None where neither was found by it."""
    forms: dict[str, str | None] = dict(probe.references or {})
    for path, name in _find_field_names(probe).items():
        collection, _dot, _own = path.partition(".")
        shapes = set((probe.fields or {}).get(collection, {}).get(name or "", [])) - {"empty"}
        if path in _REFERENCES and shapes:
            forms[path] = "id" if shapes == {"text"} else "item"
    return forms


def _find_plain_ids(probe: Probe) -> list[str] | None:
    forms = dict(list_reference_forms(probe))
    for path, form in list(forms.items()):
        # The two who wrote a row are kept alike, and one of them may be empty everywhere.
        forms.setdefault(path.replace("__createdBy", "__updatedBy"), form)
    plain = {path for path in PLAIN_IDS if forms.get(path) != "item"}
    plain |= {path for path, form in forms.items() if form == "id"}
    return sorted(plain) if plain != set(PLAIN_IDS) else None


def _find_codes(probe: Probe) -> dict[str, dict[str, Code]]:
    found = {
        path: _match_codes(list_missing_codes(probe, path), list_unknown_codes(probe, path), path)
        for path in CODES
        if path != _PRESENCE
    }
    found[_PRESENCE] = _match_presences(_list_members(probe, _PRESENCE))
    return {path: codes for path, codes in found.items() if codes}


def _match_presences(held: Sequence[Code]) -> dict[str, Code]:
    """Nobody may be offline just now: the word for it is then written like the other."""
    matched = {name: code for name, same in _PRESENCES.items() for code in held if _fold(code) in same}
    for name, other in (("online", "offline"), ("offline", "online")):
        if name in matched and other not in matched:
            match matched[name]:
                case bool(is_so):
                    matched[other] = not is_so
                case str(word):
                    writings = (str.capitalize, str.upper)
                    matched[other] = next((write(other) for write in writings if write(name) == word), other)
    return {name: code for name, code in matched.items() if code != name}


def _match_codes(missing: Sequence[str], unknown: Sequence[Code], path: str) -> dict[str, Code]:
    names = [code for code in unknown if isinstance(code, str)]
    matched: dict[str, Code] = {}
    for code in missing:
        alike = [name for name in names if _is_alike(code, name, _SYNONYMS)]
        if len(alike) == 1:
            matched[code] = alike[0]
    left = [code for code in missing if code not in matched]
    free = [name for name in names if name not in matched.values()]
    if path not in OPEN_CODES and len(left) == len(free) == 1:
        matched[left[0]] = free[0]
    return matched


def _is_alike(expected: str, name: str, synonyms: Mapping[str, Iterable[str]]) -> bool:
    one, other = _plain(expected), _plain(name)
    known = {_plain(word): set(words) for word, words in synonyms.items()}
    return one == other or other in known.get(one, set())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _fold(code: Code) -> Code:
    return code.lower() if isinstance(code, str) else code
