"""The pure rules of text, whatever the text."""

from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from lines_bot.sandbox.telegram.limits import check_text, clip, cut, found_entities, length
from lines_bot.sandbox.telegram.refusals import Refusal

PARTS = ["/queue", "@anna_lead", "https://a.example/x?y=1", "\N{GRINNING FACE}", "слово", " ", "\n", "."]
TEXTS = st.lists(st.sampled_from(PARTS) | st.text(max_size=5)).map("".join)


@given(TEXTS)
def test_what_is_found_in_a_text_is_cut_out_of_it_whole(text: str) -> None:
    for entity in found_entities(text):
        start = {"bot_command": "/", "mention": "@", "url": "https://"}[entity.type]
        assert cut(text, entity).startswith(start)


@given(TEXTS, st.lists(st.tuples(st.integers(-1, 30), st.integers(-1, 30)), max_size=3))
def test_an_accepted_text_keeps_every_entity_inside_and_nothing_found_overlaps(
    text: str, spans: list[tuple[int, int]]
) -> None:
    marked = [MessageEntity(type="bold", offset=offset, length=size) for offset, size in spans]
    try:
        kept = check_text(text, marked)
    except Refusal:
        return
    clipped = clip(marked, kept)
    assert all(entity.offset + entity.length <= length(kept) for entity in clipped)
    covered = {unit for entity in clipped for unit in range(entity.offset, entity.offset + entity.length)}
    for entity in found_entities(kept, clipped):
        assert covered.isdisjoint(range(entity.offset, entity.offset + entity.length))
