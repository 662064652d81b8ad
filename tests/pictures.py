"""`python -m tests.pictures en.png ru.png`: every message and keyboard on a phone, to be looked at.

They are shown by the demo's page: one picture a language, 360 pixels a column.
"""

import asyncio
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.async_api import Page, async_playwright

from lines_bot.telegram.language import Language
from lines_bot.telegram.views.view import View
from tests.browser import CHROMIUM, QUIET_BROWSER
from tests.every_view import render_every_view
from tests.sandbox.telegram import LEAD, open_bot, open_telegram

WIDTH, HEIGHT = 360, 800
COLUMN_HEIGHT = 6000
GROUND = "#d9e2ea"
# The conversation without its scroll bar, and where each message begins.
UNROLL = """() => {
  document.documentElement.style.height = document.body.style.height = "auto";
  document.body.style.display = "block";
  document.querySelector("#messages").style.overflow = "visible";
  return [...document.querySelectorAll("article")].map((each) => each.getBoundingClientRect())
    .map((box) => [box.top + scrollY, box.bottom + scrollY]);
}"""


async def take(language: str, file: Path) -> None:
    """Send each view once and photograph the conversation."""
    with Language(language, ZoneInfo("Europe/Moscow")).speak():
        views = {view.as_message()["text"]: view for _name, view in render_every_view()}
        columns = await photograph(list(views.values()), language)
    sheet = Image.new("RGB", (len(columns) * WIDTH, max(each.height for each in columns)), GROUND)
    for place, column in enumerate(columns):
        sheet.paste(column, (place * WIDTH, 0))
    sheet.save(file, optimize=True)


async def photograph(views: Sequence[View], language: str) -> Sequence[Image.Image]:
    """The conversation of a bot and a person, cut into columns between messages."""
    async with open_telegram() as server, open_bot(server) as bot, async_playwright() as playwright:
        server.people.say(LEAD, server.chats.chats[LEAD.id], "/start")
        for view in views:
            await bot.send_message(LEAD.id, **view.as_message())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_BROWSER)
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale=language)
        await page.goto(f"{server.url}/#lead")
        await page.locator("#chats button", has_text="Lines bot").click()
        await page.locator("article").nth(len(views)).wait_for()
        columns = [await photograph_part(page, top, end) for top, end in await cut(page)]
        await browser.close()
    return columns


async def cut(page: Page) -> Sequence[tuple[float, float]]:
    parts: list[tuple[float, float]] = []
    for top, end in await page.evaluate(UNROLL):
        if parts and end - parts[-1][0] < COLUMN_HEIGHT:
            parts[-1] = parts[-1][0], end
        else:
            parts.append((top, end))
    return parts


async def photograph_part(page: Page, top: float, end: float) -> Image.Image:
    clip = {"x": 0.0, "y": top, "width": float(WIDTH), "height": end - top}
    return Image.open(io.BytesIO(await page.screenshot(full_page=True, clip=clip, timeout=120_000)))


if __name__ == "__main__":
    for language, name in zip(("en", "ru"), sys.argv[1:], strict=True):
        asyncio.run(take(language, Path(name)))
