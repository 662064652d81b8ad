"""`lines-bot probe` and `lines-bot bridge --fit`: a company looked at, and the script that knows it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from lines_bot.lines import LinesClient, LinesError
from lines_bot.lines.probe import Probe
from lines_bot.probe.facts import Fact, Verdict, is_fitted, list_facts
from lines_bot.probe.fitting import find_differences, write_script

_NO_PROBE = (
    "The bridge {bridge} has no probe. Write the newer script with `lines-bot bridge > bridge.ts`, paste it "
    "over the old one in the module's Scripts tab, publish the module and run `lines-bot probe` again."
)
_FIT = (
    "The script must know this: `lines-bot bridge --fit {file} > bridge.ts` writes it into its table. "
    "Paste it over the old one in the module's Scripts tab and publish the module."
)
_NOTHING = "Nothing is to be done: the script in ELMA365 knows this company."
_SENDING = "{file} holds names, shapes, counts and times, and nobody's words: it can go into a bug report."


class ProbeFailed(Exception):
    """A sentence about what kept a company from being looked at, or a script from being written."""


async def look(lines: LinesClient) -> Probe:
    """What the bridge sees of the company. ProbeFailed if it has no probe or does not answer."""
    try:
        described = await lines.describe()
        if "system.probe" not in described.methods:
            raise ProbeFailed(_NO_PROBE.format(bridge=described.bridge))
        return await lines.read_probe()
    except LinesError as error:
        raise ProbeFailed(str(error)) from None


def report(probe: Probe, file: Path) -> Iterator[str]:
    """Write what was seen into `file`, and give the lines of the table. ProbeFailed if it cannot be."""
    try:
        file.write_text(probe.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ProbeFailed(f"{file} cannot be written: {error.strerror}.") from None
    yield from list_lines(list_facts(probe))
    yield ""
    yield _NOTHING if is_fitted(probe) else _FIT.format(file=file)
    yield _SENDING.format(file=file)


def list_lines(facts: Sequence[Fact]) -> Iterator[str]:
    """A line for each fact that is to be looked at, and one for all of a group that are as expected."""
    for group, same in groupby(facts, lambda fact: fact.group):
        all_of_group = list(same)
        expected = [fact for fact in all_of_group if fact.verdict is Verdict.EXPECTED]
        names = ", ".join(f"{fact.name} {fact.found}".strip() for fact in expected)
        if expected:
            yield f"{Verdict.EXPECTED.value:4} {group}{f' {names}' if names else ''}: as expected"
        for fact in all_of_group:
            if fact.verdict is not Verdict.EXPECTED:
                found = fact.found or "cannot be seen"
                yield f"{fact.verdict.value:4} {fact.title}: {found}. What to do: {fact.advice}."


def read_probe(file: Path) -> Probe:
    """What `look` wrote. ProbeFailed if it cannot be read."""
    try:
        return Probe.model_validate_json(file.read_bytes(), by_alias=True)
    except OSError as error:
        raise ProbeFailed(f"{file} cannot be read: {error.strerror}.") from None
    except ValidationError:
        raise ProbeFailed(f"{file} is not what `lines-bot probe` wrote: run it again.") from None


def fit_script(script: str, file: Path) -> str:
    """The script with the differences that were seen."""
    return write_script(script, find_differences(read_probe(file)))
