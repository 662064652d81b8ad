"""Everything that one database holds, carried over into an empty one."""

from collections.abc import Mapping

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from lines_bot.store.copies import CopyRefused
from lines_bot.store.database import Database, cut
from lines_bot.store.tables import Base, SecretRow

# What every database is born with.
_INBORN = (SecretRow.__tablename__,)


async def move(source: Database, target: Database) -> Mapping[str, int]:
    """Copy every row in one transaction; returns how many each table got.

    Both have this version's tables. Raises CopyRefused if the target holds anything, takes less than it is
    given, or does not take a row, and DatabaseTrouble; then the target stays as it was.
    """
    moved: dict[str, int] = {}
    async with source.begin() as reading, target.begin() as writing:
        for table in Base.metadata.sorted_tables:
            if table.name not in _INBORN and await _count(writing, table):
                raise CopyRefused(f"{target.place} is not empty: it holds {table.name}. Move into a new one")
        for table in Base.metadata.sorted_tables:
            await writing.execute(table.delete())
            rows = [dict(row) for row in (await reading.execute(select(table))).mappings()]
            try:
                for piece in cut(rows):
                    await writing.execute(insert(table), piece)
            except SQLAlchemyError as error:
                raise CopyRefused(f"{target.place} does not take a row of {table.name}: {error}") from error
            moved[table.name] = await _count(writing, table)
            if moved[table.name] != len(rows):
                raise CopyRefused(f"{target.place} took {moved[table.name]} of {len(rows)} {table.name}")
            await _number_on(writing, table)
    return moved


async def _count(session: AsyncSession, table: Table) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def _number_on(session: AsyncSession, table: Table) -> None:
    """PostgreSQL numbers new rows by a counter of its own, which knows nothing of these."""
    column = table.autoincrement_column
    if column is None or session.get_bind().dialect.name != "postgresql":
        return
    newest = await session.scalar(select(func.max(column)))
    counter = text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest, :used)")
    given = {"table": table.name, "column": column.name, "newest": newest or 1, "used": newest is not None}
    await session.execute(counter, given)
