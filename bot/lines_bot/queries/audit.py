"""Who did what to which object, when, from which chat and with which outcome."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select

from lines_bot.alerts.families import read_key
from lines_bot.lines import LinesError, User
from lines_bot.operations.ledger import ALERT_VERBS, Entry, Verb, read_entry
from lines_bot.pagination import PAGE_SIZE, Page
from lines_bot.queries.matching import find
from lines_bot.queries.models import EntrySummary
from lines_bot.queries.names import name_client, name_user
from lines_bot.queries.search import split_words
from lines_bot.queries.sessions import SessionQueries
from lines_bot.references import Kind, References
from lines_bot.snapshot import LinesCache, Snapshot
from lines_bot.spelling import normalize
from lines_bot.store.database import Database
from lines_bot.store.tables import LedgerRow
from lines_bot.vocabulary import TODAY, YESTERDAY, read_first_length

_MOST_EXPORTED = 10_000
_CHANNEL_VERBS = frozenset({Verb.RECONNECT, Verb.DISCONNECT, Verb.CREATE})
_CLIENT_VERBS = frozenset({Verb.LINK, Verb.UNLINK})


@dataclass(frozen=True)
class AuditSearch:
    """`who` is part of a name; `target` the reference of an object; times are a half-open span."""

    who: str = ""
    target: str = ""
    verbs: frozenset[Verb] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


def read_audit(text: str, names: Mapping[str, Verb], now: datetime, zone: ZoneInfo) -> AuditSearch:
    """Read `anna spam today`, `#4f2a91` or `close 7d` in any order; `names` are the words for verbs."""
    who: list[str] = []
    verbs: set[Verb] = set()
    target, since, until = "", None, None
    today = datetime.combine(now.astimezone(zone), time(), zone)
    left = split_words(text)
    while left:
        word, is_quoted = left[0]
        plain, used = normalize(word), 1
        if is_quoted:
            who.append(plain)
        elif word.startswith("#"):
            target = plain.removeprefix("#")
        elif plain in names:
            verbs.add(names[plain])
        elif plain in TODAY:
            since = today
        elif plain in YESTERDAY:
            since, until = today - timedelta(days=1), today
        elif age := read_first_length([each.word for each in left]):
            since, used = now - age[0], age[1]
        elif day := _read_day(plain, zone):
            since, until = day, day + timedelta(days=1)
        else:
            who.append(plain)
        left = left[used:]
    return AuditSearch(" ".join(who), target, frozenset(verbs), since, until)


class Audit:
    """Reads the ledger for people. Names come from Lines, as far as it can be read."""

    def __init__(
        self,
        database: Database,
        cache: LinesCache,
        references: References,
        sessions: SessionQueries,
    ) -> None:
        self._database = database
        self._cache = cache
        self._references = references
        self._sessions = sessions

    async def list(self, search: AuditSearch, number: int = 0) -> Page[EntrySummary]:
        """One page, newest first. Raises UnknownReference."""
        conditions = await self._compile(search)
        async with self._database.begin() as session:
            total = await session.scalar(select(func.count(LedgerRow.id)).where(*conditions)) or 0
        pages = max(1, -(-total // PAGE_SIZE))
        number = min(max(number, 0), pages - 1)
        entries = await self._read(conditions, number * PAGE_SIZE, PAGE_SIZE)
        return Page(await self._summarize(entries), number, pages, total, number * PAGE_SIZE + 1)

    async def export(self, search: AuditSearch) -> Sequence[EntrySummary]:
        """Everything that fits, newest first, 10,000 at most. Raises UnknownReference."""
        return await self._summarize(await self._read(await self._compile(search), 0, _MOST_EXPORTED))

    async def _compile(self, search: AuditSearch) -> Sequence[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if search.verbs:
            conditions.append(LedgerRow.verb.in_(search.verbs))
        if search.since is not None:
            conditions.append(LedgerRow.intended_at >= search.since)
        if search.until is not None:
            conditions.append(LedgerRow.intended_at < search.until)
        if search.target:
            conditions.append(LedgerRow.object == (await self._references.find(search.target)).target)
        if search.who:
            conditions.append(await self._match_person(search.who))
        return conditions

    async def _match_person(self, who: str) -> ColumnElement[bool]:
        """Names are compared as people write them, so here and not in the database."""
        async with self._database.begin() as session:
            written = await session.scalars(select(LedgerRow.person_name).distinct())
            names = find(who, list(written), str)
        users = find(who, (await self._read_users()).values(), lambda user: user.name or "")
        return or_(LedgerRow.person_name.in_(names), LedgerRow.user.in_([user.id for user in users]))

    async def _read(
        self, conditions: Sequence[ColumnElement[bool]], offset: int, limit: int
    ) -> Sequence[Entry]:
        query = select(LedgerRow).where(*conditions).order_by(LedgerRow.id.desc()).offset(offset).limit(limit)
        async with self._database.begin() as session:
            return [read_entry(row) for row in await session.scalars(query)]

    async def _summarize(self, entries: Sequence[Entry]) -> Sequence[EntrySummary]:
        by_kind: dict[Kind, set[str]] = {
            Kind.CHANNEL: set(),
            Kind.CLIENT: set(),
            Kind.SESSION: set(),
            Kind.KEY: set(),
        }
        for entry in entries:
            if entry.verb is Verb.EXTENSION:
                continue
            by_kind[_find_kind(entry)].add(entry.object)
        shortened = [await self._references.ids_to_refs(kind, ids) for kind, ids in by_kind.items()]
        refs = {target: short for part in shortened for target, short in part.items()}
        names, users = await asyncio.gather(self._name_objects(by_kind), self._read_users())
        return [
            EntrySummary(
                entry=entry,
                ref=refs.get(entry.object, ""),
                name=f"/{entry.object}" if entry.verb is Verb.EXTENSION else names.get(entry.object, ""),
                user=name_user(users, entry.user),
                argument=name_user(users, entry.argument)
                if entry.verb is Verb.ASSIGN
                else entry.argument or "",
            )
            for entry in entries
        ]

    async def _name_objects(self, by_kind: Mapping[Kind, set[str]]) -> Mapping[str, str]:
        """The ledger can be read without Lines: then its objects have references only."""
        try:
            snapshot, clients, sessions = await asyncio.gather(
                self._cache.read(timedelta(minutes=5)),
                self._cache.read_clients(by_kind[Kind.CLIENT]),
                self._sessions.name(by_kind[Kind.SESSION]),
            )
        except LinesError:
            return {}
        channels = {each: snapshot.channels.get(each) for each in by_kind[Kind.CHANNEL]}
        return {
            **{each: channel.name or "" for each, channel in channels.items() if channel},
            **{each: name_client(client) for each, client in clients.items()},
            **sessions,
            **{each: _name_alert(snapshot, each) for each in by_kind[Kind.KEY]},
        }

    async def _read_users(self) -> Mapping[str, User]:
        """No names where Lines cannot be read."""
        try:
            return await self._cache.read_users()
        except LinesError:
            return {}


def _name_alert(snapshot: Snapshot, key: str) -> str:
    kind, own_id = read_key(key)
    if kind is Kind.LINE:
        return snapshot.name_line(own_id)
    channel = snapshot.channels.get(own_id)
    return (channel.name or "") if channel else ""


def _find_kind(entry: Entry) -> Kind:
    verb = entry.verb
    if verb in ALERT_VERBS:
        return Kind.KEY
    if verb in _CHANNEL_VERBS:
        return Kind.CHANNEL
    return Kind.CLIENT if verb in _CLIENT_VERBS else Kind.SESSION


def _read_day(word: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        return None
