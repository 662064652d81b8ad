"""Fixtures that every room of the tests may use."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.story import Story, open_story


def pytest_xdist_auto_num_workers() -> int:
    """Two to a core: half of the time a test waits, mostly for connections to close."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A story; whatever it tells, no secret of the bot may stand in what is left of it."""
    async with open_story(tmp_path) as told:
        yield told
    assert told.find_secrets() == {}


@pytest.fixture
async def calm(story: Story) -> Story:
    """A story whose company is well, looked at once."""
    story.make_well()
    await story.poll()
    assert story.team.answers == []
    return story
