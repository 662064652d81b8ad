"""The chat page: its HTTP API, and the page itself in a real browser."""

import json

import httpx
import pytest
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)
from aiogram.utils.formatting import Bold, ExpandableBlockQuote, Spoiler, Text
from playwright.async_api import expect

from lines_bot.sandbox.telegram import PanelAction
from tests.browser import in_a_browser, open_page
from tests.driver import RefusedError, open_driver
from tests.sandbox.telegram import (
    LEAD,
    OPERATOR,
    STRANGER,
    TEAM,
    TOKEN,
    open_bot,
    open_echo_bot,
    open_telegram,
)


class Switch:
    """A small company of one channel."""

    def __init__(self) -> None:
        self.state = "active"

    async def break_channel(self) -> None:
        self.state = "error"

    def action(self) -> PanelAction:
        return PanelAction("break", "Break the channel", self.break_channel, lambda: self.state, "Channels")


async def test_the_panel_runs_an_action_and_shows_its_new_state() -> None:
    async with (
        open_telegram(panel=[Switch().action()]) as server,
        open_driver(server.url) as driver,
    ):
        assert driver.panel["break"]["state"] == "active"
        await driver.act("break")
        assert driver.panel["break"]["state"] == "error"
        with pytest.raises(RefusedError, match="no such action"):
            await driver.act("repair")


async def test_the_panel_follows_a_company_that_moves_by_itself() -> None:
    company = Switch()
    async with open_telegram(panel=[company.action()]) as server, open_driver(server.url) as driver:
        await company.break_channel()
        await driver.wait(lambda: driver.panel["break"]["state"] == "error", "the new state in the panel")


async def test_the_menu_shows_a_persons_commands() -> None:
    async with (
        open_telegram() as server,
        open_bot(server) as bot,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        await bot.set_my_commands([BotCommand(command="queue", description="Who waits")])
        answer = await http.get("/page/commands", params={"person": LEAD.id, "chat": TEAM})
        assert answer.json() == [{"command": "queue", "description": "Who waits"}]


async def test_a_foreign_site_cannot_act_for_a_person() -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        simple_request = {"Content-Type": "text/plain"}
        body = f'{{"person": {LEAD.id}, "chat": {TEAM}, "text": "/close"}}'
        assert (await http.post("/page/send", content=body, headers=simple_request)).status_code == 415
        assert server.chats.chats[TEAM].messages == {}
        assert "default-src 'self'" in (await http.get("/")).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/server.py",
        "/..%2f__init__.py",
        "/nothing.js",
        f"/{'a' * 5000}.js",
        "/page/files/%00",
        "/page/files/nothing",
    ],
)
async def test_only_the_pages_own_files_are_served(path: str) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        assert (await http.get(path)).status_code == 404


