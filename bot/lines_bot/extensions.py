"""Commands, buttons and hooks of others: modules whose `setup(lines)` adds them."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from lines_bot.plugin import LinesBot
from lines_bot.settings import BadSettings

_GROUP = "lines_bot.extensions"


@runtime_checkable
class Extension(Protocol):
    """What a module must have to be one."""

    def setup(self, lines: LinesBot) -> None:
        """Add what it has; called once, before the start."""


def add_extensions(lines: LinesBot, names: Sequence[str]) -> Sequence[str]:
    """Set up the modules of these names and those of installed packages; the names of all.

    Raises BadSettings, which names the broken one.
    """
    found = dict.fromkeys([*names, *_list_installed()])
    for name in found:
        try:
            module = import_module(name)
            if not isinstance(module, Extension):
                raise AttributeError("it has no setup(lines)")
            module.setup(lines)
        except Exception as error:
            reason = str(error).rstrip(".") or type(error).__name__
            raise BadSettings(f"The extension {name} cannot be used: {reason}.") from error
    return list(found)


def _list_installed() -> Iterator[str]:
    """Each entry point names a module."""
    return (each.module for each in entry_points(group=_GROUP))
