"""Some odd answers; thousands by `python -m tests.fuzz answers 3000 [seed]`."""

from pathlib import Path

import pytest

from tests.fuzz.answers import try_answers


@pytest.mark.timeout(300)
async def test_whatever_telegram_answers_the_process_goes_on(tmp_path: Path) -> None:
    tally = await try_answers(150, 7, tmp_path)
    assert tally.faults == {}
    assert tally.exit_code == 0
    assert {"sendMessage", "editMessageText", "answerCallbackQuery"} <= set(tally.by_method)
