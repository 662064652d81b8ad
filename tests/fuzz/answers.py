"""What Telegram, or somebody before it, may answer to what the bot sends: pages, refusals, nonsense."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiogram import methods, types

from lines_bot.sandbox.telegram.faults import Drop, Fault, Faults, Garbage, Method
from tests.fuzz.shapes import Body, Forge
from tests.fuzz.trial import Trial, open_trial
from tests.fuzz.updates import Writer
from tests.roles import COMMANDS

_LEAST_BATCH = 40
_ODD = 0.6
_ODD_POLLS = 0.05
_STATUSES = (200, 200, 400, 400, 403, 404, 409, 413, 429, 500, 502, 503)
_PAGES = (
    b"",
    b"<html><h1>502 Bad Gateway</h1></html>",
    b"null",
    b"[]",
    b'"ok"',
    b'{"ok": true}',
    b'{"ok": true, "result": null}',
    b'{"ok": "yes", "result": []}',
    b'{"ok": false}',
    b'{"ok": true, "result": {"message_id": 7',
    b"\xff\xfe\x00{",
    b"[" * 50_000,
    b'{"ok": true, "result": ' + b"9" * 5_000 + b"}",
)
_REFUSALS = (
    "Bad Request: chat not found",
    "Bad Request: message is not modified",
    "Bad Request: message to edit not found",
    "Bad Request: message thread not found",
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: can't parse entities: unsupported",
    "Bad Request: group chat was upgraded to a supergroup chat",
    "Bad Request: BUTTON_DATA_INVALID",
    "Forbidden: bot was blocked by the user",
    "Too Many Requests: retry after 9",
    "Request Entity Too Large",
    "Conflict: terminated by other getUpdates request",
    "Bad Gateway\r\n<html>\x1b[31m",
    "x" * 20_000,
    "",
)
# What a person waits for by the clock would be waited for here too.
_RESTS = (0, -5, 400, 32_400, 10**30, "soon", None, [], {}, True)
_MOVES = (-1_009_999, 0, 10**30, "somewhere", None, [], -3_001)
# A refused token ends the process, as it should.
_LISTENING = (methods.GetUpdates, methods.SetMyCommands)


class OddFaults(Faults):
    """Makes so many answers odd, chosen by chance; then none."""

    def __init__(self, random: Random, count: int) -> None:
        super().__init__()
        self.left = count
        self.by_method: Counter[str] = Counter()
        self._random = random
        self._forge = Forge(random)

    def next_for(self, method: Method) -> Fault | None:
        share = _ODD_POLLS if method is methods.GetUpdates else _ODD
        if self.left <= 0 or self._random.random() > share:
            return None
        self.left -= 1
        self.by_method[method.__api_method__] += 1
        match self._random.randrange(6):
            case 0:
                return Drop()
            case 1:
                return Garbage(self._random.choice(_PAGES), self._random.choice(_STATUSES))
            case 2 | 3:
                return self._encode(self._make_result())
            case _:
                status = self._random.choice(_STATUSES)
                return self._encode(self._make_refusal(), 400 if status in (200, 404) else status)

    def _make_result(self) -> Body:
        """An answer of the right kind, or of another, with something broken in it."""
        kind = self._random.choice(
            (types.Message, types.Message, types.User, types.ChatFullInfo, types.Update)
        )
        body: Body = {"ok": True, "result": self._random.choice((self._forge.make(kind), True, [], "yes", 5))}
        for _ in range(self._random.randrange(3)):
            self._forge.break_somewhere(body)
        return body

    def _make_refusal(self) -> Body:
        body: Body = {
            "ok": False,
            "error_code": self._random.choice(_STATUSES),
            "description": self._random.choice((*_REFUSALS, self._forge.find_odd())),
        }
        match self._random.randrange(4):
            case 0:
                body["parameters"] = {"retry_after": self._random.choice(_RESTS)}
            case 1:
                body["parameters"] = {"migrate_to_chat_id": self._random.choice(_MOVES)}
            case 2:
                body["parameters"] = self._forge.find_odd()
        return body

    def _encode(self, body: Any, status: int = 200) -> Garbage:
        return Garbage(json.dumps(body).encode(), status)


@dataclass(frozen=True)
class Tally:
    """What came of the answers, by the method they were for; no `faults`, if all is well."""

    answers: int
    by_method: Counter[str]
    faults: Counter[str]
    exit_code: int | None


async def try_answers(count: int, seed: int, folder: Path) -> Tally:
    """Answer oddly so many times while people ask and channels break; then answer well again."""
    random = Random(seed)
    async with open_trial(folder, crowd=max(40, count // 8)) as trial:
        telegram = trial.servers.telegram
        odd = telegram.faults = OddFaults(random, count)
        writer = Writer(random, trial.people, trial.groups, 0)
        commands = [name for names in COMMANDS.values() for name in names]
        batch = max(_LEAST_BATCH, count // 10)
        while odd.left > 0:
            for _ in range(batch):
                body = {"message": writer.command(f"/{random.choice(commands)}")}
                telegram.chats.updates.push_unread(body)
            _press(trial, random, batch)
            _change(trial, random)
            await trial.rest()
        assert (await trial.answer_of("/channels")).startswith("Channels")
        code = await trial.stop()
    return Tally(count, odd.by_method, trial.find_faults(), code)


def _press(trial: Trial, random: Random, count: int) -> None:
    """Taps on buttons that stand somewhere."""
    telegram = trial.servers.telegram
    buttons = [
        (chat, message.message_id, key.callback_data)
        for chat in telegram.chats.chats.values()
        for message in chat.messages.values()
        if message.reply_markup
        for row in message.reply_markup.inline_keyboard
        for key in row
        if key.callback_data
    ]
    for chat, message, data in random.sample(buttons, min(len(buttons), count)):
        person = telegram.chats.persons[random.choice(trial.people)]
        telegram.people.press(person, chat, message, data)


def _change(trial: Trial, random: Random) -> None:
    """A channel breaks or heals, so that there are cards."""
    simulation = trial.servers.simulation
    channels: Sequence[str] = [each["__id"] for each in simulation.world.items("channels")]
    simulation.break_channel(random.choice(channels))
    simulation.heal_channel(random.choice(channels))
