"""How the store runs: commits together, fails alone, says plainly what is wrong, and keeps private what is private."""

import asyncio
import sqlite3
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.model.errors import AlreadyRunning, SettingsError, StoreBusy, StoreError, StoreFull
from bot.model.message import Address
from bot.store import conversations
from bot.store.crypto import LONGEST_OPEN, MOST_OPEN, Keyring
from bot.store.database import Database, Tx, connect
from bot.store.lock import FileLock
from bot.store.migrate import upgrade
from bot.store.tables import conversation, election

from ..databases import KEYRING, migrated_postgres

NOON = datetime(2026, 11, 23, 5, 0, 0, 123456, tzinfo=UTC)


def elect(name: str):  # type: ignore[no-untyped-def]
    return lambda tx: tx.execute(insert(election).values(name=name, holder="h", until=NOON))


async def test_of_many_at_once_only_the_broken_one_fails(database: Database) -> None:
    wanted = [elect(f"office {n}") for n in range(40)] + [elect("office 7")]
    outcomes = await asyncio.gather(*(database.run(one) for one in wanted), return_exceptions=True)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    names = await database.read(lambda tx: tx.scalars(select(election.c.name)).all())
    assert len(names) == 40


async def test_a_function_that_raises_leaves_nothing_behind(database: Database) -> None:
    def half(tx: Tx) -> None:
        elect("half")(tx)
        raise LookupError("in the middle")

    with pytest.raises(LookupError):
        await database.run(half)
    assert await database.read(lambda tx: tx.scalars(select(election.c.name)).all()) == []


async def test_a_moment_comes_back_as_it_went_in(database: Database) -> None:
    await database.run(elect("office"))
    assert await database.read(lambda tx: tx.scalar(select(election.c.until))) == NOON


async def test_texts_and_addresses_cannot_be_read_without_the_key(database: Database) -> None:
    address = Address("web", "khach-bia-dat-1")
    await database.run(lambda tx: conversations.find_or_open(tx, KEYRING, address, "Giàng A Thử", NOON))
    raw = await database.read(lambda tx: tx.execute(text("SELECT address, name, address_key FROM conversation")).one())
    kept = b"".join(bytes(part) for part in raw[:2]) + raw[2].encode()
    assert b"khach-bia-dat-1" not in kept
    assert "Giàng".encode() not in kept


async def test_rotated_keys_still_read_what_old_ones_wrote(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'danloi.db'}"
    old = connect(url, Keyring("the old key", "address"))
    upgrade(old.engine)
    await old.run(lambda tx: conversations.find_or_open(tx, old.keyring, Address("web", "a"), None, NOON))
    old.close()
    new = connect(url, Keyring("the new key,the old key", "address"))
    found = await new.read(lambda tx: tx.scalar(select(conversation.c.address)))
    assert found == "a"
    new.close()
    stranger = connect(url, Keyring("another key", "address"))
    with pytest.raises(StoreError, match="DATA_KEY"):
        await stranger.read(lambda tx: tx.scalar(select(conversation.c.address)))
    stranger.close()


def test_what_was_read_or_written_lately_is_not_opened_again(opened: Counter[bytes]) -> None:
    keys, other = Keyring("a key", "address"), Keyring("a key", "address").hide(b"theirs")
    assert [keys.show(other), keys.show(other), keys.show(keys.hide(b"ours"))] == [b"theirs", b"theirs", b"ours"]
    assert opened == {other: 1}
    picture = keys.hide(b"x" * LONGEST_OPEN)
    assert keys.show(picture) == b"x" * LONGEST_OPEN
    assert opened[picture] == 1
    for number in range(MOST_OPEN):
        keys.hide(str(number).encode())
    assert keys.show(other) == b"theirs"
    assert opened[other] == 2


async def test_a_locked_file_is_a_busy_store_and_nothing_is_lost(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'danloi.db'}", KEYRING)
    upgrade(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    intruder = sqlite3.connect(tmp_path / "danloi.db", isolation_level=None)
    intruder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusy, match="locked"):
        await database.run(elect("while locked"))
    intruder.execute("ROLLBACK")
    intruder.close()
    await database.run(elect("afterwards"))
    assert await database.read(lambda tx: tx.scalars(select(election.c.name)).all()) == ["afterwards"]
    database.close()


