"""Short names for long things: what a person can read, copy and send back, and what fits into a button."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from lines_bot.clock import Clock
from lines_bot.store.database import Database, cut
from lines_bot.store.tables import ReferenceRow, SecretRow, TextRow

EVERYONE = 0
_SHORTEST = 6
_MOST_KNOWN = 20_000
_TEXTS_LIVE = timedelta(days=30)


class Kind(StrEnum):
    CHANNEL = "channel"
    SESSION = "session"
    LINE = "line"
    OPERATOR = "operator"
    GROUP = "group"
    CLIENT = "client"
    KEY = "key"


class Reference(NamedTuple):
    kind: Kind
    target: str


class UnknownReference(Exception):
    """Nothing was shown under this short name, or nothing of this kind, or not to whoever asks."""

    def __init__(self, short: str) -> None:
        super().__init__(short)
        self.short = short


class References:
    """Remembers every short name of an id, so that none ever means two things; texts for 30 days."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[Reference, str] = OrderedDict()
        self._alone = asyncio.Lock()

    async def ids_to_refs(self, kind: Kind, targets: Iterable[str]) -> dict[str, str]:
        """The short name of each target; new ones are made and stored."""
        wanted = dict.fromkeys(Reference(kind, target) for target in targets)
        async with self._alone:
            known = {each: self._known[each] for each in wanted if each in self._known}
            if missing := wanted.keys() - known.keys():
                known |= await self._store(missing)
            for reference in wanted:
                self._known[reference] = known[reference]
                self._known.move_to_end(reference)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return {reference.target: known[reference] for reference in wanted}

    async def ref_to_id(self, kind: Kind, short: str) -> str:
        """What a short name means. Raises UnknownReference."""
        found = await self.find(short)
        if found.kind is not kind:
            raise UnknownReference(short)
        return found.target

    async def find(self, short: str) -> Reference:
        """What a short name means, whatever its kind. Raises UnknownReference."""
        async with self._database.begin() as session:
            row = await session.get(ReferenceRow, short.removeprefix("#").lower())
        if row is None:
            raise UnknownReference(short)
        return _decode(row)

    async def find_known(self, shorts: Sequence[str]) -> Sequence[Reference]:
        """What these short names mean, in their order; those that mean nothing are left out."""
        if not shorts:
            return []
        async with self._database.begin() as session:
            rows = await session.scalars(select(ReferenceRow).where(ReferenceRow.short.in_(shorts)))
            known = {row.short: _decode(row) for row in rows}
        return [known[short] for short in shorts if short in known]

    async def ref_of_text(self, text: str, reader: int) -> str:
        """The short name of a text, for a button to repeat; none for an empty one.

        `reader` is whom it is for: a person's number, that of a group for all who are in it, or EVERYONE.
        """
        return (await self.refs_of_texts([text], reader)).get(text, "")

    async def refs_of_texts(self, texts: Iterable[str], reader: int) -> dict[str, str]:
        """The short name of each text that is not empty; see `ref_of_text`."""
        wanted = [text for text in dict.fromkeys(texts) if text]
        if not wanted:
            return {}
        async with self._alone, self._database.begin() as session:
            key = (await session.get_one(SecretRow, "texts")).value
            return {text: await self._remember(session, text, reader, key) for text in wanted}

    async def text_of(self, short: str, *readers: int) -> str:
        """A text that is for one of these readers, or for everyone. Raises UnknownReference."""
        if not short:
            return ""
        async with self._database.begin() as session:
            row = await session.get(TextRow, short)
        if row is None or row.reader not in (EVERYONE, *readers) or self._is_old(row):
            raise UnknownReference(short)
        return row.text

    async def prune(self) -> None:
        """Forget the texts that nobody asked to remember within 30 days."""
        async with self._database.begin() as session:
            await session.execute(delete(TextRow).where(TextRow.at < self._clock.now() - _TEXTS_LIVE))

    def _is_old(self, row: TextRow) -> bool:
        return row.at < self._clock.now() - _TEXTS_LIVE

    async def _remember(self, session: AsyncSession, text: str, reader: int, key: str) -> str:
        # Without the key nobody can compute, or try, which text stands behind a short name.
        digest = hashlib.blake2b(f"{reader}:{text}".encode(), key=bytes.fromhex(key)).hexdigest()
        length = _SHORTEST
        while (row := await session.get(TextRow, digest[:length])) and (row.reader, row.text) != (
            reader,
            text,
        ):
            length += 1
        await session.merge(TextRow(short=digest[:length], reader=reader, text=text, at=self._clock.now()))
        await session.flush()
        return digest[:length]

    async def _store(self, missing: Iterable[Reference]) -> dict[Reference, str]:
        """The short names of these, old or new; once this returns they are committed."""
        wanted = sorted(missing)
        async with self._database.begin() as session:
            names: dict[Reference, str] = {}
            for piece in cut(wanted):
                encoded = [_encode(item) for item in piece]
                rows = await session.scalars(select(ReferenceRow).where(ReferenceRow.target.in_(encoded)))
                names |= {_decode(row): row.short for row in rows}
            for reference in wanted:
                if reference in names:
                    continue
                digest = hashlib.blake2b(_encode(reference).encode()).hexdigest()
                length = _SHORTEST
                while await session.get(ReferenceRow, digest[:length]) is not None:
                    length += 1
                session.add(
                    ReferenceRow(short=digest[:length], kind=reference.kind, target=_encode(reference))
                )
                await session.flush()
                names[reference] = digest[:length]
        return names


def _encode(reference: Reference) -> str:
    return f"{reference.kind}:{reference.target}"


def _decode(row: ReferenceRow) -> Reference:
    return Reference(Kind(row.kind), row.target.partition(":")[2])
