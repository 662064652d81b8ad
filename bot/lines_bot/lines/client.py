"""The door to Lines: `async with LinesClient(url, token) as lines: await lines.channels.search().all()`."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Generic, Self

from pydantic import AwareDatetime, BaseModel, SecretStr

from lines_bot.lines.errors import NotFound, Unavailable, UnsupportedContract
from lines_bot.lines.models import Channel, Client, I, ItemAnswer, Line, Page, User, UserGroup
from lines_bot.lines.probe import Probe
from lines_bot.lines.query import ItemFields, id_of
from lines_bot.lines.search import Search
from lines_bot.lines.sessions import Message, Session
from lines_bot.lines.sharing import GatheredRead
from lines_bot.lines.transport import Transport

CONTRACT = 1


class Description(BaseModel):
    """What the other side says of itself; `user` is the one whose rights the token gives."""

    contract: int
    bridge: str
    now: AwareDatetime
    methods: list[str]
    user: User | None = None


class Collection(Generic[I]):
    def __init__(self, transport: Transport, name: str, page: type[Page[I]]) -> None:
        self._transport = transport
        self._name = name
        self._page = page
        self._find: GatheredRead[I] = GatheredRead(self._read_found)

    def search(self) -> Search[I]:
        return Search(self._transport, self._name, self._page)

    async def get(self, id: str) -> I:  # noqa: A002  # the field's own name
        """The item with this id; NotFound if there is none or it is deleted."""
        item = await self.search().where(ItemFields.id == id, ItemFields.deleted_at.is_null()).first()
        if item is None:
            raise NotFound(collection=self._name, id=id)
        return item

    async def find(self, ids: Iterable[str]) -> Mapping[str, I]:
        """These items, deleted ones too, and maybe others: all that is wanted in one turn is one search."""
        return await self._find(ids)

    async def _read_found(self, ids: list[str]) -> Mapping[str, I]:
        return {item.id: item for item in await self.search().where(ItemFields.id.in_(ids)).all()}


class Sessions(Collection[Session]):
    async def create(self, channel: Channel | str, account: str) -> Session:
        """Write first: open a session with `account`, a login, phone or e-mail by the channel's type."""
        params = {"channel": id_of(channel), "account": account}
        return (await self._transport.change("sessions.create", params, ItemAnswer[Session])).item

    async def get_last_message(self, session: Session | str) -> Message | None:
        """The newest message of a session that need not have been read."""
        params = {"id": id_of(session)}
        answer = await self._transport.read("sessions.getLastMessage", params, ItemAnswer[Message | None])
        return answer.item


class LinesClient:
    """A Lines server, reached through its bridge.

    `rate` is HTTP requests a minute; `deadline` seconds a read may take with all its repetitions; `timeout`
    seconds one request may take. ValueError if the address or the token cannot be right.
    """

    def __init__(
        self,
        url: str,
        token: SecretStr,
        *,
        rate: float = 60,
        verify: ssl.SSLContext | bool = True,
        deadline: float = 30,
        timeout: float = 20,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport = Transport(
            url, token, rate=rate, verify=verify, deadline=deadline, timeout=timeout, clock=clock, sleep=sleep
        )
        self.lines = Collection(self._transport, "lines", Page[Line])
        self.channels = Collection(self._transport, "channels", Page[Channel])
        self.clients = Collection(self._transport, "clients", Page[Client])
        self.sessions = Sessions(self._transport, "sessions", Page[Session])
        self.users = Collection(self._transport, "users", Page[User])
        self.user_groups = Collection(self._transport, "userGroups", Page[UserGroup])

    @property
    def latency(self) -> float | None:
        """Seconds the last answered request took."""
        return self._transport.latency

    @property
    def trouble(self) -> Unavailable | None:
        """What is known to keep Lines from answering now: an outage, or a pause it asked for."""
        return self._transport.trouble

    async def probe(self) -> None:
        """Return when Lines answers, at once unless it is known to be down. Raises what keeps it."""
        await self._transport.probe()

    async def describe(self) -> Description:
        """Who answers, and for whom. UnsupportedContract if it speaks another version of the contract."""
        description = await self._transport.read("system.describe", {}, Description)
        if description.contract != CONTRACT:
            older = "bridge inside ELMA365" if description.contract < CONTRACT else "bot"
            raise UnsupportedContract(
                f"The bridge speaks version {description.contract} of the contract and the bot version "
                f"{CONTRACT}: update the {older}.",
                contract=description.contract,
            )
        return description

    async def read_probe(self) -> Probe:
        """What the bridge sees of its platform; it takes up to a minute. ProtocolError if it has no probe."""
        return await self._transport.read("system.probe", {}, Probe)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
