"""Every guess of the bridge beside what a company's platform is seen to have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from lines_bot.lines.probe import Probe
from lines_bot.probe.expectations import CODES, OPEN_CODES, PLAIN_IDS, SHAPES, Kind, list_fields
from lines_bot.probe.fitting import (
    find_differences,
    find_metrics,
    find_other_name,
    find_presence,
    is_there,
    list_missing_codes,
    list_reference_forms,
    list_unknown_codes,
)

FIT = "`--fit` writes it into the script"
_INSTEAD = "`--fit` lets the script do it itself"
_BY_HAND = "say which is which in COMPANY.codes at the top of the script"
_NOTHING = "nothing: it is shown as it comes"
_MOST_MILLISECONDS = 2000
_MESSAGE_FIELDS = ("__id", "__createdAt", "session", "body")
_MORE_ROWS = "run `lines-bot probe` again when there is more to look at"


class Verdict(Enum):
    EXPECTED = "ok"
    DIFFERS = "DIFF"
    UNSEEN = "?"


@dataclass(frozen=True)
class Fact:
    """`found` is what is there, `advice` what to do about it; both may be empty where all is as expected."""

    group: str
    name: str
    verdict: Verdict
    found: str = ""
    advice: str = ""

    @property
    def title(self) -> str:
        return f"{self.group} {self.name}".strip()


def list_facts(probe: Probe) -> Sequence[Fact]:
    """A verdict on everything that the bridge takes as given."""
    return [
        *_judge_collections(probe),
        *_judge_fields(probe),
        *_judge_codes(probe),
        *_judge_operators(probe),
        *_judge_references(probe),
        *_judge_searches(probe),
        *_judge_limits(probe),
        *_judge_rest(probe),
    ]


def list_differences(probe: Probe) -> Sequence[Fact]:
    return [fact for fact in list_facts(probe) if fact.verdict is Verdict.DIFFERS]


def is_fitted(probe: Probe) -> bool:
    """The script that was asked knows everything of this company that a script can know."""
    return find_differences(probe) == probe.company


def _judge_collections(probe: Probe) -> Iterator[Fact]:
    for name in ("lines", "channels", "clients", "sessions", "users", "userGroups"):
        if name in probe.collections:
            yield Fact("collection", name, Verdict.EXPECTED)
        else:
            advice = "give the token's user the right to read it, and publish the module again"
            yield Fact("collection", name, Verdict.DIFFERS, "cannot be read", advice)


def _judge_fields(probe: Probe) -> Iterator[Fact]:
    shapes = probe.fields or {}
    for field in list_fields():
        if field.kind is Kind.ID or field.collection not in probe.collections:
            continue
        seen = set(shapes.get(field.collection, {}).get(field.name, [])) - {"empty", "empty list"}
        there, other = is_there(probe, field), find_other_name(probe, field)
        if there is None and not other:
            yield Fact("field", field.path, Verdict.UNSEEN, advice=_MORE_ROWS)
        elif not there:
            found = f"its name is {other}" if other else "there is none"
            yield Fact("field", field.path, Verdict.DIFFERS, found, FIT)
        elif seen - SHAPES[field.kind]:
            found = ", ".join(sorted(seen))
            yield Fact("field", field.path, Verdict.DIFFERS, f"it holds: {found}", "send us probe.json")
        else:
            yield Fact("field", field.path, Verdict.EXPECTED)
    for name in _MESSAGE_FIELDS:
        if not shapes.get("messages"):
            yield Fact("field", f"messages.{name}", Verdict.UNSEEN, advice=_MORE_ROWS)
        elif name in shapes["messages"]:
            yield Fact("field", f"messages.{name}", Verdict.EXPECTED)
        elif name != "__id":
            yield Fact("field", f"messages.{name}", Verdict.DIFFERS, "there is none", "send us probe.json")


def _judge_codes(probe: Probe) -> Iterator[Fact]:
    company = find_differences(probe)
    for path in CODES:
        if path == "users.presence" and find_presence(probe) is None:
            yield Fact("codes", path, Verdict.UNSEEN, advice=_MORE_ROWS)
            continue
        missing, unknown = list_missing_codes(probe, path), list_unknown_codes(probe, path)
        matched = company.codes.get(path, {})
        others = ", ".join(str(code) for code in unknown if code not in matched.values())
        found = ", ".join(f"{code} is {name}" for code, name in matched.items())
        lost = [code for code in missing if code not in matched] if path != "users.presence" else []
        if lost:
            told = f"{', '.join(lost)} not found; there are {others or 'no others'}"
            yield Fact("codes", path, Verdict.DIFFERS, "; ".join(filter(None, [found, told])), _BY_HAND)
        elif matched:
            yield Fact("codes", path, Verdict.DIFFERS, found, FIT)
        elif others and path not in OPEN_CODES:
            yield Fact("codes", path, Verdict.DIFFERS, f"there are also {others}", _NOTHING)
        else:
            yield Fact("codes", path, Verdict.EXPECTED)
    for path in probe.plain_codes or []:
        yield Fact("filters by", path, Verdict.DIFFERS, "they take the code, not the member", FIT)


def _judge_operators(probe: Probe) -> Iterator[Fact]:
    named = [
        ("operator", path, path.partition(".")[2], name) for path, name in (probe.operators or {}).items()
    ]
    named += [("group", expected, expected, name) for expected, name in (probe.groups or {}).items()]
    for group, title, expected, name in named:
        if name == expected:
            yield Fact(group, title, Verdict.EXPECTED)
        elif name is None:
            yield Fact(group, title, Verdict.DIFFERS, "there is none that answers like it", _INSTEAD)
        else:
            yield Fact(group, title, Verdict.DIFFERS, f"its name is {name}", FIT)
    if not probe.operators:
        yield Fact("operator", "", Verdict.UNSEEN, advice=_MORE_ROWS)


def _judge_references(probe: Probe) -> Iterator[Fact]:
    for path, form in list_reference_forms(probe).items():
        expected = "id" if path in PLAIN_IDS else "item"
        if form == expected:
            yield Fact("filters by", path, Verdict.EXPECTED)
        elif form is None:
            # The items that these point at may be out of sight of the token's user.
            yield Fact("filters by", path, Verdict.UNSEEN, advice=_MORE_ROWS)
        else:
            yield Fact("filters by", path, Verdict.DIFFERS, f"they take the {form}, not the {expected}", FIT)


def _judge_searches(probe: Probe) -> Iterator[Fact]:
    yield _judge("times in filters", probe.times, "Datetime", f"they are {probe.times}", FIT)
    empty = "it leaves empty fields out"
    yield _judge("neq and empty fields", probe.neq_finds_empty, True, empty, _INSTEAD)
    yield _judge("sort by several fields", probe.sort_keys, 2, "only one counts", _INSTEAD)


def _judge_limits(probe: Probe) -> Iterator[Fact]:
    for name, page in (probe.pages or {}).items():
        if page.is_cut:
            found = f"{page.brought} rows where {page.asked} were asked for"
            advice = "nothing: the bot reads page after page"
            yield Fact("rows of a page:", name, Verdict.DIFFERS, found, advice)
        elif page.brought < page.asked:
            yield Fact("rows of a page:", name, Verdict.UNSEEN, f"{page.brought} came, and all", _MORE_ROWS)
        else:
            yield Fact("rows of a page:", name, Verdict.EXPECTED)
    for act, took in (probe.milliseconds or {}).items():
        if took > _MOST_MILLISECONDS:
            advice = "nothing now: the bot waits longer; ask the platform's support if it stays so"
            yield Fact("time of a", act, Verdict.DIFFERS, f"{took:.0f} ms", advice)
        else:
            yield Fact("time of a", act, Verdict.EXPECTED, f"{took:.0f} ms")


def _judge_rest(probe: Probe) -> Iterator[Fact]:
    unknown = "nothing: the platform itself decides who may close a session"
    yield _judge("user of the token", probe.user, True, "a script is not told", unknown)
    metrics = probe.metrics
    other = find_metrics(probe, other_than="metrics")
    if other:
        yield Fact("metrics", "", Verdict.DIFFERS, f"their name is {other}", FIT)
    elif metrics and "search" in metrics.beside.get("metrics", []):
        yield Fact("metrics", "", Verdict.EXPECTED, "the bridge reads them as metrics.search")
    else:
        yield Fact(
            "metrics", "", Verdict.UNSEEN, "there are none", "nothing: the bot keeps samples of its own"
        )
    for name in ("what moves __updatedAt", "the platform's words for its rules"):
        yield Fact(
            name, "", Verdict.UNSEEN, advice="nothing: only a change would show it, and a probe makes none"
        )
    if probe.late:
        yield Fact("time of the probe", "", Verdict.UNSEEN, "it was up before the end", _MORE_ROWS)


def _judge(group: str, seen: object, expected: object, found: str, advice: str) -> Fact:
    if seen is None:
        return Fact(group, "", Verdict.UNSEEN, advice=_MORE_ROWS)
    if seen == expected:
        return Fact(group, "", Verdict.EXPECTED)
    return Fact(group, "", Verdict.DIFFERS, found, advice)
