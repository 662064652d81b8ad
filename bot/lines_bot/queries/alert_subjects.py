"""The read side of alert keys: which channel or line an alert command is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from lines_bot.alerts.families import list_keys, read_key
from lines_bot.alerts.policy import EVERYTHING, Scope
from lines_bot.lines import Channel, Line
from lines_bot.pagination import Page, paginate
from lines_bot.queries.matching import find, find_near
from lines_bot.queries.models import AlertSubject
from lines_bot.references import Kind, References, UnknownReference
from lines_bot.snapshot import LinesCache, Snapshot

_FRESH = timedelta(seconds=5)


class AlertSubjectQueries:
    """Every method that names something raises LinesError."""

    def __init__(self, cache: LinesCache, references: References) -> None:
        self._cache = cache
        self._references = references

    async def open(self, short: str) -> AlertSubject:
        """What the short reference of a key, a channel or a line is about. Raises UnknownReference."""
        kind, target = await self._references.find(short)
        keys = [target] if kind is Kind.KEY else list_keys(kind, target)
        if not keys:
            raise UnknownReference(short)
        return (await self.summarize(keys[:1]))[0]

    async def find(self, query: str) -> Sequence[AlertSubject]:
        """The channels and lines that are called so."""
        snapshot = await self._cache.read(_FRESH)
        return await self._summarize(find(query, _list(snapshot), lambda key: _name(key, snapshot)), snapshot)

    async def find_near(self, query: str) -> Sequence[str]:
        """The names of channels and lines that come close, as of `matching.find_near`."""
        snapshot = await self._cache.read(_FRESH)
        return find_near(query, [_name(key, snapshot) for key in _list(snapshot)], str)

    async def list(self, page: int = 0) -> Page[AlertSubject]:
        """Everything that alerts can be about: the lines, then the channels, broken ones first."""
        snapshot = await self._cache.read(_FRESH)
        part = paginate(_list(snapshot), page)
        return part.carry(await self._summarize(part.items, snapshot))

    async def list_of(self, kind: Kind, ids: Iterable[str]) -> Sequence[AlertSubject]:
        """These channels or lines, in their order; what Lines does not show goes by its id."""
        return await self.summarize([list_keys(kind, each)[0] for each in ids])

    async def name_scopes(self, scopes: Iterable[Scope]) -> Mapping[Scope, str]:
        """The names of the lines and channels that rules are set for."""
        return {
            each: (await self.list_of(Kind(each.kind), [each.id]))[0].name
            for each in {*scopes} - {EVERYTHING}
        }

    async def summarize(self, keys: Iterable[str]) -> Sequence[AlertSubject]:
        """What these keys are about, in their order."""
        return await self._summarize(keys, await self._cache.read(timedelta(minutes=5)))

    async def remember(self, words: str, reader: int) -> str:
        """The reference under which a button keeps the rest of a command; see `References.ref_of_text`."""
        return await self._references.ref_of_text(words, reader)

    async def _summarize(self, keys: Iterable[str], snapshot: Snapshot) -> Sequence[AlertSubject]:
        wanted = list(dict.fromkeys(keys))
        refs = await self._references.ids_to_refs(Kind.KEY, wanted)
        return [AlertSubject(key, refs[key], _name(key, snapshot), _line(key, snapshot)) for key in wanted]


def _list(snapshot: Snapshot) -> Sequence[str]:
    lines = [list_keys(Kind.LINE, each)[0] for each in snapshot.lines]
    channels = sorted(snapshot.channels.values(), key=snapshot.rank)
    return [*lines, *(list_keys(Kind.CHANNEL, each.id)[0] for each in channels)]


def _find(key: str, snapshot: Snapshot) -> Channel | Line | None:
    kind, own_id = read_key(key)
    known: Mapping[Kind | None, Mapping[str, Channel | Line]] = {
        Kind.CHANNEL: snapshot.channels,
        Kind.LINE: snapshot.lines,
    }
    return known.get(kind, {}).get(own_id)


def _name(key: str, snapshot: Snapshot) -> str:
    item = _find(key, snapshot)
    return (item.name if item else None) or read_key(key)[1]


def _line(key: str, snapshot: Snapshot) -> str:
    item = _find(key, snapshot)
    return (item.line or "") if isinstance(item, Channel) else read_key(key)[1]
