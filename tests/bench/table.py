"""The figures of all rounds as a Markdown table."""

from collections.abc import Mapping, Sequence
from statistics import median

from tests.bench.scenarios import RATES, Figures
from tests.bench.subjects import BARE, NAIVE, PRODUCT, PYTHON_TELEGRAM_BOT, TELEBOT

IMPORT = "import aiogram"
Rounds = Mapping[str, Sequence[Figures]]
_TAPS = [f"taps at {rate}" for rate in RATES]
# The figure, what it is divided by, and what is to be reached.
_RATIOS = [
    ("commands a second", BARE, "commands a second", "≥ 0.7"),
    ("commands a second", NAIVE, "commands a second", "≥ 3"),
    ("commands a second", PYTHON_TELEGRAM_BOT, "commands a second", "> 1"),
    ("commands a second", TELEBOT, "commands a second", "> 1"),
    ("ms of CPU a command", BARE, "ms of CPU a command", "≤ 1.4"),
    *((f"{taps}, p99", BARE, f"{taps}, p99", "≤ 1.5") for taps in _TAPS),
    ("taps while one is blocked, p99", PRODUCT, f"{_TAPS[0]}, p99", "≤ 1.2"),
    ("start", IMPORT, "start", "≤ 1.2"),
    ("memory", IMPORT, "memory", "≤ 1.3"),
]
_UNITS = {"p50": "ms", "p99": "ms", "longest stop": "ms", "memory": "MiB", "start": "s"}


def write_table(rounds: Rounds, skipped: Sequence[str]) -> str:
    """Medians with minimum and maximum: first the ratios within a round, then each bot's own figures."""
    lines = ["| ratio within a round | median | min – max | to reach |", "| --- | --- | --- | --- |"]
    for figure, peer, of, goal in _RATIOS:
        if peer in skipped:
            lines.append(f"| {figure} ÷ {peer} | skipped: not installed | | {goal} |")
            continue
        pairs = zip(rounds[PRODUCT], rounds[peer], strict=True)
        ratios = [ours[figure] / theirs[of] for ours, theirs in pairs]
        named = peer if of == figure else of
        lines.append(f"| {figure} ÷ {named} | {_write(ratios)} | {goal} |")
    lines += ["", "| figure | " + " | ".join(rounds) + " |", "| --- |" + " --- |" * len(rounds)]
    names = dict.fromkeys(name for trials in rounds.values() for trial in trials for name in trial)
    for name in names:
        cells = [
            _write([trial[name] for trial in trials if name in trial], " · ") for trials in rounds.values()
        ]
        lines.append(f"| {name}{_find_unit(name)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _write(values: Sequence[float], between: str = " | ") -> str:
    if not values:
        return "–"
    return f"{_round(median(values))}{between}{_round(min(values))} – {_round(max(values))}"


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _find_unit(name: str) -> str:
    return next((f", {unit}" for part, unit in _UNITS.items() if part in name), "")
