"""The chat page and its HTTP API: what persons do in a browser, and the test driver in their place."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from typing import Any, TypeVar

from aiogram import types
from aiohttp import web
from pydantic import BaseModel, ValidationError

from lines_bot.sandbox.telegram.chat import Person, number
from lines_bot.sandbox.telegram.chats import Chats
from lines_bot.sandbox.telegram.people import People
from lines_bot.sandbox.telegram.profile import commands_for
from lines_bot.sandbox.telegram.refusals import Refusal, bad_request
from lines_bot.sandbox.telegram.wire import to_json

STATIC = Path(__file__).parents[1] / "chat"
PANEL_PAUSE = 1.0
"""Seconds after which the states of the panel are read again: the company moves by itself."""
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
CONTENT_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


class Act(BaseModel):
    """What every act of a person says: whose it is, and where."""

    person: int
    chat: int


class Send(Act):
    text: str = ""
    reply_to: int | None = None
    topic: int | None = None
    anonymous: bool = False
    forwarded_from: int | None = None


class Edit(Act):
    message: int
    text: str


class Press(Act):
    message: int
    data: str


class PanelPress(BaseModel):
    id: str


Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True)
class PanelAction:
    """A button of the side panel. `run` does it, `state` is a short text beside it."""

    id: str
    label: str
    run: Callable[[], Awaitable[None]]
    state: Callable[[], str] | None = None
    group: str = ""


class Page:
    """The routes of the page. `is_quiet` says that the bot has nothing left to do."""

    def __init__(
        self, chats: Chats, people: People, panel: Sequence[PanelAction], is_quiet: Callable[[], bool]
    ) -> None:
        self._chats = chats
        self._people = people
        self._panel = {action.id: action for action in panel}
        self._is_quiet = is_quiet

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._file),
            web.get("/{name:[a-z]+\\.(?:css|js|svg)}", self._file),
            web.get("/page/events", self._events),
            web.get("/page/quiet", self._quiet),
            web.get("/page/commands", self._commands),
            web.get("/page/files/{id}", self._upload),
            web.post("/page/send", self._told(Send, self._send)),
            web.post("/page/edit", self._told(Edit, self._edit)),
            web.post("/page/press", self._told(Press, self._press)),
            web.post("/page/panel", self._told(PanelPress, self._act)),
        ]

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = STATIC / request.match_info.get("name", "index.html")
        if not file.is_file():
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": CONTENT_POLICY, "Cache-Control": "no-cache"}
        return web.FileResponse(file, headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: first the whole state, then each change."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with self._chats.events.watch() as events:
            snapshot = self._snapshot()
            await response.write(_event({"kind": "snapshot", **snapshot}))
            version, panel = snapshot["version"], snapshot["panel"]
            while True:
                with suppress(TimeoutError):
                    event = await asyncio.wait_for(events.get(), PANEL_PAUSE)
                    if event is None:
                        return response
                    version = event["version"]
                    await response.write(_event(event))
                if (now := self._panel_state()) != panel:
                    panel = now
                    await response.write(_event({"kind": "panel", "version": version, "panel": panel}))

    async def _quiet(self, _: web.Request) -> web.Response:
        """Answers as soon as the bot has nothing left to do."""
        with self._chats.events.watch() as events:
            while not self._is_quiet() and await events.get() is not None:
                pass
        return web.json_response({"version": self._chats.events.version})

    async def _commands(self, request: web.Request) -> web.Response:
        try:
            asked = Act.model_validate(dict(request.query))
            commands = commands_for(self._chats, self._who(asked.person), self._chats.find(asked.chat))
        except (Refusal, ValidationError) as error:
            return _refuse(error)
        return web.json_response(to_json(commands))

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self._chats.uploads.get(request.match_info["id"])
        if upload is None:
            raise web.HTTPNotFound
        guessed, _encoding = guess_type(upload.name)
        shown = guessed if guessed in PICTURES else "application/octet-stream"
        headers = {"X-Content-Type-Options": "nosniff"}
        return web.Response(body=upload.content, content_type=shown, headers=headers)

    async def _send(self, body: Send) -> Any:
        message = self._people.say(
            self._who(body.person),
            self._chats.find(body.chat),
            body.text,
            reply_to=body.reply_to,
            topic=body.topic,
            anonymous=body.anonymous,
            forwarded_from=self._who(body.forwarded_from) if body.forwarded_from is not None else None,
        )
        return {"message": message}

    async def _edit(self, body: Edit) -> Any:
        chat = self._chats.find(body.chat)
        return {"message": self._people.edit(self._who(body.person), chat, body.message, body.text)}

    async def _press(self, body: Press) -> Any:
        chat = self._chats.find(body.chat)
        return {"query": self._people.press(self._who(body.person), chat, body.message, body.data).id}

    async def _act(self, body: PanelPress) -> Any:
        action = self._panel.get(body.id)
        if action is None:
            raise bad_request("no such action")
        await action.run()
        self._chats.events.publish("panel", panel=self._panel_state())
        return {}

    def _told(
        self, kind: type[Body], act: Callable[[Body], Awaitable[Any]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """One request of a person: JSON in, the answer and the version of the state after it out."""

        async def handle(request: web.Request) -> web.Response:
            # A foreign site cannot send this content type without asking first, and nobody answers it yes.
            if request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType
            try:
                answer = await act(kind.model_validate_json(await request.read()))
            except (Refusal, ValidationError) as error:
                return _refuse(error)
            return web.json_response({"ok": True, "version": self._chats.events.version, **to_json(answer)})

        return handle

    def _snapshot(self) -> dict[str, Any]:
        chats = self._chats
        return {
            "version": chats.events.version,
            "bot": to_json(chats.bot),
            "persons": [
                {"id": person.id, "name": person.name, "role": person.role}
                for person in chats.persons.values()
            ],
            "chats": [chats.card(chat) for chat in chats.chats.values()],
            "messages": [
                to_json(message) for chat in chats.chats.values() for message in chat.messages.values()
            ],
            "pressed": [_tap(tap.query) for tap in chats.taps.values()],
            "panel": self._panel_state(),
        }

    def _panel_state(self) -> list[dict[str, str]]:
        return [
            {
                "id": action.id,
                "label": action.label,
                "group": action.group,
                "state": action.state() if action.state else "",
            }
            for action in self._panel.values()
        ]

    def _who(self, person_id: int) -> Person:
        person = self._chats.persons.get(person_id)
        if person is None:
            raise bad_request("no such person")
        return person


def _refuse(error: Refusal | ValidationError) -> web.Response:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        error = bad_request(f"can't read the request: {'.'.join(map(str, first['loc']))} {first['msg']}")
    return web.json_response(error.envelope(), status=error.code)


def _tap(query: types.CallbackQuery) -> dict[str, Any]:
    assert query.message is not None
    return {
        "query": query.id,
        "person": query.from_user.id,
        "chat": query.message.chat.id,
        "message": number(query.message),
        "data": query.data,
    }


def _event(content: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(content)}\n\n".encode()
