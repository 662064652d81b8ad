"""A family of alerts is one class and its words: nothing else tells one from another."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from aiogram.utils.formatting import Text

from lines_bot.alerts.engine import Level, Observation
from lines_bot.alerts.families import FAMILIES, list_keys, list_muting_keys, list_related_keys, read_subject
from lines_bot.alerts.policy import Policy
from lines_bot.alerts.subjects import Evaluation, Reading, Subject
from lines_bot.references import Kind
from lines_bot.telegram.alerts.reader import AlertReader
from lines_bot.telegram.views.alerts import render_why
from lines_bot.telegram.views.incidents.renderers import RENDERERS, Renderer
from lines_bot.telegram.views.models import IncidentSummary
from tests.samples import BLIND, CHAT, GROWTH, QUEUE, read
from tests.test_floors import FILES, ROOT
from tests.watch import TEAM, open_watch

SAMPLES: list[Subject] = [CHAT, QUEUE, GROWTH, BLIND]
ROOMS = ("bot/lines_bot/alerts/families.py", "bot/lines_bot/telegram/views/incidents/renderers.py")


def test_every_family_has_its_words() -> None:
    assert {each.family for each in SAMPLES} == FAMILIES.keys() == RENDERERS.keys()


@pytest.mark.parametrize("subject", SAMPLES, ids=lambda each: each.family)
def test_a_subject_is_read_as_it_was_stored(subject: Subject) -> None:
    assert read_subject(subject.dump()) == subject


def test_a_queue_that_an_older_version_stored_is_read() -> None:
    stored = {"family": "queue", "id": "3", "line": "Shop", "waiting": 1, "oldest": None, "full_at": None}
    assert read_subject(stored).title == "Shop"
    assert read_subject(stored | {"family": "growth"}).family == "growth"


def test_the_first_key_of_a_line_mutes_every_family_of_it_and_the_others_themselves() -> None:
    first, *others = list_keys(Kind.LINE, "shop")
    assert list_muting_keys(first) == [first, first]
    for key in others:
        assert list_muting_keys(key) == [key, first]
        assert list_related_keys(key) == [first, *others]
    assert list_related_keys("source") == ["source"]


class PrinterSubject(Subject):
    """A printer is out of paper wherever a line is called so."""

    family: ClassVar[str] = "printer"
    kind: ClassVar[Kind | None] = Kind.LINE
    paper: int

    @property
    def title(self) -> str:
        return f"Printer {self.id}"

    @classmethod
    def observe(cls, reading: Reading) -> Iterator[tuple[str, Evaluation]]:
        for line in reading.snapshot.lines.values():
            subject = cls(id=line.id, paper=0)
            level = Level.BAD if line.name == "out of paper" else Level.WELL
            yield subject.key, Evaluation(Observation(level), reading.book.find(line.id).channel, subject)


class PrinterRenderer(Renderer):
    def describe(self, shown: IncidentSummary) -> list[Text]:
        paper = PrinterSubject.narrow(shown.incident.subject).paper
        return [Text(self.mark(shown.incident), " ", self.name(shown), f": {paper} sheets")]

    def describe_group(self, bad: int, total: int, *, is_over: bool) -> str:
        return f"{bad} of {total} printers"

    def describe_rule(self, policy: Policy) -> str:
        return f"Rule: paper for {policy.channel.bad_for}"


async def test_a_new_family_is_a_class_and_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAMILIES, "printer", PrinterSubject)
    monkeypatch.setitem(RENDERERS, "printer", PrinterRenderer())
    async with open_watch(tmp_path) as watch:
        for number in (1, 2):
            watch.lines.add(f"c{number}", f"l{number}")
        await watch.poll()
        watch.lines.lines["l1"] = watch.lines.lines["l1"].model_copy(update={"name": "out of paper"})
        await watch.poll(times=3)
        (card,) = watch.telegram.list_messages(TEAM)
        assert card.text.startswith("🔴 Printer l1 #")
        assert card.text.endswith(": 0 sheets")
        reader = AlertReader(watch.card_store, watch.incidents, watch.facts, watch.suppressions, watch.rules)
        why = read(render_why(await reader.explain_card(1, TEAM.chat)))
        assert why.startswith("Printer l1\n🔴 ")
        assert "Rule: paper for 0:00:20" in why
        watch.start()
        await watch.mutes.mute(list_keys(Kind.LINE, "l1")[0], None, "Anna")
        await watch.poll()
        assert "Muted by Anna until fixed" in card.text
        watch.lines.lines["l2"] = watch.lines.lines["l2"].model_copy(update={"name": "out of paper"})
        await watch.poll(times=3)
        assert card.text.startswith("🔴 2 of 2 printers\n")
        for line in ("l1", "l2"):
            watch.lines.lines[line] = watch.lines.lines[line].model_copy(update={"name": line})
        await watch.poll(times=7)
        assert card.text.startswith("🟢 0 of 2 printers\n")
        assert await watch.mutes.list(watch.clock.now()) == {}


def find_family_tests(path: Path) -> Iterator[int]:
    """The lines that ask which family something is of."""
    names = {each.__name__ for each in FAMILIES.values()} | FAMILIES.keys()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            asked = any(isinstance(each, ast.Attribute) and each.attr == "family" for each in sides)
            if asked and any(isinstance(each, ast.Constant | ast.Tuple | ast.Set) for each in sides):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            if any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node.args[1])):
                yield node.lineno
        elif isinstance(node, ast.Constant) and str(node.value).startswith(
            tuple(f"{each}:" for each in names)
        ):
            yield node.lineno


def test_nothing_else_asks_which_family_something_is_of() -> None:
    rooms = {ROOT / room for room in ROOMS}
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, part in FILES.items()
        if path not in rooms and part != "sandbox"
        for line in find_family_tests(path)
    ]
    assert found == []
