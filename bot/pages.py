"""Long lists in pieces that fit a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

PAGE_SIZE = 8


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One piece of a list; numbers begin at 0."""

    items: Sequence[Item]
    number: int
    pages: int
    total: int


def paginate(items: Sequence[Item], number: int, size: int = PAGE_SIZE) -> Page[Item]:
    """The page of that number, or the nearest there is: lists shrink while people read."""
    pages = max(1, -(-len(items) // size))
    number = min(max(number, 0), pages - 1)
    return Page(items[number * size : (number + 1) * size], number, pages, len(items))
