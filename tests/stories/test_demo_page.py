"""The demo as a stranger meets it: its page in a real browser."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from playwright.async_api import expect

from lines_bot.alerts.policy import Hold, Policy
from lines_bot.demo import start_demo
from lines_bot.runner import run_app
from lines_bot.sandbox import embedded
from tests.browser import in_a_browser, open_page

AT_ONCE = Policy(channel=Hold(timedelta(0), 1, timedelta(0)))


@in_a_browser
async def test_a_lead_asks_presses_and_is_alerted_in_the_demo() -> None:
    async with start_demo(0, policy=AT_ONCE) as (app, servers):
        working = [asyncio.create_task(run_app(app)), asyncio.create_task(embedded.live(servers.simulation))]
        try:
            async with open_page(servers.telegram, "lead") as page:
                await page.get_by_role("button", name="Break a channel").click()
                alert = page.locator(".message", has_text="is down (Error)").last
                await expect(alert).to_be_visible(timeout=100_000)
                await page.get_by_placeholder("Message").fill("/channels")
                await page.keyboard.press("Enter")
                listing = page.locator(".message", has_text="Partner live chat")
                await expect(listing).to_be_visible(timeout=10_000)
                await page.get_by_role("button", name="Reconnect").first.click()
                told = page.locator(".message", has_text="Anna Lead pressed Reconnect")
                await expect(told).to_be_visible(timeout=10_000)
        finally:
            for task in working:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
