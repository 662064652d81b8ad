"""The house stands: no floor uses one above it, and nothing below the chat knows aiogram."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ABOVE_TELEGRAM = {"__main__", "app", "check", "connections", "demo", "health", "service"}
CORE = sorted(
    path
    for path in (ROOT / "bot").rglob("*.py")
    if path.relative_to(ROOT / "bot").parts[0]
    not in {"telegram", "sandbox"} | {f"{name}.py" for name in ABOVE_TELEGRAM}
)
FORBIDDEN = {
    "bot/lines": (
        "bot.alerts",
        "bot.store",
        "bot.telegram",
        "bot.settings",
        "bot.sandbox",
        "handlers",
        "aiogram",
    ),
    "bot/sandbox": ("bot.alerts", "bot.store", "bot.telegram", "bot.settings", "bot.app", "handlers"),
    "bot/store": ("bot.alerts", "bot.telegram", "bot.sandbox", "handlers", "aiogram"),
    "bot/alerts": ("bot.telegram", "bot.sandbox", "bot.operations", "handlers", "aiogram"),
    "bot/desks": ("bot.telegram", "bot.sandbox", "bot.performer", "handlers", "aiogram"),
    "bot/telegram": ("bot.sandbox", "bot.app", "handlers"),
    "handlers": ("bot.sandbox", "bot.app", "bot.store"),
}


def list_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def is_under(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_floor_uses_one_above_it(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / folder).rglob("*.py")
        for module in list_imports(path)
        if any(is_under(module, package) for package in FORBIDDEN[folder])
    ]
    assert found == []


def test_nothing_below_the_chat_knows_aiogram() -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in CORE
        for module in list_imports(path)
        if is_under(module, "aiogram") or is_under(module, "bot.telegram")
    ]
    assert len(CORE) > 30
    assert found == []
