"""Filters of the contract, compiled to predicates over items. Everything unknown is refused by name."""

from collections.abc import Callable, Iterable, Mapping

from lines_bot.sandbox.errors import CallError, invalid
from lines_bot.sandbox.fields import LIST, OPERATORS, ORDER, Field, Item, Kind
from lines_bot.sandbox.times import format_time, parse_time

Predicate = Callable[[Item], bool]

MAX_DEPTH = 8
MAX_VALUES = 1000


def compile_filter(where: object, fields: Mapping[str, Field]) -> Predicate:
    return _Compiler(fields).compile(where, depth=1)


class _Compiler:
    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.values = 0

    def compile(self, node: object, depth: int) -> Predicate:
        if depth > MAX_DEPTH:
            raise invalid(f"Param 'where' is nested deeper than {MAX_DEPTH}.")
        if not isinstance(node, dict) or len(node) != 1:
            raise invalid("Param 'where' must consist of objects with exactly one key.")
        ((operator, operand),) = node.items()
        if operator == "not":
            inner = self.compile(operand, depth + 1)
            return lambda item: not inner(item)
        if operator in ("and", "or"):
            if not isinstance(operand, list) or not operand:
                raise invalid(f"Param 'where': '{operator}' needs a list of at least one filter.")
            branches = [self.compile(branch, depth + 1) for branch in operand]
            combine = all if operator == "and" else any
            return lambda item: combine(branch(item) for branch in branches)
        return self.leaf(operator, operand)

    def leaf(self, operator: str, operand: object) -> Predicate:
        if not any(operator in allowed for allowed in OPERATORS.values()):
            raise invalid(f"Param 'where': there is no operator '{operator}'.")
        if not isinstance(operand, list) or len(operand) != 2 or not isinstance(operand[0], str):
            raise invalid(f"Param 'where': '{operator}' needs [field, value].")
        name, value = operand
        field = self.fields.get(name)
        if field is None:
            raise invalid(f"Param 'where': there is no field '{name}' here.")
        if operator not in OPERATORS[field.kind]:
            raise invalid(f"Param 'where': field '{name}' does not know '{operator}'.")
        if operator in ("in", "all"):
            if not isinstance(value, list):
                raise invalid(f"Param 'where': '{operator}' of '{name}' needs a list of values.")
            values = [self.value(field, operator, each) for each in value]
            return _among(name, values) if operator == "in" else _holds(name, values)
        wanted = self.value(field, operator, value)
        if operator == "has":
            return _holds(name, [wanted])
        if operator == "like":
            return _contains(name, str(wanted))
        if operator in ORDER:
            return _compares(name, operator, str(wanted))
        return _among(name, [wanted]) if operator == "eq" else _differs(name, wanted)

    def value(self, field: Field, operator: str, value: object) -> str | None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise invalid(f"Param 'where' holds more than {MAX_VALUES} values.")
        if value is None and operator not in ORDER | LIST | {"like"}:
            return None
        match field.kind, value:
            case Kind.TIME, {"$time": str(text), **rest} if not rest:
                try:
                    return format_time(parse_time(text))
                except (ValueError, OverflowError):
                    raise self.misfit(field) from None
            case ((Kind.REFERENCE | Kind.REFERENCES), {"$ref": [field.target, str(identifier)], **rest}) if (
                not rest
            ):
                return identifier
            case ((Kind.ID | Kind.TEXT | Kind.CODE | Kind.REFERENCE | Kind.REFERENCES), str(text)):
                return text
            case _:
                raise self.misfit(field)

    def misfit(self, field: Field) -> CallError:
        return invalid(f"Param 'where': field '{field.name}' cannot be compared with that value.")


def _among(name: str, values: list[str | None]) -> Predicate:
    # An application item is an object: it is compared with null only, and cannot be looked up in a set.
    if values == [None]:
        return lambda item: item.get(name) is None
    wanted = frozenset(values)
    return lambda item: item.get(name) in wanted


def _differs(name: str, value: str | None) -> Predicate:
    return lambda item: item.get(name) != value


def _holds(name: str, values: list[str | None]) -> Predicate:
    wanted = frozenset(values)
    return lambda item: wanted.issubset(item.get(name) or ())


def _contains(name: str, text: str) -> Predicate:
    wanted = text.lower()
    return lambda item: wanted in (item.get(name) or "").lower() and item.get(name) is not None


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}


def _compares(name: str, operator: str, value: str) -> Predicate:
    compare = COMPARISONS[operator]

    def predicate(item: Item) -> bool:
        present = item.get(name)
        return present is not None and compare(present, value)

    return predicate


def sort_items(items: Iterable[Item], order: list[tuple[str, bool]]) -> list[Item]:
    """By `(field, ascending)` pairs, the first weighs most. Nulls come first ascending; ties keep order."""
    result = list(items)
    for name, ascending in reversed(order):
        result.sort(
            key=lambda item: (item.get(name) is not None, item.get(name) or ""), reverse=not ascending
        )
    return result
