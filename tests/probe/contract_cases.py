"""The contract's suite as a list of cases, to be run on any server without a process for each."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from types import ModuleType
from typing import Any

from tests.contract import test_contract_calls, test_contract_operations, test_contract_search
from tests.contract.servers import Caller

_MODULES: tuple[ModuleType, ...] = (test_contract_calls, test_contract_operations, test_contract_search)


@dataclass(frozen=True)
class Case:
    """One test of the suite with one set of its parameters."""

    name: str
    test: Callable[..., Awaitable[None]]
    params: Mapping[str, Any]

    async def run(self, server: Caller) -> None:
        await self.test(server=server, **self.params)


def _list_cases() -> Iterator[Case]:
    for module in _MODULES:
        for name, test in vars(module).items():
            if name.startswith("test_") and "server" in signature(test).parameters:
                for params in _list_params(test):
                    case = Case(f"{name} {params}" if params else name, test, params)
                    assert {"server", *params} == set(signature(test).parameters), name
                    yield case


def _list_params(test: Any) -> Iterator[dict[str, Any]]:
    sets: list[dict[str, Any]] = [{}]
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names = (
                [each.strip() for each in mark.args[0].split(",")]
                if isinstance(mark.args[0], str)
                else mark.args[0]
            )
            rows = [row if len(names) > 1 else (row,) for row in mark.args[1]]
            sets = [known | dict(zip(names, row, strict=True)) for known in sets for row in rows]
    yield from sets


CASES = list(_list_cases())
