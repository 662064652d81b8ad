"""Short names for long things: what a person can read, copy and send back, and what fits into a button."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select

from lines_bot.store.database import Database
from lines_bot.store.tables import ReferenceRow

_SHORTEST = 6


class Kind(StrEnum):
    CHANNEL = "channel"
    SESSION = "session"
    LINE = "line"
    OPERATOR = "operator"
    GROUP = "group"
    CLIENT = "client"
    TEXT = "text"
    RULE = "rule"
    KEY = "key"


class Reference(NamedTuple):
    kind: Kind
    target: str


class UnknownReference(Exception):
    """Nothing was ever shown under this short name (or it means something of another kind)."""

    def __init__(self, short: str) -> None:
        super().__init__(short)
        self.short = short


class References:
    """Remembers every short name it gave, so that none ever means two things."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[Reference, str] = {}
        self._alone = asyncio.Lock()

    async def ids_to_refs(self, kind: Kind, targets: Iterable[str]) -> dict[str, str]:
        """The short name of each target; new ones are made and stored."""
        wanted = {Reference(kind, target) for target in targets}
        async with self._alone:
            if missing := wanted - self._known.keys():
                self._known.update(await self._store(missing))
        return {reference.target: self._known[reference] for reference in wanted}

    async def ref_to_id(self, kind: Kind, short: str) -> str:
        """What a short name means. Raises UnknownReference."""
        async with self._database.begin() as session:
            row = await session.get(ReferenceRow, short.removeprefix("#").lower())
        if row is None or row.kind != kind:
            raise UnknownReference(short)
        return _decode(row).target

    async def ref_of_text(self, text: str) -> str:
        """The short name of what a person wrote, for a button to repeat; none for nothing."""
        return (await self.ids_to_refs(Kind.TEXT, [text]))[text] if text else ""

    async def text_of(self, short: str) -> str:
        """What a person wrote. Raises UnknownReference."""
        return await self.ref_to_id(Kind.TEXT, short) if short else ""

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

    async def _store(self, missing: set[Reference]) -> dict[Reference, str]:
        """The short names of these, old or new; once this returns they are committed."""
        async with self._database.begin() as session:
            stored = await session.scalars(
                select(ReferenceRow).where(ReferenceRow.target.in_([_encode(item) for item in missing]))
            )
            names = {_decode(row): row.short for row in stored}
            for reference in sorted(missing - names.keys()):
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
