"""Telegram reached through a proxy: while that fails everything waits, as when Telegram itself is away."""

from collections.abc import AsyncIterator

import pytest
from aiogram.methods import SendMessage

from tests.proxies import Proxy, open_proxy
from tests.story import Story

BROKEN = "Shop Telegram"


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with open_proxy() as opened:
        yield opened


@pytest.fixture
async def proxied(story: Story, proxy: Proxy) -> AsyncIterator[Story]:
    """A story whose bot knows no other way to Telegram."""
    await story.restart(telegram_proxy=proxy.address())
    yield story
    await story.stop()


async def test_a_bot_behind_a_proxy_answers_through_it(proxied: Story, proxy: Proxy) -> None:
    answer = await proxied.ask(proxied.lead, "/channels", proxied.team)
    assert answer.text.startswith("Channels")
    assert proxy.carried > 0


async def test_a_bot_whose_proxy_went_down_answers_when_it_is_back(proxied: Story, proxy: Proxy) -> None:
    await proxied.ask(proxied.lead, "/channels", proxied.team)
    await proxy.stop()
    await proxied.lead.send("/status", proxied.team)
    await proxy.start()
    await proxied.driver.wait(
        lambda: len(proxied.team.answers) == 2, "the answer to what was asked meanwhile"
    )
    assert not any("Traceback" in line for line in proxied.log)


async def test_alerts_that_no_proxy_took_come_once_and_are_not_called_resent(
    proxied: Story, proxy: Proxy
) -> None:
    await proxy.stop()
    proxied.break_channel(BROKEN)
    await proxied.poll(times=4)
    assert proxied.servers.telegram.calls(SendMessage) == []
    await proxy.start()
    await proxied.poll(times=2)
    told = [answer.text for answer in proxied.team.answers]
    assert sum(BROKEN in text for text in told) == 1
    assert not any("(resent)" in text for text in told)
