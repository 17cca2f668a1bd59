"""Writes everything hidden anew under the newest data key, while the assistant serves; then the old key can go.

Each table is walked by its key in small steps: read on a snapshot, renewed, and put back only where the value is still the one that was
read, so a message that somebody changes meanwhile keeps the change (which is under the newest key anyway). Nothing is remembered of how
far it came: killed and run again, it passes what is done already, which costs only the reading.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, and_, func, literal, select, type_coerce, update

from ..model.errors import StoreError
from .crypto import Keyring
from .database import Database
from .tables import metadata
from .types import Hidden, HiddenBytes, HiddenJson

STEP = 200
"""Rows of one table that one transaction rewrites."""


@dataclass(slots=True)
class Count:
    """How many hidden values of a table are under which key."""

    table: str
    current: int = 0
    old: int = 0
    lost: int = 0
    """Under no key that we have."""


@dataclass(frozen=True, slots=True)
class _Row:
    key: Any
    values: tuple[bytes | None, ...]


def hidden() -> Iterator[tuple[Table, tuple[Column[Any], ...]]]:
    """Every table with what is hidden in it; found by type, so that what is added later is rotated too."""
    for table in metadata.sorted_tables:
        columns = tuple(column for column in table.columns if isinstance(column.type, Hidden | HiddenBytes | HiddenJson))
        if columns:
            yield table, columns


async def status(database: Database, step: int = 5 * STEP) -> AsyncIterator[Count]:
    """Table by table, how much is under the newest key, an old one, none."""
    for table, columns in hidden():
        count = Count(table.name)
        async for rows in _walk(database, table, columns, step):
            for row in rows:
                _tally(count, database.keyring, row)
        yield count


async def rotate(database: Database, step: int = STEP) -> AsyncIterator[Count]:
    """Renew table by table. Answers what was found of each step as it is done, so whoever runs it can tell how far it is."""
    for table, columns in hidden():
        async for rows in _walk(database, table, columns, step):
            count = Count(table.name)
            renewed = [new for row in rows if (new := _renewed(database.keyring, row, count)) is not None]
            if renewed:
                await _put_back(database, table, columns, renewed)
            yield count


async def _walk(database: Database, table: Table, columns: Sequence[Column[Any]], step: int) -> AsyncIterator[list[_Row]]:
    """Up to the last row that there is now: what is written from now on is under the newest key, and would be chased for ever."""
    key = _key(table)
    last, after = await database.read(lambda tx: tx.scalar(select(func.max(key)))), None
    while last is not None and after != last:
        rows = await database.read(_reads(key, columns, after, last, step))
        if not rows:
            return
        yield rows
        after = rows[-1].key


def _key(table: Table) -> Column[Any]:
    (key,) = table.primary_key.columns
    return key


def _reads(key: Column[Any], columns: Sequence[Column[Any]], after: Any, last: Any, step: int) -> Any:
    raw = [type_coerce(column, LargeBinary) for column in columns]
    beyond = key <= last if after is None else and_(key > after, key <= last)
    wanted = select(key, *raw).where(beyond).order_by(key).limit(step)

    def read(tx: Connection) -> list[_Row]:
        return [_Row(row[0], tuple(None if value is None else bytes(value) for value in row[1:])) for row in tx.execute(wanted)]

    return read


def _tally(count: Count, keys: Keyring, row: _Row) -> None:
    for value in row.values:
        if value is not None:
            age = keys.age(value)
            setattr(count, age, getattr(count, age) + 1)


def _renewed(keys: Keyring, row: _Row, count: Count) -> tuple[_Row, _Row] | None:
    """The row before and after, where anything of it is under an old key. What no key opens stays as it is, and is counted."""
    _tally(count, keys, row)
    after = tuple(value if value is None or keys.age(value) != "old" else keys.renew(value) for value in row.values)
    return None if after == row.values else (row, _Row(row.key, after))


async def _put_back(database: Database, table: Table, columns: Sequence[Column[Any]], renewed: Sequence[tuple[_Row, _Row]]) -> None:
    def write(tx: Connection) -> None:
        for before, after in renewed:
            for column, old, new in zip(columns, before.values, after.values, strict=True):
                if old != new:
                    same = and_(_key(table) == before.key, type_coerce(column, LargeBinary) == old)
                    tx.execute(update(table).where(same).values({column: literal(new, LargeBinary)}))

    await database.run(write)


async def require_all_current(database: Database) -> None:
    """Raises StoreError where anything is under an old key, or none: the old key must then stay."""
    left = [count async for count in status(database) if count.old or count.lost]
    if left:
        told = ", ".join(f"{count.table}: {count.old} old, {count.lost} unreadable" for count in left)
        raise StoreError(f"Something is not under the newest data key yet ({told}): run `danloi keys rotate` first.")
