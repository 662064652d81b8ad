"""The house stands: no floor uses one above it, and nothing below the chat knows aiogram."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"lines_bot": ROOT / "bot/lines_bot", "lines_bot_handlers": ROOT / "handlers/lines_bot_handlers"}
# From the top down; a part uses only what stands below it, and `sandbox` only what stands on the ground.
FLOORS = (
    ("__main__",),
    ("demo",),
    ("check", "memory_commands", "runner"),
    ("app",),
    ("extensions",),
    ("plugin",),
    ("services",),
    ("jobs",),
    ("connections", "health", "heartbeat", "lines_bot_handlers", "logs"),
    ("telegram",),
    ("erasure", "queries"),
    ("retention",),
    ("operations", "statistics"),
    ("alerts",),
    ("people", "probe", "references", "snapshot", "vocabulary"),
    ("snapshot_reader",),
    ("clock", "i18n", "lines", "pagination", "sandbox", "settings", "spelling", "store"),
)
HEIGHTS = {part: len(FLOORS) - number for number, floor in enumerate(FLOORS) for part in floor}
CHAT = HEIGHTS["telegram"]
FILES = {
    path: _part
    for package, folder in PACKAGES.items()
    for path in sorted(folder.rglob("*.py"))
    if path.name != "__init__.py" or path.parent != folder
    for _part in [package if package == "lines_bot_handlers" else path.relative_to(folder).parts[0]]
}


def find_part(module: str) -> str | None:
    """The part of the house that a dotted name belongs to; None for a library."""
    package, _dot, rest = module.partition(".")
    if package == "lines_bot":
        return rest.split(".")[0] or None
    return package if package in PACKAGES else None


def list_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "lines_bot":
            yield from (f"lines_bot.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("part", HEIGHTS)
def test_no_floor_uses_one_above_it(part: str) -> None:
    files = [path for path, name in FILES.items() if name.removesuffix(".py") == part]
    assert files
    found = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files
        for module in list_imports(path)
        if (used := find_part(module)) is not None and used != part and HEIGHTS[used] >= HEIGHTS[part]
    ]
    assert found == []


def test_every_part_has_its_floor() -> None:
    assert {name.removesuffix(".py") for name in FILES.values()} == set(HEIGHTS)


def test_nothing_below_the_chat_knows_aiogram() -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path, name in FILES.items()
        if HEIGHTS[name.removesuffix(".py")] < CHAT and name != "sandbox"
        for module in list_imports(path)
        if module.split(".")[0] == "aiogram"
    ]
    assert found == []
