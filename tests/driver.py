"""A user of the chat page, for tests: sends, taps and reads as a person does, and waits on events.

async with open_driver(server.url) as driver:
    lead, team = driver.person("lead"), driver.chat("Support team")
    card = await lead.ask("/channels", team)
    await lead.press("Reconnect", card)
    await team.wait_for("is back")
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import httpx

from tests.actors import Actor, ChatView, Message, Toast, number_of

__all__ = ["Actor", "ChatView", "Driver", "Message", "OverdueError", "RefusedError", "Toast", "open_driver"]

Found = TypeVar("Found")


class OverdueError(AssertionError):
    """What was waited for did not come; the message shows the chats as they stand."""


class RefusedError(AssertionError):
    """The little Telegram refused what a person did."""


class Driver:
    """A copy of the chats that follows the page's events. Made by `open_driver`.

    Any wait longer than `deadline` seconds fails with the conversation printed.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.deadline = 30.0
        self.bot_id = 0
        self.persons: dict[str, Actor] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.toasts: dict[int, list[Toast]] = {}
        self.answered: dict[str, Toast] = {}
        self.panel: dict[str, dict[str, str]] = {}
        self.rest: Callable[[], Awaitable[None]] | None = None
        self._http = http
        self._version = 0
        self._news = asyncio.Condition()

    def person(self, role: str) -> Actor:
        return self.persons[role]

    def chat(self, title: str) -> ChatView:
        numbers = [number for number, chat in self.chats.items() if chat["title"] == title]
        assert len(numbers) == 1, f"{len(numbers)} chats are called {title!r}\n{self.describe()}"
        return ChatView(self, numbers[0])

    def list_messages(self, chat: int) -> list[Message]:
        """Every message of a chat, those too that one person alone sees."""
        return [Message(self, owner, message) for owner, message in self.messages if owner == chat]

    async def quiet(self) -> None:
        """Waits until the bot confirmed every update and no request of it is under way."""
        await self._wait_for_quiet()
        if self.rest is not None:
            # What is confirmed can be under way still, without any request.
            await self._within_deadline(self.rest(), "the end of what is under way")
            await self._wait_for_quiet()

    async def _wait_for_quiet(self) -> None:
        answer = await self._within_deadline(self._http.get("/page/quiet"), "the bot to come to rest")
        quiet = answer.json()
        await self.wait(lambda: self._version >= quiet["version"], "the events up to the rest")

    async def act(self, action: str) -> None:
        """Presses a button of the side panel, by its id."""
        await self.post("panel", id=action)

    async def wait(self, find: Callable[[], Found | None], what: str) -> Found:
        """Looks again after every event until something true is found."""
        try:
            async with asyncio.timeout(self.deadline), self._news:
                while not (found := find()):
                    await self._news.wait()
                return found
        except TimeoutError:
            raise self._overdue(what) from None

    async def post(self, act: str, **body: Any) -> dict[str, Any]:
        """One action on the page; returns when this copy of the chats shows it."""
        posted = self._http.post(f"/page/{act}", json=body)
        answer: dict[str, Any] = (await self._within_deadline(posted, f"the end of {act}")).json()
        if not answer["ok"]:
            raise RefusedError(f"{answer['description']}\n{self.describe()}")
        await self.wait(lambda: self._version >= answer["version"], f"the events of {act}")
        return answer

    async def _within_deadline(self, waited: Awaitable[Found], what: str) -> Found:
        try:
            async with asyncio.timeout(self.deadline):
                return await waited
        except TimeoutError:
            raise self._overdue(what) from None

    def _overdue(self, what: str) -> OverdueError:
        return OverdueError(f"waited {self.deadline:g} s for {what}\n{self.describe()}")

    def describe(self) -> str:
        """Every chat that has messages, as text."""
        views = [ChatView(self, number) for number in self.chats]
        return "\n".join(str(view) for view in views if view.messages) or "(no messages)"

    async def follow(self, events: AsyncIterator[dict[str, Any]]) -> None:
        async for event in events:
            self._apply(event)
            async with self._news:
                self._version = event["version"]
                self._news.notify_all()

    def _apply(self, event: dict[str, Any]) -> None:
        match event:
            case {"kind": "snapshot"}:
                self.bot_id = event["bot"]["id"]
                self.persons = {
                    person["role"] or person["name"]: Actor(self, person["id"], person["name"])
                    for person in event["persons"]
                }
                self.chats = {chat["id"]: chat for chat in event["chats"]}
                for message in event["messages"]:
                    self._keep(message)
                self.panel = {action["id"]: action for action in event["panel"]}
            case {"kind": "chat", "chat": chat}:
                self.chats[chat["id"]] = chat
            case {"kind": "message", "message": message}:
                self._keep(message)
            case {"kind": "deleted", "chat": chat, "message": message}:
                self.messages.pop((chat, message), None)
            case {"kind": "answered", "query": query, "person": person, "text": text, "alert": alert}:
                toast = Toast(text, alert)
                self.answered[query] = toast
                if text:
                    self.toasts.setdefault(person, []).append(toast)
            case {"kind": "panel", "panel": panel}:
                self.panel = {action["id"]: action for action in panel}

    def _keep(self, message: dict[str, Any]) -> None:
        self.messages[message["chat"]["id"], number_of(message)] = message


@asynccontextmanager
async def open_driver(url: str) -> AsyncIterator[Driver]:
    """Opens the page at the server's address and follows it while the block runs."""
    async with (
        httpx.AsyncClient(base_url=url, timeout=None) as http,
        http.stream("GET", "/page/events") as response,
    ):
        driver = Driver(http)
        following = asyncio.create_task(driver.follow(_events(response)))
        try:
            await driver.wait(lambda: bool(driver.bot_id), "the page")
            yield driver
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following


async def _events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in response.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))
