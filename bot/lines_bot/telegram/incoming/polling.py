"""The incoming side: an update is written down before it is confirmed, and handled from there."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramConflictError, TelegramUnauthorizedError
from aiogram.types import Update
from aiogram.utils.backoff import Backoff, BackoffConfig
from pydantic import ValidationError

from lines_bot.clock import Clock
from lines_bot.store.errors import DatabaseTrouble
from lines_bot.telegram.incoming.absence import Absence, find_backlogs
from lines_bot.telegram.incoming.inbox import Inbox, Letter
from lines_bot.telegram.incoming.intake import Attempt, Intake
from lines_bot.telegram.outgoing.administrators import Administrators
from lines_bot.telegram.outgoing.session import GetRawUpdates, UnreadableAnswer, find_place
from lines_bot.telegram.views.updates import render_put_aside, render_unreadable_update

_log = logging.getLogger(__name__)

_LONG_POLL = 30
_A_FETCH = 100
_MOST_UNDER_WAY = 1000
_MOST_TRIES = 6
_AWAY = timedelta(minutes=2)
# Telegram keeps no update longer. A memory that is new knows of no button either.
_UNKNOWN = timedelta(days=1)
_NOTE_EVERY = 60.0
_GATHERED = 0.1  # seconds in which ends are gathered, to be written down together
_BACKOFF = BackoffConfig(min_delay=1.0, max_delay=30.0, factor=1.5, jitter=0.1)
_OURS = ("message", "callback_query", "my_chat_member")


class UpdateLoop:
    """Long-polls Telegram and handles updates side by side; `unreadable` counts those nobody can read."""

    def __init__(
        self,
        bot: Bot,
        intake: Intake,
        inbox: Inbox,
        administrators: Administrators,
        absence: Absence,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._allowed = sorted({*_OURS, *intake.dispatcher.resolve_used_update_types()})
        self._inbox = inbox
        self._administrators = administrators
        self._absence = absence
        self._clock = clock
        self._sleep = sleep
        self._under_way: set[asyncio.Task[None]] = set()
        self._done: list[int] = []
        self._ending: asyncio.Task[None] | None = None
        self._finishing = asyncio.Lock()
        self._next = 0
        self._listened_at: float | None = None
        self._noted_at = 0.0
        self._gap = timedelta(0)
        self.unreadable = 0

    async def run(self) -> None:
        """Take up what is left, then fetch and handle until cancelled. Raises if the token is refused."""
        backoff = Backoff(_BACKOFF)
        self._begin(self._take_up())
        while True:
            try:
                await self._receive(await self._fetch())
            except TelegramUnauthorizedError:
                raise
            except TelegramAPIError as error:
                _log.warning("Telegram gives no updates: %s", _name_reason(error))
                await self._sleep(next(backoff))
            except Exception:
                _log.exception("listening to Telegram failed, and goes on")
                await self._sleep(next(backoff))
            else:
                backoff.reset()

    async def idle(self) -> None:
        """Return when nothing that was fetched is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._write_ends()

    async def finish(self, seconds: float) -> None:
        """Wait for the handlers that run; what does not end in time is left to the next process."""
        if self._under_way:
            _done, left = await asyncio.wait(self._under_way, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self._write_ends()
        if self._ending is not None:
            self._ending.cancel()
        if not self._next:
            return
        try:
            await self._bot(GetRawUpdates(offset=self._next, timeout=0, allowed_updates=self._allowed))
        except TelegramAPIError as error:
            _log.warning("the last updates stay unconfirmed and will be redelivered: %s", error)

    async def _fetch(self) -> Sequence[dict[str, Any]]:
        while len(self._under_way) >= _MOST_UNDER_WAY:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        return await self._bot(
            GetRawUpdates(offset=self._next or None, timeout=_LONG_POLL, allowed_updates=self._allowed),
            request_timeout=_LONG_POLL + 15,
        )

    async def _receive(self, bodies: Sequence[dict[str, Any]]) -> None:
        """Write down what is new, and begin it."""
        gap = await self._measure_gap()
        numbered = {
            body["update_id"]: _find_substance(body)
            for body in bodies
            if isinstance(body.get("update_id"), int)
        }
        if bodies and not numbered:
            raise UnreadableAnswer(GetRawUpdates(), "updates without numbers")
        updates = {number: self._read(body) for number, body in sorted(numbered.items())}
        letters = [
            Letter(number, numbered[number], self._measure_wait(update, gap))
            for number, update in updates.items()
            if update is not None and number >= self._next
        ]
        fresh = await self._write_down(letters, updates)
        self._next = max([self._next, *(number + 1 for number in numbered)])
        self._gap = gap if len(bodies) >= _A_FETCH else timedelta(0)
        readable = {each.id: (each, update) for each in fresh if (update := updates[each.id]) is not None}
        if late := [update for each, update in readable.values() if each.waited >= _AWAY]:
            username = (await self._bot.me()).username or ""
            for chat, ids in find_backlogs(late, username, self._intake.list_commands()).items():
                self._begin(self._put_off(chat, [readable.pop(number) for number in sorted(ids)]))
        for letter, update in readable.values():
            self._begin(self._handle(letter, update))
        if lost := [number for number, update in updates.items() if update is None]:
            with self._intake.language.speak():
                await self._administrators.tell_once(
                    "unreadable update", partial(render_unreadable_update, len(lost))
                )

    def _read(self, body: dict[str, Any]) -> Update | None:
        """The update; None if nobody here knows its kind or shape. Its contents are not logged."""
        try:
            # What cannot be written down as it came would fail wherever it is written later.
            json.dumps(body, ensure_ascii=False).encode()
            return Update.model_validate(body, context={"bot": self._intake.bot})
        except (ValidationError, RecursionError, UnicodeError) as error:
            self.unreadable += 1
            kinds = ", ".join(sorted(set(body) - {"update_id"}))
            _log.error("update %s (%s) cannot be read: %s", body["update_id"], kinds, type(error).__name__)
            return None

    async def _measure_gap(self) -> timedelta:
        """How long nobody listened to Telegram before this answer, or before the backlog it belongs to."""
        now = self._clock.monotonic()
        if self._listened_at is None:
            last = await self._inbox.find_last_fetch()
            gap = max(self._clock.now() - last, timedelta(0)) if last else _UNKNOWN
        else:
            gap = timedelta(seconds=max(now - self._listened_at - _LONG_POLL, 0))
        self._listened_at = now
        return max(gap, self._gap)

    def _measure_wait(self, update: Update | None, gap: timedelta) -> timedelta:
        """How long an update waited for somebody to listen; a tap bears no time, so it is the whole gap."""
        if update is None or gap < _AWAY:
            return timedelta(0)
        if update.message is None:
            return gap if update.callback_query and gap < _UNKNOWN else timedelta(0)
        return min(max(self._clock.now() - update.message.date, timedelta(0)), gap)

    async def _write_down(
        self, letters: Sequence[Letter], updates: dict[int, Update | None]
    ) -> Sequence[Letter]:
        """Until it is written down nothing is confirmed; whoever asked is told why meanwhile."""
        now, backoff = self._clock.now(), Backoff(_BACKOFF)
        if not letters and self._clock.monotonic() - self._noted_at < _NOTE_EVERY:
            return []
        told = False
        while True:
            try:
                fresh = await self._inbox.add(letters, now)
            except DatabaseTrouble as trouble:
                _log.error("updates cannot be written down: %s", trouble)
                if not told:
                    for letter in letters:
                        if (update := updates[letter.id]) is not None:
                            self._begin(self._refuse(update, trouble))
                told = True
                await self._sleep(next(backoff))
            else:
                self._noted_at = self._clock.monotonic()
                return fresh

    async def _refuse(self, update: Update, trouble: DatabaseTrouble) -> None:
        """Say what is wrong with the memory to whoever may ask at all."""
        try:
            await self._intake.refuse(update, trouble)
        except Exception as error:
            _log.warning("update %s is not answered yet: %s", update.update_id, error)

    async def _put_off(self, chat: int, waiting: Sequence[tuple[Letter, Update]]) -> None:
        """Many commands of one chat that waited while nobody listened."""
        for letter, update in waiting:
            await self._handle(letter, update, is_put_off=True)
        try:
            with self._intake.language.speak():
                await self._absence.tell(chat)
        except (TelegramAPIError, DatabaseTrouble) as error:
            _log.warning("chat %s was not told what was not run: %s", chat, error)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take_up(self) -> None:
        """Handle what an earlier process left, one by one, so that what crashes it stands alone."""
        try:
            for letter in await self._inbox.list_left():
                if (update := self._read(letter.body)) is None:
                    await self._inbox.finish([letter.id])
                elif await self._inbox.attempt(letter):
                    await self._handle(letter, update)
                    await self._write_ends()
                else:
                    _log.error("update %s ended the process again and again: it is put aside", letter.id)
                    with self._intake.language.speak():
                        await self._administrators.tell(partial(render_put_aside, letter.id))
        except DatabaseTrouble as trouble:
            _log.error("what is left of an earlier process cannot be read: %s", trouble)

    async def _handle(self, letter: Letter, update: Update, *, is_put_off: bool = False) -> None:
        backoff = Backoff(_BACKOFF)
        for attempt in range(_MOST_TRIES):
            try:
                await self._intake.feed(
                    update, Attempt(letter.waited, is_repeat=attempt > 0, is_put_off=is_put_off)
                )
            except DatabaseTrouble as trouble:
                _log.warning("update %s waits for the memory: %s", letter.id, trouble)
                await self._sleep(next(backoff))
            except Exception:
                _log.exception("update %s could not be handled", letter.id)
                break
            else:
                break
        self._done.append(letter.id)
        if self._ending is None or self._ending.done():
            self._ending = asyncio.create_task(self._gather_ends())

    async def _gather_ends(self) -> None:
        """One transaction for all that end within a moment."""
        is_written = True
        while self._done and is_written:
            await asyncio.sleep(_GATHERED)
            is_written = await self._write_ends()

    async def _write_ends(self) -> bool:
        """False if they wait for the next end, because the memory does not take them now."""
        async with self._finishing:
            if not (done := self._done):
                return True
            self._done = []
            try:
                await self._inbox.finish(done)
            except DatabaseTrouble as trouble:
                _log.error("the end of %d updates is not written down yet: %s", len(done), trouble)
                self._done += done
                return False
            return True


def _find_substance(body: dict[str, Any]) -> dict[str, Any]:
    """The update; of a tap without what the pressed message shows, which is most of it and not asked for."""
    tap = body.get("callback_query")
    if not isinstance(tap, dict) or not isinstance(pressed := tap.get("message"), dict):
        return body
    return {**body, "callback_query": {**tap, "message": find_place(pressed)}}


def _name_reason(error: TelegramAPIError) -> object:
    return "another process polls with this token" if isinstance(error, TelegramConflictError) else error
