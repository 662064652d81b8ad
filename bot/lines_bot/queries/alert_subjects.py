"""The read side of alert keys: which channel or line an alert command is about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from lines_bot.alerts.observations import channel_key, queue_key
from lines_bot.pagination import Page, paginate
from lines_bot.queries.matching import find
from lines_bot.queries.models import AlertSubject
from lines_bot.references import Kind, References, UnknownReference
from lines_bot.snapshot import LinesCache

_FRESH = timedelta(seconds=5)
_MAKERS: Mapping[Kind, Callable[[str], str]] = {
    Kind.CHANNEL: channel_key,
    Kind.LINE: queue_key,
    Kind.KEY: str,
}


class AlertSubjectQueries:
    """Every method that names something raises LinesError."""

    def __init__(self, cache: LinesCache, references: References) -> None:
        self._cache = cache
        self._references = references

    async def open(self, short: str) -> AlertSubject:
        """What the short reference of a key, a channel or a line is about. Raises UnknownReference."""
        kind, target = await self._references.find(short)
        if kind not in _MAKERS:
            raise UnknownReference(short)
        (shown,) = await self.summarize([_MAKERS[kind](target)])
        return shown

    async def find(self, query: str, *, loosely: bool = False) -> Sequence[AlertSubject]:
        """The channels and lines meant by a reference or a name. Raises UnknownReference too."""
        if query.startswith("#"):
            return [await self.open(query)]
        return await self._summarize(
            find(query, (await self._list()).items(), lambda item: item[1], loosely=loosely)
        )

    async def list(self, page: int = 0) -> Page[AlertSubject]:
        """Everything that alerts can be about: the lines, then the channels, broken ones first."""
        part = paginate([*(await self._list()).items()], page)
        return part.carry(await self._summarize(part.items))

    async def summarize(self, keys: Iterable[str]) -> Sequence[AlertSubject]:
        """What these keys are about, in their order."""
        return await self._summarize((await self.name(keys)).items())

    async def name(self, keys: Iterable[str]) -> Mapping[str, str]:
        """What these keys are about, by name; what Lines does not show goes by its id."""
        snapshot = await self._cache.read(timedelta(minutes=5))
        names = {}
        for key in keys:
            kind, _, own_id = key.partition(":")
            item = snapshot.channels.get(own_id) if kind == "channel" else snapshot.lines.get(own_id)
            names[key] = (item.name if item else None) or own_id
        return names

    async def remember(self, words: str) -> str:
        """The reference under which a button keeps the rest of a command; none for no words."""
        return await self._references.ref_of_text(words)

    async def _list(self) -> Mapping[str, str]:
        snapshot = await self._cache.read(_FRESH)
        channels = sorted(snapshot.channels.values(), key=snapshot.rank)
        named = {queue_key(line.id): line.name or line.id for line in snapshot.lines.values()}
        return named | {channel_key(each.id): each.name or each.id for each in channels}

    async def _summarize(self, named: Iterable[tuple[str, str]]) -> Sequence[AlertSubject]:
        names = dict(named)
        refs = await self._references.ids_to_refs(Kind.KEY, names)
        return [AlertSubject(key, refs[key], name) for key, name in names.items()]
