"""The database, opened: brought up to date, and held where one process alone may have it."""

from pathlib import Path

from .settings import Settings
from .store.crypto import Keyring
from .store.database import Database, connect
from .store.lock import FileLock
from .store.migrate import upgrade


def open_database(settings: Settings) -> Database:
    """Connect, and bring the database up to date."""
    database = connect(settings.database_url, Keyring(settings.secrets["data_key"], settings.secrets["address_key"]))
    try:
        upgrade(database.engine)
    except BaseException:
        database.close()
        raise
    return database


def lock_database(settings: Settings) -> FileLock | None:
    """One `serve` a SQLite file. Raises AlreadyRunning. PostgreSQL takes as many as you like."""
    kind, _, path = settings.database_url.partition("///")
    return FileLock(Path(f"{path}.lock")) if kind.startswith("sqlite") else None
