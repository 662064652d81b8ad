"""What the test driver sees: messages, chats and the persons that act in them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.driver import Driver


@dataclass(frozen=True)
class Toast:
    """The bot's answer to a tap."""

    text: str
    alert: bool


def number_of(raw: dict[str, Any]) -> int:
    """How the page calls a message: one that a single person sees by its own kind of number, with a minus."""
    return int(raw["message_id"] or -raw["ephemeral_message_id"])


@dataclass(frozen=True)
class Message:
    """A message as it stands now: an edit by the bot is seen through the same object."""

    driver: "Driver" = field(repr=False)
    chat_id: int
    id: int

    @property
    def raw(self) -> dict[str, Any]:
        """The Bot API object."""
        content = self.driver.messages.get((self.chat_id, self.id))
        assert content is not None, f"message {self.id} was deleted\n{self.driver.describe()}"
        return content

    @property
    def receiver(self) -> int | None:
        """The one person who sees it; None when everybody does."""
        return self.raw["receiver_user"]["id"] if self.id < 0 else None

    @property
    def exists(self) -> bool:
        return (self.chat_id, self.id) in self.driver.messages

    @property
    def text(self) -> str:
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or ())

    @property
    def buttons(self) -> list[str]:
        return [button["text"] for button in self.keyboard]

    @property
    def keyboard(self) -> list[dict[str, Any]]:
        """The buttons in reading order, as Bot API objects."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    def key(self, text: str) -> dict[str, Any] | None:
        """The button with this text."""
        return next((button for button in self.keyboard if button["text"] == text), None)

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    @property
    def by_bot(self) -> bool:
        return bool(self.raw.get("from", {}).get("id") == self.driver.bot_id)

    def __str__(self) -> str:
        sender = self.raw.get("from", {}).get("first_name", "")
        mark = " (edited)" if self.edited else ""
        keys = f"\n      {' '.join(f'[{text}]' for text in self.buttons)}" if self.buttons else ""
        return f"  {self.id} {sender}{mark}: {self.text}{keys}"


@dataclass(frozen=True)
class ChatView:
    """A chat as everybody in it sees it."""

    driver: "Driver" = field(repr=False)
    id: int

    @property
    def title(self) -> str:
        return str(self.driver.chats[self.id]["title"])

    @property
    def messages(self) -> list[Message]:
        return [message for message in self.driver.list_messages(self.id) if message.receiver is None]

    @property
    def answers(self) -> list[Message]:
        """The bot's messages, oldest first."""
        return [message for message in self.messages if message.by_bot]

    @property
    def pinned(self) -> list[Message]:
        return [Message(self.driver, self.id, number) for number in self.driver.chats[self.id]["pinned"]]

    def find(self, text: str, *, after: Message | None = None) -> Message | None:
        """The bot's newest message that contains the text; `after`: only what was sent after that one."""
        first = after.id + 1 if after else 0
        found = [message for message in self.answers if message.id >= first and text in message.text]
        return found[-1] if found else None

    async def wait_for(self, text: str, *, after: Message | None = None) -> Message:
        """Waits until the bot shows the text here, in a new message or by an edit."""
        return await self.driver.wait(lambda: self.find(text, after=after), f"{text!r} in {self.title}")

    async def wait_until_gone(self, text: str) -> None:
        """Waits until no message of the bot shows the text any more."""
        await self.driver.wait(lambda: self.find(text) is None, f"no more {text!r} in {self.title}")

    def __str__(self) -> str:
        return "\n".join([f"{self.title}:", *map(str, self.messages)])


@dataclass(frozen=True)
class Actor:
    """A person at their Telegram application."""

    driver: "Driver" = field(repr=False)
    id: int
    name: str

    @property
    def private(self) -> ChatView:
        return ChatView(self.driver, self.id)

    @property
    def toasts(self) -> list[str]:
        """The texts that the bot showed this person over the chat, oldest first."""
        return [toast.text for toast in self.driver.toasts.get(self.id, [])]

    def list_ephemeral(self, chat: ChatView) -> list[Message]:
        """What the bot showed in the chat to this person alone, oldest first."""
        return [message for message in self.driver.list_messages(chat.id) if message.receiver == self.id]

    async def send(
        self,
        text: str,
        chat: ChatView | None = None,
        *,
        reply_to: Message | None = None,
        topic: int | None = None,
        anonymous: bool = False,
        forwarded_from: "Actor | None" = None,
    ) -> Message:
        """Writes into a chat, into the private one with the bot if none is named."""
        sent = await self.driver.post(
            "send",
            person=self.id,
            chat=chat.id if chat else self.id,
            text=text,
            reply_to=reply_to.id if reply_to else None,
            topic=topic,
            anonymous=anonymous,
            forwarded_from=forwarded_from.id if forwarded_from else None,
        )
        return Message(self.driver, sent["message"]["chat"]["id"], number_of(sent["message"]))

    async def ask(self, text: str, chat: ChatView | None = None) -> Message:
        """Sends, and returns the first message that the bot writes after it in that chat."""
        sent = await self.send(text, chat)
        return await self._answer_to(sent)

    async def reply(self, message: Message, text: str) -> Message:
        """Replies to a message, and returns the first message that the bot writes after it."""
        sent = await self.send(text, ChatView(self.driver, message.chat_id), reply_to=message)
        return await self._answer_to(sent)

    async def edit(self, message: Message, text: str) -> None:
        await self.driver.post("edit", person=self.id, chat=message.chat_id, message=message.id, text=text)

    async def press(
        self, button: str, message: Message | None = None, *, chat: ChatView | None = None
    ) -> Toast:
        """Taps a button, of the newest message that has it if none is given, and waits for the answer."""
        message = message or await self._carrier(button, chat)
        key = await self.driver.wait(
            lambda: message.key(button), f"a button {button!r} under message {message.id}"
        )
        assert "callback_data" in key, f"the button {button!r} sends nothing\n{self.driver.describe()}"
        return await self.press_data(key["callback_data"], message)

    async def press_data(self, data: str, message: Message) -> Toast:
        """Taps with any callback data, also one that no button has, as a forged application can."""
        query = (
            await self.driver.post(
                "press", person=self.id, chat=message.chat_id, message=message.id, data=data
            )
        )["query"]
        return await self.driver.wait(
            lambda: self.driver.answered.get(query), f"an answer to {self.name}'s tap {data!r}"
        )

    async def _carrier(self, button: str, chat: ChatView | None) -> Message:
        def newest() -> Message | None:
            return next(
                (
                    message
                    for chat_id, message_id in reversed(self.driver.messages)
                    if self.id in self.driver.chats[chat_id]["members"]
                    and (chat is None or chat.id == chat_id)
                    and (message := Message(self.driver, chat_id, message_id)).receiver in (None, self.id)
                    and button in message.buttons
                ),
                None,
            )

        return await self.driver.wait(newest, f"a button {button!r}")

    async def _answer_to(self, sent: Message) -> Message:
        chat = ChatView(self.driver, sent.chat_id)
        return await self.driver.wait(
            lambda: chat.find("", after=sent), f"an answer to {self.name}'s {sent.text!r} in {chat.title}"
        )
