"""Litestar's store on our own database: values expire, renew, and keep to their namespace."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from bot.store import sessions
from bot.store.database import Database
from bot.store.sessions import SessionStore
from bot.store.tables import session_item


async def test_set_get_replace_delete(database: Database) -> None:
    store = SessionStore(database, "rooms")
    assert await store.get("a") is None
    await store.set("a", "một")
    await store.set("a", b"hai", expires_in=60)
    assert await store.get("a") == b"hai"
    assert 0 < (await store.expires_in("a") or 0) <= 60
    await store.delete("a")
    assert not await store.exists("a")


async def test_what_has_expired_is_not_found_and_is_swept(database: Database) -> None:
    store = SessionStore(database, "rooms")
    await store.set("a", b"x", expires_in=timedelta(seconds=60))
    await store.set("b", b"y")
    past = datetime.now(UTC) - timedelta(seconds=1)
    await database.run(lambda tx: tx.execute(update(session_item).where(session_item.c.key == "rooms:a").values(expires_at=past)).rowcount)
    assert await store.get("a") is None
    assert await store.get("a", renew_for=60) is None
    await database.run(lambda tx: sessions.sweep(tx, datetime.now(UTC)))
    assert await database.read(lambda tx: tx.scalars(select(session_item.c.key)).all()) == ["rooms:b"]


async def test_reading_may_renew(database: Database) -> None:
    store = SessionStore(database, "rooms")
    await store.set("a", b"x", expires_in=5)
    assert await store.get("a", renew_for=500) == b"x"
    assert (await store.expires_in("a") or 0) > 400


async def test_namespaces_do_not_meet(database: Database) -> None:
    one, two = SessionStore(database, "one"), SessionStore(database, "two")
    await one.set("a", b"1")
    await two.set("a", b"2")
    await one.delete_all()
    assert await one.get("a") is None
    assert await two.get("a") == b"2"