async def test_an_upload_is_served_and_never_as_markup() -> None:
    async with (
        open_telegram() as server,
        open_bot(server) as bot,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        for name, shown_as in (("evil.html", "application/octet-stream"), ("chart.png", "image/png")):
            sent = await bot.send_document(TEAM, BufferedInputFile(b"<script>", name))
            assert sent.document is not None
            answer = await http.get(f"/page/files/{sent.document.file_id}")
            assert (answer.content, answer.headers["Content-Type"]) == (b"<script>", shown_as)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"person": 1, "chat": TEAM},
        {"person": LEAD.id, "chat": 5, "text": "hi"},
        {"person": "x"},
        {"person": LEAD.id, "chat": TEAM, "text": "\ud800"},
        {"person": None, "chat": TEAM, "text": "hi"},
        {"person": [], "chat": TEAM, "text": "hi"},
        {"person": LEAD.id, "chat": {}, "text": "hi"},
        {"person": float("inf"), "chat": TEAM, "text": "hi"},
        {"person": 1.5, "chat": TEAM, "text": "hi"},
        {"person": LEAD.id, "chat": TEAM, "text": "hi", "reply_to": []},
        {"person": LEAD.id, "chat": TEAM, "text": "hi", "reply_to": 999},
        {"person": LEAD.id, "chat": TEAM, "text": "hi", "topic": {}},
        {"person": LEAD.id, "chat": TEAM, "text": "hi", "forwarded_from": []},
        {"person": LEAD.id, "chat": TEAM, "text": "hi", "forwarded_from": 5},
        {"person": LEAD.id, "chat": TEAM, "text": {}, "message": [], "data": {}, "id": []},
        None,
        "text",
    ],
)
@pytest.mark.parametrize("act", ["send", "edit", "press", "panel"])
async def test_a_request_of_the_page_that_makes_no_sense_is_refused(body: object, act: str) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        content_type = {"Content-Type": "application/json"}
        answer = await http.post(f"/page/{act}", content=json.dumps(body), headers=content_type)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 100_000, b'{"person": ' + b"9" * 10_000 + b"}", b"{"]
)
async def test_a_body_of_the_page_that_cannot_be_read_is_refused(content: bytes) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        for charset in ("utf-8", "nonsense"):
            headers = {"Content-Type": f"application/json; charset={charset}"}
            answer = await http.post("/page/send", content=content, headers=headers)
            assert (answer.status_code, answer.json()["ok"]) == (400, False)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"person": "x", "chat": "y"},
        {"person": "1", "chat": "1"},
        {"person": "9" * 5000, "chat": str(TEAM)},
    ],
)
async def test_commands_are_not_asked_for_nobody(query: dict[str, str]) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        assert (await http.get("/page/commands", params=query)).status_code == 400


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "", "localhost.evil:{port}"]
)
@pytest.mark.parametrize("path", ["/", "/page/commands", "/page/events", f"/bot{TOKEN}/getMe", "/nothing"])
async def test_only_its_own_host_is_answered(path: str, host: str) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        port = httpx.URL(server.url).port
        answer = await http.get(path, headers={"Host": host.format(port=port)})
        assert answer.status_code == 421


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_it_has_every_name_of_this_machine(name: str) -> None:
    async with open_telegram() as server, httpx.AsyncClient(base_url=server.url) as http:
        port = httpx.URL(server.url).port
        assert (await http.get("/", headers={"Host": f"{name}:{port}"})).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:{port}", 200),
        ("http://localhost:{port}", 200),
        ("http://127.0.0.1:1", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
async def test_only_the_page_itself_presses_the_panel(origin: str, status: int) -> None:
    switch = Switch()
    async with (
        open_telegram(panel=[switch.action()]) as server,
        httpx.AsyncClient(base_url=server.url) as http,
    ):
        headers = {"Origin": origin.format(port=httpx.URL(server.url).port)}
        answer = await http.post("/page/panel", json={"id": "break"}, headers=headers)
        assert answer.status_code == status
        assert switch.state == ("error" if status == 200 else "active")


@in_a_browser
async def test_a_person_types_a_command_and_taps_a_button_in_the_browser() -> None:
    panel = [Switch().action()]
    async with (
        open_telegram(panel=panel) as server,
        open_echo_bot(server) as bot,
        open_page(server, "lead") as page,
    ):
        await bot.set_my_commands([BotCommand(command="channels", description="Channels and their state")])
        await page.get_by_label("Message", exact=True).press_sequentially("/ch")
        await expect(page.get_by_role("option")).to_have_text("/channelsChannels and their state")
        await page.keyboard.press("Enter")
        answer = page.get_by_role("article", name="Lines bot")
        await expect(answer).to_contain_text("You said: /channels")
        await expect(answer.locator("strong.bold")).to_have_text("/channels")
        await answer.get_by_role("button", name="Count").click()
        await expect(page.get_by_role("status")).to_have_text("Counted 1")
        await expect(answer).to_contain_text("Taps: 1edited")
        await page.get_by_role("button", name="Break the channel").click()
        await expect(page.get_by_role("button", name="Break the channel")).to_contain_text("error")


@in_a_browser
async def test_a_pressed_button_waits_until_the_bot_answers() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_page(server, "lead") as page:
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Close", callback_data="close")]]
        )
        await bot.send_message(TEAM, "A session", reply_markup=keyboard)
        button = page.get_by_role("button", name="Close")
        await button.click()
        await expect(button).to_have_attribute("aria-busy", "true")
        (tap,) = await bot.get_updates(timeout=50)
        assert tap.callback_query is not None
        await bot.answer_callback_query(
            tap.callback_query.id, "The session is closed already.", show_alert=True
        )
        await expect(button).to_have_attribute("aria-busy", "false")
        await expect(page.get_by_role("dialog")).to_contain_text("The session is closed already.")


