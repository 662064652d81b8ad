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
from playwright.async_api import async_playwright

from lines_bot.telegram.language import Language
from lines_bot.telegram.views.view import View
from tests.browser import CHROMIUM, QUIET_BROWSER
from tests.every_view import render_every_view
from tests.sandbox.telegram import LEAD, open_bot, open_telegram

WIDTH, HEIGHT = 360, 800
COLUMNS = 12
GROUND = "#d9e2ea"


async def take(language: str, file: Path) -> None:
    """Send each view once, look at each message, and lay them out in columns."""
    with Language(language, ZoneInfo("Europe/Moscow")).speak():
        views = list({view.as_message()["text"]: view for _name, view in render_every_view()}.values())
        pictures = await photograph(views, language)
    lay_out(pictures).save(file, optimize=True)


async def photograph(views: Sequence[View], language: str) -> Sequence[Image.Image]:
    async with open_telegram() as server, open_bot(server) as bot, async_playwright() as playwright:
        server.people.say(LEAD, server.chats.chats[LEAD.id], "/start")
        for view in views:
            await bot.send_message(LEAD.id, **view.as_message())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_BROWSER)
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale=language)
        await page.goto(f"{server.url}/#lead")
        await page.locator("#chats button", has_text="Lines bot").click()
        messages = page.locator("article.message.theirs")
        await messages.nth(len(views) - 1).wait_for()
        shots = [await each.screenshot(animations="disabled") for each in await messages.all()]
        await browser.close()
    return [Image.open(io.BytesIO(shot)) for shot in shots]


def lay_out(pictures: Sequence[Image.Image]) -> Image.Image:
    """Columns of about the same height, in order."""
    most = sum(each.height for each in pictures) / COLUMNS
    columns: list[list[Image.Image]] = [[]]
    for each in pictures:
        if sum(held.height for held in columns[-1]) >= most:
            columns.append([])
        columns[-1].append(each)
    height = max(sum(each.height for each in column) for column in columns)
    sheet = Image.new("RGB", (len(columns) * WIDTH, height), GROUND)
    for place, column in enumerate(columns):
        top = 0
        for each in column:
            sheet.paste(each, (place * WIDTH, top))
            top += each.height
    return sheet


if __name__ == "__main__":
    for language, name in zip(("en", "ru"), sys.argv[1:], strict=True):
        asyncio.run(take(language, Path(name)))
