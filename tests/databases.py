"""New databases for tests: each engine is migrated once in a run and then copied, for the migrations take longer than most tests."""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from bot.store.crypto import Keyring
from bot.store.database import Database, connect
from bot.store.migrate import upgrade

KEYRING = Keyring("a data key made up for tests, no secret", "an address key made up for tests")


def migrated_sqlite(file: Path) -> Database:
    """A new file with every table, opened."""
    shutil.copyfile(_migrated_file(), file)
    return connect(f"sqlite:///{file}", KEYRING)


def fresh_postgres(server: str) -> str:
    """The URL of a new database with nothing in it."""
    return _made(server, "")


def migrated_postgres(server: str) -> str:
    """The URL of a new one with every table."""
    return _made(server, f"TEMPLATE {make_url(_migrated_template(server)).database}")


def _made(server: str, how: str) -> str:
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}".encode())
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{query}"


@cache
def _migrated_file() -> Path:
    file = Path(tempfile.mkdtemp(prefix="danloi-tests-")) / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@cache
def _migrated_template(server: str) -> str:
    url = fresh_postgres(server)
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    database = connect(url, KEYRING)
    upgrade(database.engine)
    database.close()
