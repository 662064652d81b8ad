"""Where an answer appears: the pressed message, edited in place, or one new message."""

import logging

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BufferedInputFile, CallbackQuery, InaccessibleMessage, Message, ReplyParameters
from aiogram.utils.formatting import Text

from bot.telegram.passing import PassingButtons
from bot.telegram.refusals import Refusal, classify
from bot.telegram.views.view import Rows, View

_log = logging.getLogger(__name__)
_CAPTION_LENGTH = 1024


class Screen:
    """One person's request and its one answer, however often that is redrawn."""

    def __init__(self, bot: Bot, event: Message | CallbackQuery, passing: PassingButtons) -> None:
        message = event.message if isinstance(event, CallbackQuery) else event
        assert message is not None, "access lets no tap without a message through"
        self._bot = bot
        self._passing = passing
        self._chat = message.chat.id
        self._topic = (
            message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
        )
        self._asked = message.message_id
        is_pressed = isinstance(event, CallbackQuery) and not isinstance(message, InaccessibleMessage)
        self._drawn = message.message_id if is_pressed else None
        self._redrawn = False

    @property
    def answer(self) -> int | None:
        """The message that shows what comes of this request, once it does."""
        return self._drawn if self._redrawn else None

    async def show(self, view: View) -> None:
        """Redraw the answer; send it if it is not there (any more)."""
        if self._drawn is not None:
            self._passing.forget(self._chat, self._drawn)
            try:
                await self._bot.edit_message_text(
                    chat_id=self._chat, message_id=self._drawn, **view.as_message()
                )
            except TelegramAPIError as error:
                if classify(error) is Refusal.MESSAGE_GONE:
                    self._drawn = None
                elif classify(error) is not Refusal.UNCHANGED:
                    raise
        if self._drawn is None:
            await self._send(view)
        if self._drawn is not None:
            self._passing.remember(self._chat, self._drawn, view)
        self._redrawn = True

    def move_beside(self) -> None:
        """Draw in a message of its own from here on, and leave the pressed one as it is."""
        self._drawn = None

    async def reply(self, view: View) -> None:
        """Say something beside what stands, as an answer to it."""
        await self._send(view, keep=False)

    async def send_file(self, name: str, content: bytes, caption: Text) -> None:
        """Send a file as an answer."""
        await self._bot.send_document(
            chat_id=self._chat,
            document=BufferedInputFile(content, name),
            message_thread_id=self._topic,
            reply_parameters=ReplyParameters(message_id=self._asked, allow_sending_without_reply=True),
            **caption.as_caption_kwargs(),
        )

    async def send_picture(self, content: bytes, view: View) -> None:
        """Send a picture as an answer, the view under it; a view too long for that follows by itself."""
        fits = len(view.text) <= _CAPTION_LENGTH
        try:
            await self._bot.send_photo(
                chat_id=self._chat,
                photo=BufferedInputFile(content, "chart.png"),
                message_thread_id=self._topic,
                reply_parameters=ReplyParameters(message_id=self._asked, allow_sending_without_reply=True),
                **(view.as_caption() if fits else {}),
            )
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            # A chat can forbid pictures and still take words.
            _log.warning("chat %s takes no picture: %s", self._chat, error)
            fits = False
        if not fits:
            await self.reply(view)

    async def explain(self, words: Text, rows: Rows = ()) -> None:
        """Say why it did not work: over a drawing of this request, else beside the pressed message."""
        view = View(Text("⚠️ ", words), rows)
        await (self.show(view) if self._redrawn else self.reply(view))

    async def _send(self, view: View, *, keep: bool = True) -> None:
        sent = await self._bot.send_message(
            chat_id=self._chat,
            message_thread_id=self._topic,
            reply_parameters=ReplyParameters(message_id=self._asked, allow_sending_without_reply=True),
            **view.as_message(),
        )
        if keep:
            self._drawn = sent.message_id