async def test_a_full_disk_says_so_and_keeps_what_was_stored(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'danloi.db'}", KEYRING)
    upgrade(database.engine)
    await database.run(elect("before"))

    def fill(tx: Tx) -> None:
        tx.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's own way to run out of room: it cannot shrink below what is used
        for n in range(5000):
            elect(f"{n} {'x' * 120}")(tx)

    with pytest.raises(StoreFull, match="make room"):
        await database.run(fill)
    await database.run(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 1000000") and None)
    assert await database.read(lambda tx: tx.scalars(select(election.c.name)).all()) == ["before"]
    database.close()


async def test_what_waits_together_with_a_failing_write_is_still_stored(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'danloi.db'}", KEYRING)
    upgrade(database.engine)
    held = Event()

    def hold(tx: Tx) -> None:
        held.wait(10)

    def fill(tx: Tx) -> None:
        tx.exec_driver_sql("PRAGMA max_page_count = 1")
        for n in range(5000):
            elect(f"{n} {'x' * 120}")(tx)

    holding = asyncio.ensure_future(database.run(hold))
    await asyncio.sleep(0)
    together = [asyncio.ensure_future(database.run(one)) for one in (elect("before"), fill)]
    await asyncio.sleep(0)
    held.set()
    await holding
    first, second = await asyncio.gather(*together, return_exceptions=True)
    assert not isinstance(first, Exception)
    assert isinstance(second, StoreFull)
    assert await database.read(lambda tx: tx.scalars(select(election.c.name)).all()) == ["before"]
    database.close()


def test_a_second_serve_on_the_same_file_is_refused(tmp_path: Path) -> None:
    first = FileLock(tmp_path / "lock")
    with pytest.raises(AlreadyRunning, match=r"process \d+"):
        FileLock(tmp_path / "lock")
    first.release()
    FileLock(tmp_path / "lock").release()


def test_an_unknown_kind_of_database_is_refused_with_what_to_write() -> None:
    with pytest.raises(SettingsError, match="postgresql://"):
        connect("mysql://x/y", KEYRING)


async def test_what_was_to_be_stored_stands_in_no_trouble(database: Database) -> None:
    """A traceback goes into the log; the driver's library would write the values of the statement into it."""
    words = " ".join(("mận", "trắng"))
    with pytest.raises(StoreError) as raised:
        await database.run(lambda tx: tx.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": words}).rowcount)
    told = "".join(traceback.format_exception(raised.value))
    assert ("INSERT INTO nowhere" in told, words in told) == (True, False)


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Database]:
    opened = connect(migrated_postgres(postgres_server), KEYRING)
    yield opened
    opened.close()


def cut(tx: Tx) -> None:
    """The server ends every connection to this database but the one that asks, and waits until they are gone."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    tx.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 5000) {others}")


async def cut_from_outside(database: Database) -> None:
    other = connect(database.engine.url.render_as_string(hide_password=False), KEYRING)
    await other.run(cut)
    other.close()


async def elected(database: Database) -> list[str]:
    return list(await database.read(lambda tx: tx.scalars(select(election.c.name)).all()))


async def test_connections_that_died_while_nobody_used_them_are_replaced_unseen(postgres: Database) -> None:
    await asyncio.gather(*(postgres.run(elect(f"before {n}")) for n in range(8)))
    await cut_from_outside(postgres)
    await asyncio.gather(*(postgres.run(elect(f"after {n}")) for n in range(8)))
    assert len(await elected(postgres)) == 16
    await cut_from_outside(postgres)
    assert len(await elected(postgres)) == 16


async def test_what_was_lost_before_its_commit_is_run_again(postgres: Database) -> None:
    tries = []

    def half(tx: Tx) -> None:
        elect("office")(tx)
        tries.append(tx)
        if len(tries) == 1:
            tx.connection.driver_connection.close()  # type: ignore[union-attr]
        elect("another")(tx)

    await postgres.run(half)
    assert (len(tries), await elected(postgres)) == (2, ["office", "another"])


async def test_what_was_lost_with_its_commit_may_be_there_and_is_not_run_again(postgres: Database) -> None:
    tries = []

    def once(tx: Tx) -> None:
        tries.append(tx)
        elect("office")(tx)

    def lose(connection: Tx) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]

    event.listen(postgres.engine, "commit", lose)
    with pytest.raises(StoreBusy, match="does not answer"):
        await postgres.run(once)
    event.remove(postgres.engine, "commit", lose)
    assert (len(tries), await elected(postgres)) == (1, [])
