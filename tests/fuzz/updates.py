"""Updates as no application would send them. None of them is a well-formed request to change Lines."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiogram import types

from tests.forgeries import forge, list_classes
from tests.fuzz.shapes import Body, Forge
from tests.fuzz.trial import ELSEWHERE, open_trial
from tests.roles import LEAST_FOR_COMMAND

RECONNECT = "/reconnect Shop Instagram"
_WORDS = ("", "shop", "Shop Instagram", "#ffffff", "999999 lead", "2h", "-2 ч", "zzz zzz", "1 2 3", "me")
# With what changes Lines of itself when its words are right, no words go.
_WORDLESS = ("reconnect", "disconnect", "assign", "group", "bot", "close", "spam", "unspam", "say", "new")
# What is no card, so that a tap with one wrong value is never right.
_KNOWN = {"card": "777777", "until": "1"}
_KINDS = [name for name in types.Update.model_fields if name != "update_id"]
_MESSAGES = [name for name in _KINDS if name.endswith(("message", "_post"))]
_NOT_OBEYED = [name for name in _MESSAGES if name != "message"]


class Writer:
    """Makes updates of these people in these groups; `elsewhere` is one in which the bot does not work."""

    def __init__(self, random: Random, people: Sequence[int], groups: Sequence[int], elsewhere: int) -> None:
        self._random = random
        self._forge = Forge(random)
        self._people = people
        self._groups = groups
        self._elsewhere = elsewhere
        self._number = 0
        self._ways: Sequence[Callable[[], Body]] = (
            self._make_any,
            self._write_with_more,
            self._break_command,
            self._break_command,
            self._write_badly,
            self._tap,
            self._break_tap,
            self._ask_what_is_not_obeyed,
            self._change_membership,
        )

    def write(self, count: int) -> Iterator[Body]:
        """So many updates, without their numbers."""
        for _ in range(count):
            self._number += 1
            yield self._random.choice(self._ways)()

    def command(self, text: str, person: int | None = None, chat: int | None = None) -> Body:
        """A message as Telegram writes it."""
        person = person or self._random.choice(self._people)
        chat = chat or self._random.choice((person, person, self._random.choice(self._groups)))
        return {
            "message_id": 1000 + self._number,
            "date": 1_800_000_000,
            "from": {"id": person, "is_bot": False, "first_name": "Somebody"},
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
            "text": text,
        }

    def _make_any(self) -> Body:
        """Any kind of update, asked for or not."""
        kind = self._random.choice(_KINDS)
        body = {kind: self._forge.fill(types.Update.model_fields[kind].annotation)}
        if self._random.random() < 0.3:
            self._forge.break_somewhere(body)
        return body

    def _write_with_more(self) -> Body:
        """A command with fields of other kinds of message: topics, gifts, polls, origins, keyboards."""
        message = self.command(self._choose_words())
        kept = set(message)
        for name, field in self._random.sample(sorted(types.Message.model_fields.items()), 6):
            key = field.alias or name
            if key not in kept:
                message[key] = self._forge.fill(field.annotation, 1)
        return {"message": message}

    def _break_command(self) -> Body:
        body = {"message": self.command(self._choose_words())}
        if self._random.random() < 0.5:
            body["message"]["reply_to_message"] = {
                **self.command("#ffffff", 1_000_001),
                "reply_markup": {"inline_keyboard": self._random.choice(([], [[]], [[], []]))},
            }
        for _ in range(self._random.choice((1, 1, 2, 3))):
            self._forge.break_somewhere(body)
        return body

    def _write_badly(self) -> Body:
        """A command whose words nobody foresaw."""
        name = self._random.choice(sorted(LEAST_FOR_COMMAND))
        text = (
            f"/{name}{self._random.choice((' ', '@', chr(160), chr(10), '＠'))}{self._forge.find_odd_text()}"
        )
        key = self._random.choice(("text", "text", "caption"))
        message = self.command("")
        del message["text"]
        return {
            "message": {**message, key: text, "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
        }

    def _tap(self) -> Body:
        kind = self._random.choice(list_classes())
        message = self.command("a card")
        tapper, message["from"] = (
            message["from"],
            {"id": 1_000_001, "is_bot": True, "first_name": "Lines bot"},
        )
        data = self._random.choice((*forge(kind, _KNOWN), self._forge.find_odd_text()))
        if self._random.random() < 0.3:
            message["date"] = 0
        tap = {
            "id": str(self._number),
            "from": tapper,
            "message": message,
            "chat_instance": "1",
            "data": data,
        }
        return {"callback_query": tap}

    def _break_tap(self) -> Body:
        body = self._tap()
        self._forge.break_somewhere(body)
        return body

    def _ask_what_is_not_obeyed(self) -> Body:
        """What would change Lines, if it were not somebody else's, elsewhere, or another kind of update."""
        message = self.command(RECONNECT)
        spoilt: Sequence[Body] = (
            {"from": {**message["from"], "is_bot": True}},
            {"from": {**message["from"], "id": 999_998}},
            {"chat": {"id": self._elsewhere, "type": "group"}},
            {"sender_chat": self._forge.make(types.Chat)},
            {"via_bot": self._forge.make(types.User)},
            {"is_automatic_forward": True},
            {"forward_origin": self._make_origin()},
            {"forward_origin": {"type": "from the future", "date": 0}},
        )
        if self._random.random() < 0.5:
            return {self._random.choice(_NOT_OBEYED): {**message, **self._random.choice(({}, *spoilt))}}
        return {"message": {**message, **self._random.choice(spoilt)}}

    def _make_origin(self) -> Any:
        return self._forge.fill(types.Message.model_fields["forward_origin"].annotation)

    def _change_membership(self) -> Body:
        kind = self._random.choice(("my_chat_member", "my_chat_member", "chat_member"))
        body = {kind: self._forge.make(types.ChatMemberUpdated)}
        if self._random.random() < 0.5:
            self._forge.break_somewhere(body)
        return body

    def _choose_words(self) -> str:
        name = self._random.choice(sorted(LEAST_FOR_COMMAND))
        return f"/{name} {'' if name in _WORDLESS else self._random.choice(_WORDS)}".strip()


@dataclass(frozen=True)
class Tally:
    """What came of the updates: no `faults`, no change by an odd one, and one by the good one after them."""

    updates: int
    unreadable: int
    requests: int
    faults: Counter[str]
    changed_by_odd: list[str]
    changed_by_good: list[str]
    exit_code: int | None


async def try_updates(count: int, seed: int, folder: Path) -> Tally:
    """Send so many updates to the real process, and then a well-formed request."""
    async with open_trial(folder, crowd=max(40, count // 8)) as trial:
        telegram = trial.servers.telegram
        for body in Writer(Random(seed), trial.people, trial.groups, ELSEWHERE).write(count):
            telegram.chats.updates.push_unread(body)
        await trial.rest()
        changed = trial.changes
        assert "Shop Instagram" in await trial.answer_of("/channels")
        await trial.answer_of(RECONNECT)
        code = await trial.stop()
    return Tally(
        updates=count,
        unreadable=trial.unreadable,
        requests=len(telegram.requests),
        faults=trial.find_faults(),
        changed_by_odd=changed,
        changed_by_good=trial.changes[len(changed) :],
        exit_code=code,
    )
