"""Long lists in pieces that fit a phone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Other = TypeVar("Other")

PAGE_SIZE = 8


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One piece of a list: `number` of `pages`, from 0, and the place of its `first` item, from 1."""

    items: Sequence[Item] = field(hash=False)
    number: int
    pages: int
    total: int
    first: int = 1

    def carry(self, items: Sequence[Other]) -> "Page[Other]":
        """The same place in the list, with its items shown otherwise."""
        return Page(items, self.number, self.pages, self.total, self.first)


def paginate(items: Sequence[Item], number: int, size: int = PAGE_SIZE) -> Page[Item]:
    """The page of that number, or the nearest there is: lists shrink while people read."""
    pages = max(1, -(-len(items) // size))
    number = min(max(number, 0), pages - 1)
    start = number * size
    return Page(items[start : start + size], number, pages, len(items), start + 1)
