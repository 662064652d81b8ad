"""A pinned message in a chat that always tells the truth."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from sqlalchemy import select

from lines_bot.alerts.incidents import Incidents
from lines_bot.clock import Clock
from lines_bot.settings import AlertTarget
from lines_bot.snapshot import LinesCache, Queue
from lines_bot.store.database import Database
from lines_bot.store.memory import Memory
from lines_bot.store.tables import BoardRow
from lines_bot.telegram.chats import ChatRegistry
from lines_bot.telegram.language import speak_to
from lines_bot.telegram.outgoing.delivery import ChatGone, ChatPaused, Delivery
from lines_bot.telegram.views.board import BoardContent, BoardLine, render_board
from lines_bot.telegram.views.view import View

_log = logging.getLogger(__name__)
_PAUSE = timedelta(seconds=5)
_FRESH = timedelta(seconds=30)


class Boards:
    """Keeps every board true: edited when what it shows has changed, every five seconds at most."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        delivery: Delivery,
        chats: ChatRegistry,
        cache: LinesCache,
        incidents: Incidents,
        clock: Clock,
    ) -> None:
        self._bot = bot
        self._database = database
        self._delivery = delivery
        self._chats = chats
        self._cache = cache
        self._incidents = incidents
        self._clock = clock
        self._rows = Memory(database, self._read)
        self._shown: dict[tuple[int, int], dict[str, Any]] = {}

    async def put_up(self, target: AlertTarget) -> None:
        """Send a new board and pin it where the bot may; the older one of that chat is left as it is."""
        content = await self.gather()
        with speak_to(target.chat):
            view = render_board(content)
        message = (await self._delivery.send(target, view, silent=True)).message
        async with self._database.begin() as session:
            row = BoardRow(
                chat=target.chat, topic=target.topic or 0, message=message, edited_at=self._clock.now()
            )
            await session.merge(row)
        self._rows.forget()
        try:
            await self._bot.pin_chat_message(target.chat, message, disable_notification=True)
        except TelegramAPIError as error:
            # A board that is not pinned is still true.
            _log.warning("the board of chat %s could not be pinned: %s", target.chat, error)

    async def update(self) -> None:
        """Bring every board to what is true; one that was deleted is taken down."""
        now = self._clock.now()
        due = [row for row in await self._rows.get() if now - row.edited_at >= _PAUSE]
        if due:
            content = await self.gather()
            await asyncio.gather(*(self._update(row, content) for row in due))

    async def _update(self, row: BoardRow, content: BoardContent) -> None:
        with speak_to(row.chat):
            view = render_board(content)
        message = view.as_message()
        if self._shown.get((row.chat, row.message)) == message:
            return
        try:
            stands = await self._redraw(row, view)
        except (ChatPaused, TelegramAPIError) as error:
            _log.warning("the board of chat %s could not be edited: %s", row.chat, error)
            return
        except ChatGone:
            stands = False
        self._shown[row.chat, row.message] = message
        async with self._database.begin() as session:
            kept = await session.get_one(BoardRow, (row.chat, row.topic))
            kept.edited_at = self._clock.now()
            if not stands:
                await session.delete(kept)
        self._rows.forget()

    async def _redraw(self, row: BoardRow, view: View) -> bool:
        """Whether the message is the board still; one left behind by a group that grew is put up anew."""
        left = AlertTarget(row.chat, row.topic or None)
        if await self._chats.locate(left) == left and await self._delivery.edit(left, row.message, view):
            return True
        # Telegram may have told only now that the group grew.
        if (target := await self._chats.locate(left)) != left:
            await self.put_up(target)
        return False

    async def gather(self) -> BoardContent:
        """How the company is, as last read."""
        snapshot = self._cache.latest
        incidents = await self._incidents.list_open()
        if snapshot is None:
            return BoardContent({}, [], len(incidents), None)
        lines = []
        for line in snapshot.lines.values():
            queue = snapshot.queues.get(line.id, Queue())
            lines.append(BoardLine(line.name or line.id, queue.waiting, queue.oldest))
        return BoardContent(
            counts=Counter(each.state for each in snapshot.channels.values()),
            lines=sorted(lines, key=lambda each: (-each.waiting, each.name)),
            incidents=len(incidents),
            taken_at=snapshot.taken_at,
            is_fresh=self._cache.age < _FRESH,
        )

    async def _read(self) -> Sequence[BoardRow]:
        async with self._database.begin() as session:
            return (await session.scalars(select(BoardRow))).all()
