"""Searches: what to look for, in which order, and how much of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic

from lines_bot.lines.errors import BadAnswer
from lines_bot.lines.models import I, Page
from lines_bot.lines.query import Column, Field, Filter, ItemFields, V
from lines_bot.lines.transport import Transport

PAGE = 10_000
MOST_PAGES = 1000
MOST_ITEMS = 1_000_000


async def read_pages(
    read: Callable[[int, int], Awaitable[Page[I]]],
    collection: str,
    *,
    page_size: int,
    start: int = 0,
    limit: int | None = None,
) -> list[I]:
    """Up to `limit` items from `start` on; `read` takes an offset and a size, and may give fewer.

    It is asked until a page brings nothing new, or is not full and the last of as many as were counted.
    BadAnswer if full pages repeat or the pages do not end.
    """
    found: dict[str, I] = {}
    offset = start
    for _ in range(MOST_PAGES):
        size = page_size if limit is None else min(page_size, limit - len(found))
        page = await read(offset, size)
        known = len(found)
        for item in page.result:
            found.setdefault(item.id, item)
        offset += len(page.result)
        if len(found) == known and len(page.result) == page_size:
            raise BadAnswer(f"Lines repeats the same page of {collection} again and again.")
        all_counted = len(page.result) < size and start + len(found) == page.total
        if len(found) in (known, limit) or all_counted:
            return list(found.values())
        if len(found) >= MOST_ITEMS:
            break
    raise BadAnswer(f"Lines never stops sending {collection}: {len(found)} came.")


@dataclass(frozen=True)
class Search(Generic[I]):
    """An unsent search: each step returns a new one; `all`, `first` and `count` send it.

    Deletion is soft: deleted items are found too, unless a filter leaves them out.
    """

    transport: Transport
    collection: str
    page: type[Page[I]]
    condition: Filter | None = None
    order: tuple[tuple[str, bool], ...] = ()
    start: int = 0
    limit: int | None = None
    columns: tuple[str, ...] = ()

    def where(self, *filters: Filter) -> "Search[I]":
        """Only items that meet every filter, and those of earlier calls."""
        condition = self.condition
        for each in filters:
            condition = each if condition is None else condition & each
        return replace(self, condition=condition)

    def only(self, *columns: Column) -> "Search[I]":
        """Read these fields and the id alone; the others are empty in what is found."""
        return replace(self, columns=tuple(each.name for each in columns))

    def sort(self, field: Field[V], ascending: bool = True) -> "Search[I]":
        """Order by `field`, within the order of earlier calls."""
        return replace(self, order=(*self.order, (field.name, ascending)))

    def offset(self, items: int) -> "Search[I]":
        """Leave out the first `items`."""
        if items < 0:
            raise ValueError(f"An offset is 0 or more, not {items}.")
        return replace(self, start=items)

    def size(self, items: int) -> "Search[I]":
        """At most `items`; without a size, all there are."""
        if items < 1:
            raise ValueError(f"A size is 1 or more, not {items}.")
        return replace(self, limit=items)

    async def all(self) -> list[I]:
        """Everything found: as many pages as it takes. BadAnswer if the pages do not end."""
        return await read_pages(
            self._read_page, self.collection, page_size=PAGE, start=self.start, limit=self.limit
        )

    async def first(self) -> I | None:
        found = (await self._read_page(self.start, 1, total=False)).result
        return found[0] if found else None

    async def count(self) -> int:
        """How many there are, whatever the offset and the size."""
        params = {**self._params(), "size": 1, "fields": [ItemFields.id.name], "total": True}
        total = (await self._ask(params)).total
        if total is None:
            raise BadAnswer(f"Lines did not count the {self.collection}.")
        return total

    async def _read_page(self, start: int, size: int, total: bool = True) -> Page[I]:
        order = self.order
        if ItemFields.id.name not in dict(order):
            # Equal items would change places from page to page.
            order = (*order, (ItemFields.id.name, True))
        sort = [{"field": field, "ascending": ascending} for field, ascending in order]
        page = await self._ask({**self._params(), "sort": sort, "from": start, "size": size, "total": total})
        if len(page.result) > size:
            raise BadAnswer(f"Lines sent {len(page.result)} {self.collection} where {size} were asked for.")
        return page

    def _params(self) -> dict[str, object]:
        params: dict[str, object] = {} if self.condition is None else {"where": self.condition.expression}
        return {**params, "fields": list(self.columns)} if self.columns else params

    async def _ask(self, params: dict[str, object]) -> Page[I]:
        return await self.transport.read(f"{self.collection}.search", params, self.page)
