"""A few hundred odd updates; thousands by `python -m tests.fuzz updates 3000 [seed]`."""

from pathlib import Path

import pytest

from tests.fuzz.updates import try_updates


@pytest.mark.timeout(300)
async def test_whatever_update_comes_the_process_goes_on_and_lines_is_not_changed(tmp_path: Path) -> None:
    tally = await try_updates(300, 7, tmp_path)
    assert tally.faults == {}
    assert tally.changed_by_odd == []
    assert tally.changed_by_good == ["channels.reconnect"]
    assert tally.exit_code == 0
    assert tally.unreadable > 30
