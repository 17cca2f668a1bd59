"""The look at a database, on each engine: it changes nothing, stands beside a running writer, and names what is wrong."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.doctor import database as check
from bot.following import publisher
from bot.model.errors import SettingsError, StoreError
from bot.model.tokens import Pair
from bot.store.crypto import Keyring
from bot.store.database import Database, connect
from bot.store.look import Look, file_of, look
from bot.store.migrate import downgrade, upgrade
from bot.store.tokens import Shelf
from bot.written import Written

from ..conftest import Clock
from ..databases import KEYRING
from .findings import states, the

ANOTHER = Keyring("another data key made up for tests", "an address key made up for tests")
WELL = {"database": "well", "database_writable": "well"}


def seen(url: str, keyring: Keyring = KEYRING, account: str | None = None) -> Look:
    found = look(url, keyring, account)
    assert found is not None
    return found


async def test_a_migrated_database_is_well(database: Database, database_url: str) -> None:
    found = seen(database_url)
    assert states(check.database(database_url, found)) == WELL
    assert found.size > 0
    assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=2)


def test_no_file_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'danloi.db'}"
    assert look(url, KEYRING) is None
    assert states(check.database(url, None)) == {"database": "unsure"}
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database(database_url: str) -> None:
    connect(database_url, KEYRING).close()
    if (file := file_of(database_url)) is not None:
        sqlite3.connect(file).close()
        file.touch()
    assert states(check.database(database_url, seen(database_url)))["database"] == "unsure"


def test_an_older_and_a_newer_database(database_url: str) -> None:
    opened = connect(database_url, KEYRING)
    upgrade(opened.engine)
    downgrade(opened.engine, "-1")
    old = the("database", check.database(database_url, seen(database_url)))
    assert old.state == "mend"
    assert "danloi migrate" in old.remedy
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    new = the("database", check.database(database_url, seen(database_url)))
    assert new.state == "mend"
    assert "bản chương trình mới" in new.remedy
    opened.close()


def test_nobody_answers_there() -> None:
    url = "postgresql://danloi@127.0.0.1:9/danloi"
    with pytest.raises(StoreError) as caught:
        look(url, KEYRING)
    found = the("database", check.database(url, caught.value))
    assert found.state == "mend"
    assert "DATABASE_URL" in found.remedy


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "danloi.db").write_bytes(b"no database at all, but long enough to look like one" * 50)
    url = f"sqlite:///{tmp_path / 'danloi.db'}"
    with pytest.raises(StoreError) as caught:
        look(url, KEYRING)
    assert states(check.database(url, caught.value)) == {"database": "mend"}


@pytest.mark.parametrize("url", ["mysql://x/y", "no address", "sqlite://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(SettingsError):
        file_of(url)


def test_a_database_that_nobody_may_write_to(database: Database, database_url: str) -> None:
    """A standby on PostgreSQL; on SQLite a program that keeps the file for itself."""
    file = file_of(database_url)
    if file is None:
        with database.engine.begin() as connection:
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        found = seen(database_url)
    else:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        found = seen(database_url)
        other.close()
    assert states(check.database(database_url, found)) == {**WELL, "database_writable": "mend"}


async def test_a_key_that_is_not_this_databases(database: Database, database_url: str, clock: Clock) -> None:
    shelf = Shelf(database, "zalo_oa:1", clock)
    await shelf.authorised(Pair("access", "refresh", clock.now, clock.now))
    kept = seen(database_url, account="zalo_oa:1").tokens
    assert kept is not None
    assert kept.pair == Pair("access", "refresh", clock.now, clock.now)
    found = check.database(database_url, seen(database_url, ANOTHER, "zalo_oa:1"))
    assert states(found) == {**WELL, "database_key": "mend"}
    assert "data_key" in the("database_key", found).remedy


async def test_what_is_written_and_what_is_published(database: Database, database_url: str, written: Written, clock: Clock) -> None:
    assert states(check.published(seen(database_url), written.library)) == {"published": "unsure"}
    await publisher(database, written).publish(clock())
    assert states(check.published(seen(database_url), written.library)) == {"published": "well"}
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE guide_version SET version = 'older' WHERE guide = 'eid_level_2'"))
    found = the("published", check.published(seen(database_url), written.library))
    assert found.state == "mend"
    assert "eid_level_2" in found.what
    assert found.remedy == "danloi publish"
    assert states(check.published(seen(database_url), None)) == {"published": "unsure"}


async def test_a_look_stands_beside_a_running_writer_and_changes_nothing(database: Database, database_url: str, clock: Clock) -> None:
    shelf = Shelf(database, "zalo_oa:1", clock)
    pair = Pair("access", "refresh", clock.now, clock.now)
    await shelf.authorised(pair)
    before = await shelf.read()

    async def writes() -> None:
        for number in range(20):
            await shelf.spoil(before.number + 1000 + number)

    looks = [asyncio.to_thread(look, database_url, KEYRING, "zalo_oa:1") for _ in range(5)]
    *found, _ = await asyncio.gather(*looks, writes())
    assert [one.unwritable for one in found if isinstance(one, Look)] == [None] * 5
    assert await shelf.read() == before
