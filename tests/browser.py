"""The chat page in a real browser, for tests."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect

from lines_bot.sandbox.telegram import TelegramServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET_BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

in_a_browser = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="no Chromium on this machine; CI has one"
)


@asynccontextmanager
async def open_page(server: TelegramServer, role: str) -> AsyncIterator[Page]:
    """The page in a browser, seen by one person; an error in the page fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_BROWSER)
        page = await browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        try:
            await page.goto(f"{server.url}/#{role}")
            await expect(page.locator("#chat-title")).not_to_have_text("…")
            yield page
        finally:
            await browser.close()
        assert errors == []
