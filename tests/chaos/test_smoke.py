"""A smoke of the chaos, 25 kills; the long one is `python -m tests.chaos 500`."""

from pathlib import Path

import pytest

from tests.chaos.trial import try_kills

KILLS = 25


@pytest.mark.timeout(300)
async def test_kills_at_random_moments_lose_nothing_and_change_lines_once(tmp_path: Path) -> None:
    tally = await try_kills(KILLS, 7, tmp_path)
    assert tally.incidents > KILLS / 2
    assert tally.lost == []
    assert tally.untrue == []
    assert tally.duplicates <= 1
    assert tally.repeated_reconnects == 0
