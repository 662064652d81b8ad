"""A scripted Telegram at the edge where cards are delivered: it can fail in every way that Telegram can."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError
from aiohttp.client_reqrep import ConnectionKey

from lines_bot.sandbox.telegram.limits import check_keyboard, check_text
from lines_bot.settings import AlertTarget
from lines_bot.telegram.outgoing.delivery import ChatGone, Delivery, Receipt
from lines_bot.telegram.views.view import View


class Fate(StrEnum):
    """What becomes of a request."""

    UNCONNECTED = "no connection could be opened"
    FAILED = "it was not carried out, and the sender cannot know"
    LOST = "it was carried out, and the answer was lost"
    SERVER_ERROR = "502"


@dataclass
class Post:
    """A message in a chat. `ghost`: its sender never heard that it arrived."""

    id: int
    place: AlertTarget
    text: str
    buttons: list[str]
    at: datetime
    silent: bool
    reply_to: int | None
    ghost: bool = False
    history: list[str] = field(default_factory=list)

    def show(self, view: View) -> None:
        content = view.as_message()
        self.text = check_text(content["text"], content["entities"])
        check_keyboard(content["reply_markup"])
        self.buttons = [button.text for row in content["reply_markup"].inline_keyboard for button in row]
        self.history.append(self.text)


class Messenger(Delivery):
    """Chats whose messages a test reads; `fates` are what the next requests meet, `down` all of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.posts: dict[int, Post] = {}
        self.deleted: dict[int, Post] = {}
        self.fates: list[Fate] = []
        self.down: Fate | None = None
        self.gone: set[int] = set()
        self.held: dict[int, asyncio.Event] = {}
        self._last = 0
        self._news = asyncio.Event()

    def list_messages(self, place: AlertTarget) -> list[Post]:
        """What stands in a chat or topic, oldest first, answers to cards left out."""
        return [post for post in self.list_all(place) if post.reply_to is None]

    def list_all(self, place: AlertTarget) -> list[Post]:
        return [post for post in self.posts.values() if post.place == place]

    async def wait_until(self, holds: Callable[[], bool]) -> None:
        """Look again after everything that is sent or edited."""
        while not holds():
            self._news.clear()
            await self._news.wait()

    def delete(self, message: int) -> None:
        self.deleted[message] = self.posts.pop(message)

    async def edit(self, target: AlertTarget, message: int, view: View) -> Receipt | None:
        fate = await self._meet(target)
        if message not in self.posts:
            return None
        self.posts[message].show(view)
        self._news.set()
        self._lose(fate)
        return Receipt(message)

    async def send(
        self, target: AlertTarget, view: View, *, silent: bool, reply_to: int | None = None
    ) -> Receipt:
        fate = await self._meet(target)
        self._last += 1
        post = Post(self._last, target, "", [], self._now(), silent, reply_to, fate is Fate.LOST)
        post.show(view)
        self.posts[post.id] = post
        self._news.set()
        self._lose(fate)
        return Receipt(post.id)

    async def _meet(self, target: AlertTarget) -> Fate | None:
        """Waits while the chat is held back; raises what keeps the request from being carried out."""
        if target.chat in self.held:
            await self.held[target.chat].wait()
        fate = self.down or (self.fates.pop(0) if self.fates else None)
        method = SendMessage(chat_id=target.chat, text="")
        match fate:
            case Fate.UNCONNECTED:
                key = ConnectionKey("telegram", 443, True, True, None, None, None)
                broken = ClientConnectorError(key, OSError("no route to host"))
                raise TelegramNetworkError(method, "no connection") from broken
            case Fate.FAILED:
                raise TelegramNetworkError(method, "time-out")
            case Fate.SERVER_ERROR:
                raise TelegramServerError(method, "Bad Gateway")
        if target.chat in self.gone:
            raise ChatGone("bot was kicked")
        return fate

    def _lose(self, fate: Fate | None) -> None:
        if fate is Fate.LOST:
            raise TelegramNetworkError(SendMessage(chat_id=0, text=""), "the answer was lost")
