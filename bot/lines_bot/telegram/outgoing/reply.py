"""The answer to one request: the pressed message, edited in place, or one new message."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram.utils.formatting import Text

from lines_bot.telegram.outgoing.errors import Refusal, classify
from lines_bot.telegram.outgoing.expiring_buttons import ExpiringButtons
from lines_bot.telegram.outgoing.reply_targets import ChatTarget, ReplyTarget, find_reply_targets
from lines_bot.telegram.views.view import Rows, View

_log = logging.getLogger(__name__)
_CAPTION_LENGTH = 1024
_REFUSED = (TelegramBadRequest, TelegramForbiddenError)


class Reply:
    """One person's request and its one answer, however often that is redrawn.

    A `hidden` one is seen by that person alone: in the group where Telegram can do it, else in private.
    """

    def __init__(
        self,
        bot: Bot,
        event: Message | CallbackQuery,
        expiring_buttons: ExpiringButtons,
        *,
        hidden: bool = False,
    ) -> None:
        self._bot = bot
        self._expiring_buttons = expiring_buttons
        self._targets: deque[ReplyTarget] = deque(find_reply_targets(event, hidden))
        self._is_hidden = len(self._targets) > 1
        self._redrawn = False

    @property
    def answer_message_id(self) -> int | None:
        """The message of the chat that shows what comes of this request, once one does."""
        return self._target.drawn if self._redrawn and not self._is_hidden else None

    @property
    def is_in_private(self) -> bool:
        """Whether a hidden answer had to leave the group."""
        return self._is_hidden and isinstance(self._target, ChatTarget)

    async def answer(self, view: View) -> None:
        """Redraw the answer; send it if it is not there (any more)."""
        target = self._target
        if isinstance(target, ChatTarget) and target.drawn is not None:
            self._expiring_buttons.forget(target.chat, target.drawn)
        if target.drawn is not None and not await self._redraw(view):
            target.drawn = None
        if target.drawn is None:
            sent = await self._send(self._bot.send_message, view.as_message())
            # A refused target gave way to the next.
            target = self._target
            target.keep(sent)
        if isinstance(target, ChatTarget) and target.drawn is not None:
            self._expiring_buttons.remember(target.chat, target.drawn, view)
        self._redrawn = True

    def move_beside(self) -> None:
        """Draw in a message of its own from here on, and leave the pressed one as it is."""
        self._target.drawn = None

    async def send(self, view: View) -> None:
        """Say something beside what stands, as an answer to it."""
        await self._send(self._bot.send_message, view.as_message())

    async def send_file(self, name: str, content: bytes, caption: Text) -> None:
        """Send a file as an answer."""
        document = BufferedInputFile(content, name)
        await self._send(self._bot.send_document, {"document": document, **caption.as_caption_kwargs()})

    async def send_picture(self, content: bytes, view: View) -> None:
        """Send a picture as an answer, the view under it; a view too long for that follows by itself."""
        fits = len(view.text) <= _CAPTION_LENGTH
        photo = BufferedInputFile(content, "chart.png")
        try:
            await self._send(self._bot.send_photo, {"photo": photo, **(view.as_caption() if fits else {})})
        except _REFUSED as error:
            # A chat can forbid pictures and still take words.
            _log.warning("a chat takes no picture: %s", error)
            fits = False
        if not fits:
            await self.send(view)

    async def answer_error(self, words: Text, rows: Rows = ()) -> None:
        """Say why it did not work: over a drawing of this request, else beside the pressed message."""
        view = View(Text("⚠️ ", words), rows)
        await (self.answer(view) if self._redrawn else self.send(view))

    @property
    def _target(self) -> ReplyTarget:
        return self._targets[0]

    @property
    def _is_last(self) -> bool:
        return len(self._targets) == 1

    async def _redraw(self, view: View) -> bool:
        """Edit what is drawn; False if that is not there (any more)."""
        try:
            await self._target.edit(self._bot, view)
        except TelegramAPIError as error:
            refusal = classify(error)
            if refusal is Refusal.UNCHANGED:
                return True
            # Telegram publishes no words for what became of a message that one person saw.
            if refusal is Refusal.MESSAGE_GONE or (isinstance(error, _REFUSED) and not self._is_last):
                _log.info("an answer cannot be edited and is shown anew: %s", error)
                return False
            raise
        return True

    async def _send(self, send: Callable[..., Awaitable[Message]], content: dict[str, Any]) -> Message:
        """Put something new on the best target that Telegram allows."""
        while True:
            try:
                sent = await send(**self._target.address(), **content)
            except _REFUSED as error:
                if self._is_last:
                    raise
                _log.info("an answer cannot stay in its group: %s", error)
            else:
                if self._target.accept(sent):
                    return sent
                _log.error("this Telegram server knows no ephemeral messages: what it showed is taken back")
                await self._bot.delete_message(sent.chat.id, sent.message_id)
            self._targets.popleft()
