"""Pages: every item is on exactly one, in order, and no number leads nowhere."""

from hypothesis import given
from hypothesis import strategies as some

from lines_bot.pagination import PAGE_SIZE, paginate

LISTS = some.lists(some.integers(), max_size=100)


@given(LISTS, some.integers(1, 20))
def test_the_pages_together_are_the_list(items: list[int], size: int) -> None:
    pages = [paginate(items, number, size) for number in range(paginate(items, 0, size).pages)]
    assert [item for page in pages for item in page.items] == items
    assert all(len(page.items) == size for page in pages[:-1])


@given(LISTS, some.integers())
def test_any_number_leads_to_the_nearest_page(items: list[int], number: int) -> None:
    page = paginate(items, number)
    assert page.number == min(max(number, 0), page.pages - 1)
    assert bool(page.items) == bool(items)
    assert page.total == len(items)


@given(LISTS, some.integers(0, 20))
def test_the_place_of_the_first_item_counts_from_one(items: list[int], number: int) -> None:
    page = paginate(items, number)
    assert items[page.first - 1 : page.first - 1 + PAGE_SIZE] == page.items


def test_an_empty_list_has_one_empty_page() -> None:
    page = paginate(list[int](), 3)
    assert (page.number, page.pages, page.total) == (0, 1, 0)


def test_a_page_keeps_its_place_when_its_items_are_shown_otherwise() -> None:
    page = paginate(range(20), 1)
    carried = page.carry([str(item) for item in page.items])
    assert list(carried.items) == [str(number) for number in range(8, 16)]
    assert (carried.number, carried.pages, carried.total, carried.first) == (1, 3, 20, 9)
