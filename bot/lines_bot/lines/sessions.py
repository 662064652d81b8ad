"""Sessions and what is said in them."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lines_bot.lines.enums import OPEN_STATES, TYPES_WITHOUT_SPAM, ChannelType, SessionPriority, SessionState
from lines_bot.lines.errors import Refused, SpamNotAllowed, UnspamNotAllowed, WrongState
from lines_bot.lines.models import (
    AppItem,
    Channel,
    Item,
    ItemAnswer,
    Many,
    Page,
    User,
    UserGroup,
    stop_at,
    wire_names,
)
from lines_bot.lines.query import SessionFields, id_of
from lines_bot.lines.search import read_pages
from lines_bot.lines.times import Time

MESSAGE_LENGTH = 4096
MESSAGES_AT_ONCE = 500


class File(BaseModel):
    """A file sent with a message; `size` is in bytes."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="allow")

    id: str = Field(alias="__id")
    name: str | None = Field(None, alias="__name")
    size: int | None = None


class Message(Item):
    """A message of a session; without a client and an operator it comes from a bot or the system."""

    collection = "messages"

    body: str | None = None
    client: str | None = None
    operator: str | None = None
    external_id: str | None = None
    files: Many[File] = ()
    is_read: bool | None = None
    session: str | None = None
    type: str | None = None
    payload: object = None


class Session(Item):
    """A conversation between clients and the operator, bot or group it is assigned to."""

    model_config = ConfigDict(alias_generator=wire_names(SessionFields))
    collection = "sessions"
    f: ClassVar[type[SessionFields]] = SessionFields

    state: SessionState | None = None
    priority: SessionPriority | None = None
    line: str | None = None
    channel: str | None = None
    clients: Many[str] = ()
    user_id: str | None = None
    user_group_id: str | None = None
    apps: Many[AppItem] = ()
    accepted_at: Time = None
    closed_at: Time = None
    last_activity_at: Time = None
    external_chat_id: str | None = None
    external_chat_name: str | None = None

    def obstacle_to_assign(self) -> Refused | None:
        return self._obstacle_unless_open()

    async def assign_to_operator(self, user: User | str) -> "Session":
        stop_at(self.obstacle_to_assign())
        return (await self._act("assignToOperator", ItemAnswer[Session], operator=id_of(user))).item

    async def assign_to_operator_group(self, group: UserGroup | str) -> "Session":
        stop_at(self.obstacle_to_assign())
        return (await self._act("assignToOperatorGroup", ItemAnswer[Session], userGroup=id_of(group))).item

    async def assign_to_bot(self, *, silent: bool = False) -> "Session":
        """Hand the conversation to the line's bot, which greets the client unless `silent`."""
        stop_at(self.obstacle_to_assign())
        return (await self._act("assignToBot", ItemAnswer[Session], silent=silent)).item

    def obstacle_to_close(self) -> Refused | None:
        """Whether it is the token's user who is assigned only Lines can tell."""
        return self._obstacle_unless_open()

    async def close(self) -> "Session":
        stop_at(self.obstacle_to_close())
        return (await self._act("close", ItemAnswer[Session])).item

    def obstacle_to_spam(self, channel: Channel) -> Refused | None:
        """`channel` is the session's own."""
        if channel.type in TYPES_WITHOUT_SPAM:
            return SpamNotAllowed(type=channel.type)
        return self._obstacle_unless_open()

    async def mark_as_spam(self, channel: Channel | None = None) -> "Session":
        """Close the session and leave it out of the reports; with its channel that rule is checked too."""
        stop_at(self.obstacle_to_spam(channel) if channel else self._obstacle_unless_open())
        return (await self._act("markAsSpam", ItemAnswer[Session])).item

    def obstacle_to_unspam(self, channel: Channel, *, is_last: bool) -> Refused | None:
        """`channel` is the session's own; `is_last`: its client has no later session."""
        if not is_last and channel.type != ChannelType.INBOX:
            return UnspamNotAllowed()
        return self._obstacle_unless_spam()

    async def unmark_as_spam(self) -> "Session":
        stop_at(self._obstacle_unless_spam())
        return (await self._act("unmarkAsSpam", ItemAnswer[Session])).item

    async def get_last_message(self) -> Message | None:
        return (await self._ask("getLastMessage", ItemAnswer[Message | None])).item

    async def get_all_messages(self, offset: int = 0, size: int = 10) -> list[Message]:
        """Up to `size` (1 to 10,000) messages from `offset`, oldest first."""
        return (await self._read_messages(offset, size)).result

    async def read_conversation(self) -> list[Message]:
        """All messages, oldest first: as many pages as it takes. BadAnswer if the pages do not end."""
        return await read_pages(self._read_messages, "messages", page_size=MESSAGES_AT_ONCE)

    async def send_system_message(self, text: str) -> Message | None:
        """Show `text` (1 to 4096 characters) in the conversation, from the system."""
        if not 1 <= len(text) <= MESSAGE_LENGTH:
            raise ValueError(f"A system message has 1 to {MESSAGE_LENGTH} characters, not {len(text)}.")
        return (await self._act("sendSystemMessage", ItemAnswer[Message | None], text=text)).item

    async def _read_messages(self, offset: int, size: int) -> Page[Message]:
        return await self._ask("getAllMessages", Page[Message], **{"from": offset, "size": size})

    def _obstacle_unless_open(self) -> Refused | None:
        return None if self.state in OPEN_STATES else WrongState(state=self.state)

    def _obstacle_unless_spam(self) -> Refused | None:
        return None if self.state == SessionState.MARKED_AS_SPAM else WrongState(state=self.state)
