"""What the bot does by itself: a step that fails keeps no other from its turn, and is not kept quiet."""

import pytest

from lines_bot.store.errors import DatabaseFull, DatabaseLocked
from tests.story import Story


async def test_a_step_that_fails_keeps_the_others_from_nothing(
    calm: Story, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise RuntimeError("a flaw")

    monkeypatch.setattr(calm.app.jobs.boards, "update", fail)
    monkeypatch.setattr(calm.app.jobs.operations, "complete_unfinished", fail)
    calm.break_channel("Shop Instagram")
    await calm.poll(times=3)
    assert "Shop Instagram" in calm.team.answers[-1].text
    assert "failed; its next turn tries again" in caplog.text


@pytest.mark.parametrize(
    "trouble", [DatabaseFull("memory.db"), DatabaseLocked("memory.db"), RuntimeError("a flaw")]
)
async def test_looks_that_cannot_be_kept_are_told_once_and_again_when_it_is_over(
    calm: Story, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    async def fail(*_arguments: object) -> None:
        raise trouble

    monkeypatch.setattr(calm.app.jobs.monitor._incidents, "record", fail)
    last = calm.app.jobs.monitor.last
    # Telegram lets a bot write only to whoever wrote to it first.
    await calm.ask(calm.admin, "/start")
    before = len(calm.admin.private.answers)
    await calm.poll(times=2)
    assert len(calm.admin.private.answers) == before
    assert calm.app.jobs.monitor.last == last, "a look that was not kept is none"
    assert "came to nothing" in "\n".join(await calm.app.health.list_troubles())
    await calm.poll(times=3)
    [told] = calm.admin.private.answers[before:]
    assert "I cannot watch Lines: alerts may be missing." in told.text
    assert b"lines_bot_failed_looks 5.0" in await calm.app.health.measure()
    monkeypatch.undo()
    await calm.poll()
    assert "Watching Lines again; 5 checks failed." in calm.admin.private.answers[-1].text
    assert await calm.app.health.list_troubles() == []