@in_a_browser
async def test_a_forced_reply_opens_the_askers_input_field_for_a_reply() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_page(server, "lead") as page:
        team = server.chats.chats[TEAM]
        asked = {person: server.people.say(person, team, "/note").message_id for person in (OPERATOR, LEAD)}
        for person, placeholder in ((LEAD, "Your note"), (OPERATOR, "Not for the lead")):
            await bot.send_message(
                TEAM,
                "Which note?",
                reply_parameters=ReplyParameters(message_id=asked[person]),
                reply_markup=ForceReply(selective=True, input_field_placeholder=placeholder),
            )
        await expect(page.get_by_placeholder("Your note")).to_be_focused()
        await page.keyboard.type("call back")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("article", name="You")).to_have_count(2)
        question = min(message for message in team.messages if message > max(asked.values()))
        answer = list(team.messages.values())[-1]
        assert answer.reply_to_message is not None
        assert (answer.text, answer.reply_to_message.message_id) == ("call back", question)


@in_a_browser
async def test_a_topic_shows_only_its_messages_and_a_message_elsewhere_counts_as_unread() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_page(server, "operator") as page:
        forum = server.chats.add_group(-1002, "Forum", [OPERATOR], is_forum=True)
        topics = [server.chats.add_topic(forum, name) for name in ("Alerts", "Questions")]
        for topic in topics:
            await bot.send_message(forum.id, f"Topic {topic}", message_thread_id=topic)
        row = page.get_by_role("navigation").get_by_role("button", name="Forum")
        await expect(row.get_by_title("Unread")).to_have_text("2")
        await row.click()
        await expect(row.get_by_title("Unread")).to_have_count(0)
        await expect(page.get_by_role("article")).to_have_count(2)
        await page.get_by_role("button", name="Questions").click()
        await expect(page.get_by_role("article")).to_have_count(1)
        await page.get_by_label("Message", exact=True).fill("Which one?")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("article", name="You")).to_be_visible()
        assert list(forum.messages.values())[-1].message_thread_id == topics[1]


@in_a_browser
async def test_nothing_that_anybody_writes_becomes_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    async with (
        open_telegram(bot_name=evil) as server,
        open_bot(server) as bot,
        open_page(server, "lead") as page,
    ):
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text=evil, callback_data=evil)]]
        )
        text = Text(Bold(evil), Spoiler(evil), ExpandableBlockQuote(evil), evil)
        await bot.send_message(TEAM, **text.as_kwargs(), reply_markup=keyboard)
        server.people.say(LEAD, server.chats.chats[TEAM], evil, reply_to=1)
        await expect(page.get_by_role("article")).to_have_count(2)
        await expect(page.locator("#messages strong.bold")).to_have_text(evil)
        assert await page.locator("[src='x'], #messages img, #chats img").count() == 0


@in_a_browser
async def test_a_stranger_sees_no_group_and_starts_a_private_chat_on_a_phone() -> None:
    async with open_telegram() as server, open_echo_bot(server), open_page(server, "lead") as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.get_by_text(STRANGER.name).click()
        await expect(page.get_by_role("navigation").get_by_role("button")).to_have_count(1)
        await page.get_by_role("button", name="Start", exact=True).click()
        await expect(page.get_by_role("article", name="Lines bot")).to_contain_text("You said: /start")
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
