"""The read side of clients: who they are in each channel, and their sessions."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from lines_bot.lines import Client, Filter, LinesClient
from lines_bot.operations.clients import write_app_item
from lines_bot.pagination import PAGE_SIZE, Page
from lines_bot.queries.matching import find
from lines_bot.queries.models import ClientDetails, ClientList, ClientSummary
from lines_bot.queries.names import name_client
from lines_bot.queries.sessions import SessionQueries, match_client
from lines_bot.references import Kind, References
from lines_bot.snapshot import LinesCache


class ClientQueries:
    """Every method raises LinesError."""

    def __init__(
        self, lines: LinesClient, cache: LinesCache, references: References, sessions: SessionQueries
    ) -> None:
        self._lines = lines
        self._cache = cache
        self._references = references
        self._sessions = sessions

    async def resolve(self, short: str) -> str:
        """The id behind a client's short reference. Raises UnknownReference."""
        return await self._references.ref_to_id(Kind.CLIENT, short)

    async def search(self, text: str, number: int = 0, *, reader: int) -> ClientList:
        """The clients whose name or account contains the text, in all channels, newest first.

        `reader`: who may leaf through them, as in `References.ref_of_text`.
        """
        named = match_client(text)
        page, ref = await asyncio.gather(
            self._read_page(number, *([named] if named is not None else [])),
            self._references.ref_of_text(text, reader),
        )
        return ClientList(page, text, ref)

    async def find(self, query: str) -> Sequence[ClientSummary]:
        """The newest clients whose name or account contains this."""
        named = match_client(query)
        found = (await self._read_page(0, named)).items if named is not None else []
        return find(query, found, lambda client: f"{client.name} {client.account}")

    async def list_of_channel(self, channel_id: str, number: int = 0) -> Page[ClientSummary]:
        """The clients of a channel that can be written to by their account, newest first."""
        return await self._read_page(number, Client.f.channel == channel_id, ~Client.f.username.is_null())

    async def open_card(self, client_id: str) -> ClientDetails:
        """A client with the newest of their sessions. Raises NotFound too."""
        client, sessions = await asyncio.gather(
            self._lines.clients.get(client_id), self._sessions.list_of_client(client_id)
        )
        return ClientDetails(await self.summarize(client), sessions)

    async def get(self, client_id: str) -> ClientSummary:
        """One client, read now. Raises NotFound too."""
        return await self.summarize(await self._lines.clients.get(client_id))

    async def summarize(self, client: Client) -> ClientSummary:
        """A client just read, with the channel's name."""
        return (await self._summarize([client]))[0]

    async def _read_page(self, number: int, *conditions: Filter) -> Page[ClientSummary]:
        """Newest first."""
        search = self._lines.clients.search().where(Client.f.deleted_at.is_null(), *conditions)
        search, number = search.sort(Client.f.created_at, ascending=False), max(number, 0)
        total, clients = await asyncio.gather(
            search.count(), search.offset(number * PAGE_SIZE).size(PAGE_SIZE).all()
        )
        pages = max(1, -(-total // PAGE_SIZE))
        return Page(await self._summarize(clients), number, pages, total, number * PAGE_SIZE + 1)

    async def _summarize(self, clients: Sequence[Client]) -> Sequence[ClientSummary]:
        snapshot, refs = await asyncio.gather(
            self._cache.read(timedelta(minutes=5)),
            self._references.ids_to_refs(Kind.CLIENT, [client.id for client in clients]),
        )
        return [
            ClientSummary(
                id=client.id,
                ref=refs[client.id],
                name=name_client(client) or client.id,
                account=client.username or "",
                channel=(channel.name or channel.id) if channel else client.channel or "",
                linked=write_app_item(client.application_item) if client.application_item else "",
            )
            for client in clients
            for channel in [snapshot.channels.get(client.channel or "")]
        ]
