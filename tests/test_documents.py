"""What the documents point at exists: files, links between them, and modules to run."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PATH = re.compile(r"(?<![\w./-])(?:bot|handlers|tests|docs|\.ci|\.github)/[\w./-]*")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
MODULE = re.compile(r"python -m ((?:tests|lines_bot)\b[\w.]*)")


def list_missing(document: Path) -> list[str]:
    """Every path from the root, link from the document and module to run that leads nowhere."""
    text = document.read_text(encoding="utf-8")
    paths = [found.rstrip(".") for found in PATH.findall(text)]
    links = LINK.findall(text)
    modules = [found.rstrip(".") for found in MODULE.findall(text)]
    return [
        *(path for path in paths if not (ROOT / path).exists()),
        *(link for link in links if not (document.parent / link).exists()),
        *(module for module in modules if find_spec(module) is None),
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_a_document_names_is_there(document: Path) -> None:
    assert list_missing(document) == []


def test_what_is_gone_is_found(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    document.write_text(
        "See `bot/lines_bot/desks/`, tests/stories, `.ci/ran` and [why](decisions/0000.md).\n"
        "Run `python -m tests.gone 5`.",
        encoding="utf-8",
    )
    assert list_missing(document) == ["bot/lines_bot/desks/", ".ci/ran", "decisions/0000.md", "tests.gone"]
