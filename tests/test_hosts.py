"""Bots of others with ours in them: theirs behave as without us, and all of ours works."""

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiogram.methods import GetUpdates

from lines_bot.sandbox import embedded
from lines_bot.sandbox.embedded import BOT_TOKEN, Embedded
from lines_bot.telegram.views.commands import COMMANDS
from tests.driver import Actor, Driver, Message, open_driver
from tests.hosts.process import HOSTS, run_host, write_examples

pytestmark = pytest.mark.timeout(600)
NAMES = "|".join(each.name for each in COMMANDS)


@asynccontextmanager
async def open_servers() -> AsyncIterator[tuple[Embedded, Driver]]:
    async with embedded.serve() as servers, open_driver(servers.telegram.url) as driver:
        # A process that has yet to load aiogram is no story that stands.
        driver.deadline = 240
        yield servers, driver


async def visit_shop(driver: Driver, who: Actor) -> list[str]:
    """Everything that a customer does there, and what they are told."""
    told = [(await who.ask(text)).text for text in ("/start", "/order", "Tea", "Elm Street 5", "/channels")]
    told += [(await who.press(button)).text for button in ("Basket", "Surprise")]
    told += [(await who.ask("Do you have coffee?")).text, *who.toasts]
    allowed = driver.chat(who.name).messages
    return [*told, str(len(allowed))]


async def press_everything(who: Actor, answer: Message) -> None:
    """The first buttons of an answer, by whoever asked; nobody but us may answer."""
    for button in answer.buttons[:3]:
        if answer.exists and answer.key(button):
            toast = await who.press(button, answer)
            assert "shop" not in toast.text
            assert "older version" not in "".join(toast.text)


def list_texts(driver: Driver) -> list[str]:
    return [Message(driver, *place).text for place in driver.messages if Message(driver, *place).by_bot]


async def test_a_shop_is_the_same_shop_with_lines_in_it(tmp_path: Path) -> None:
    visits = []
    for more in ({}, {"LINES": "yes"}):
        async with (
            open_servers() as (servers, driver),
            run_host(HOSTS / "shop.py", servers, tmp_path, **more),
        ):
            visits.append(await visit_shop(driver, driver.person("stranger")))
            asked = servers.telegram.calls(GetUpdates)[-1].allowed_updates
            assert "pre_checkout_query" in asked
    assert visits[0] == visits[1]
    assert visits[0][0] == "Welcome to the shop of good people, visit 1."


async def test_all_of_lines_works_in_a_shop(tmp_path: Path) -> None:
    async with (
        open_servers() as (servers, driver),
        run_host(HOSTS / "shop.py", servers, tmp_path, LINES="yes"),
    ):
        admin, stranger = driver.person("admin"), driver.person("stranger")
        assert "no access" in (await stranger.ask("/l_channels")).text
        # As many as flood control lets one person press.
        for name in ("channels", "queue", "help", "me"):
            answer = await admin.ask(f"/l_{name}")
            await driver.quiet()
            await press_everything(admin, answer)
            await driver.quiet()
        await admin.send("/l_help channels")
        await admin.private.wait_for("/l_channels [text]")
        texts = list_texts(driver)
    assert [text for text in texts if re.search(rf"(?<![\w/])/(?:{NAMES})\b", text)] == []


async def test_a_question_of_ours_is_answered_within_a_shop(tmp_path: Path) -> None:
    async with (
        open_servers() as (servers, driver),
        run_host(HOSTS / "shop.py", servers, tmp_path, LINES="yes"),
    ):
        admin = driver.person("admin")
        for channel in list(servers.simulation.world.items("channels")):
            channel["_type"] = "inbox"
            servers.simulation.break_channel(channel["__id"])
        question = await admin.ask("/l_reconnect all")
        answer = await admin.reply(question, "no number")
        assert "That is not the number of channels" in answer.text


async def test_a_host_may_be_called_bot(tmp_path: Path) -> None:
    write_examples(tmp_path)
    async with open_servers() as (servers, driver), run_host("bot.py", servers, tmp_path):
        admin = driver.person("admin")
        assert (await admin.ask("/start")).text == "This is my own bot."
        helped = await admin.ask("/l_help")
        await admin.press("Channels", helped)
        await admin.private.wait_for("/l_channels")
        assert set(re.findall(r"/l_\w+", helped.text)) == {"/l_channels", "/l_reconnect"}
        await admin.send("/l_disconnect")
        assert (await admin.ask("/start")).text == "This is my own bot."
        assert "/l_disconnect" not in "".join(list_texts(driver))


async def test_a_host_can_lose_no_update(tmp_path: Path) -> None:
    write_examples(tmp_path)
    async with open_servers() as (servers, driver), run_host("durable.py", servers, tmp_path):
        admin = driver.person("admin")
        assert (await admin.ask("/start")).text == "Nothing that you write to me is lost."
        assert "Channels" in (await admin.ask("/l_channels")).text
        await driver.quiet()


async def test_two_companies_live_in_one_dispatcher(tmp_path: Path) -> None:
    write_examples(tmp_path)
    async with open_servers() as (servers, driver), embedded.serve_lines(seed=7) as (south, simulation):
        for channel in list(simulation.world.items("channels")):
            channel["__name"] = f"South {channel['__name']}"
        urls = {"NORTH_URL": servers.lines.url, "SOUTH_URL": south.url}
        async with run_host("companies.py", servers, tmp_path, **urls):
            admin = driver.person("admin")
            of_north, of_south = await admin.ask("/north_channels"), await admin.ask("/south_channels")
            assert ("South" in of_north.text, "South" in of_south.text) == (False, True)
            await admin.press(of_south.buttons[0], of_south)
            await driver.quiet()
            assert "South" in of_south.text


def test_the_client_of_lines_alone_loads_neither_telegram_nor_a_database() -> None:
    code = "import sys, lines_bot.lines; print({'aiogram', 'sqlalchemy'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"


async def call_webhook(servers: Embedded, port: int, secret: str) -> None:
    """Do as Telegram does: hand each update to the host, and forget it when the host has answered 200."""
    headers, known = {"X-Telegram-Bot-Api-Secret-Token": secret}, 0
    # The host is not there yet, and is asked until it is.
    transport = httpx.AsyncHTTPTransport(retries=12)
    async with httpx.AsyncClient(transport=transport, timeout=120) as http:
        while True:
            asked = {"offset": known, "timeout": 20}
            answer = await http.post(f"{servers.telegram.url}/bot{BOT_TOKEN}/getUpdates", json=asked)
            for update in answer.json()["result"]:
                address = f"http://127.0.0.1:{port}/telegram"
                told = await http.post(address, json=update, headers=headers)
                assert told.status_code == 200
                known = update["update_id"] + 1


async def test_a_host_is_called_by_its_webhook(tmp_path: Path) -> None:
    write_examples(tmp_path)
    port = find_free_port()
    async with open_servers() as (servers, driver):
        calling = asyncio.create_task(call_webhook(servers, port, "a-secret"))
        async with run_host("webhook.py", servers, tmp_path, PORT=str(port), SECRET="a-secret"):
            admin = driver.person("admin")
            assert (await admin.ask("/start")).text == "Telegram calls me."
            channels = await admin.ask("/l_channels")
            await press_everything(admin, channels)
            await driver.quiet()
            calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling


def find_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
