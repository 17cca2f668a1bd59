"""Litestar's Store on our own database: the desk's sign-in sessions, shared by all processes."""

from datetime import UTC, datetime, timedelta

from litestar.stores.base import Store
from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from .database import Database
from .tables import session_item as item


class SessionStore(Store):
    """Values are bytes that expire; keys carry a namespace, so that one store serves several uses."""

    def __init__(self, database: Database, namespace: str) -> None:
        self._database = database
        self._prefix = f"{namespace}:"

    async def get(self, key: str, renew_for: int | timedelta | None = None) -> bytes | None:
        name, now = self._prefix + key, datetime.now(UTC)
        if renew_for is None:
            return await self._database.read(lambda tx: _get(tx, name, now))
        until = _until(now, renew_for)

        def renew(tx: Connection) -> bytes | None:
            tx.execute(update(item).where(item.c.key == name, _alive(now)).values(expires_at=until))
            return _get(tx, name, now)

        return await self._database.run(renew)

    async def set(self, key: str, value: str | bytes, expires_in: int | timedelta | None = None) -> None:
        name, now = self._prefix + key, datetime.now(UTC)
        data = value.encode() if isinstance(value, str) else value
        until = None if expires_in is None else _until(now, expires_in)

        def upsert(tx: Connection) -> None:
            dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
            fresh = dialect.insert(item).values(key=name, value=data, expires_at=until)
            tx.execute(fresh.on_conflict_do_update(index_elements=["key"], set_={"value": data, "expires_at": until}))

        await self._database.run(upsert)

    async def delete(self, key: str) -> None:
        await self._database.run(lambda tx: _ignore(tx.execute(delete(item).where(item.c.key == self._prefix + key))))

    async def delete_all(self) -> None:
        ours = item.c.key.startswith(self._prefix, autoescape=True)
        await self._database.run(lambda tx: _ignore(tx.execute(delete(item).where(ours))))

    async def exists(self, key: str) -> bool:
        return await self.get(key) is not None

    async def expires_in(self, key: str) -> int | None:
        name, now = self._prefix + key, datetime.now(UTC)
        until = await self._database.read(lambda tx: tx.scalar(select(item.c.expires_at).where(item.c.key == name, _alive(now))))
        return None if until is None else max(0, round((until - now).total_seconds()))


def sweep(tx: Connection, now: datetime) -> None:
    """Forget what has expired."""
    tx.execute(delete(item).where(item.c.expires_at <= now))


def _get(tx: Connection, name: str, now: datetime) -> bytes | None:
    value = tx.scalar(select(item.c.value).where(item.c.key == name, _alive(now)))
    return None if value is None else bytes(value)


def _alive(now: datetime):  # type: ignore[no-untyped-def]
    return or_(item.c.expires_at.is_(None), item.c.expires_at > now)


def _until(now: datetime, span: int | timedelta) -> datetime:
    return now + (span if isinstance(span, timedelta) else timedelta(seconds=span))


def _ignore(_result: object) -> None:
    return None
