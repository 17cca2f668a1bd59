"""A look at a database from outside, beside whoever uses it: nothing is made, nothing is changed, no lock is kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ..model.errors import SettingsError, StoreError
from ..model.publication import Edition
from ..model.tokens import Kept
from . import editions
from .crypto import Keyring
from .failures import translated
from .migrate import revisions
from .tables import message
from .tokens import kept_for
from .types import KEYRING

PATIENCE = 4
"""Seconds for a connection, and for a statement."""


@dataclass(frozen=True, slots=True)
class Look:
    revision: str | None
    """None: nothing of ours is in it yet."""
    head: str
    known: bool
    """Whether this program knows that revision; else a newer one has been here."""
    size: int
    """Bytes."""
    time: datetime
    """The database server's clock; this machine's own for a file."""
    unwritable: str | None
    """Why nothing can be written, where that is so."""
    editions: list[Edition]
    """Of the guides; empty where the database is of another version of the program."""
    tokens: Kept | None
    """Of the account that was asked for."""
    unreadable: str | None = None
    """Why nothing that was stored can be read, where the key does not fit."""

    @property
    def fits(self) -> bool:
        return self.revision == self.head


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None where the URL names a server. Raises SettingsError."""
    try:
        named = make_url(url)
    except Exception as error:
        raise SettingsError("DATABASE_URL is no address: use sqlite:///file or postgresql://user@host/name.") from error
    kind = named.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return None
    if kind != "sqlite":
        raise SettingsError(f"DATABASE_URL begins with {kind!r}: use sqlite:///file or postgresql://user@host/name.")
    if not named.database:
        raise SettingsError("DATABASE_URL names no file: use sqlite:///file.")
    return Path(named.database)


def look(url: str, keyring: Keyring, account: str | None = None) -> Look | None:
    """Look; None where there is no such file yet. `account`: whose tokens are wanted. Raises StoreError, SettingsError."""
    file = file_of(url)
    if file is not None and not file.exists():
        return None
    engine = _server(url) if file is None else _file(file)
    setattr(engine.dialect, KEYRING, keyring)
    try:
        with _begun(engine, "BEGIN") as connection:
            revision, head, known = revisions(connection)
            here = revision == head
            found = editions.everything(connection) if here else []
            tokens, unreadable = _with_key(connection, account) if here else (None, None)
            size, time = (_size_of_server if file is None else _size_of_file)(connection)
        return Look(revision, head, known, size, time, _unwritable(engine, here), found, tokens, unreadable)
    except DBAPIError as error:
        raise translated(error) from error
    finally:
        engine.dispose()


def _file(file: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(file))}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def _server(url: str) -> Engine:
    patience = {"connect_timeout": PATIENCE, "options": f"-c statement_timeout={PATIENCE * 1000}"}
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(address, connect_args=patience, poolclass=NullPool, hide_parameters=True)


@contextmanager
def _begun(engine: Engine, begin: str) -> Iterator[Connection]:
    """A transaction that is never committed. SQLite's is begun by hand, as the rest of the store does it."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(begin)
        yield connection
        connection.rollback()


def _with_key(connection: Connection, account: str | None) -> tuple[Kept | None, str | None]:
    """What needs the data key: the newest message, read and forgotten, and the tokens."""
    try:
        connection.execute(select(message.c.text).order_by(message.c.id.desc()).limit(1)).first()
        return kept_for(connection, account) if account else None, None
    except StoreError as error:
        return None, str(error)


def _unwritable(engine: Engine, here: bool) -> str | None:
    """Begin to write, and take it back."""
    try:
        with _begun(engine, "BEGIN IMMEDIATE") as connection:
            if connection.dialect.name == "postgresql" and connection.scalar(text("SHOW transaction_read_only")) == "on":
                return "the server takes nothing but questions (a standby, or read-only)"
            if here:
                connection.execute(text("UPDATE token SET number = number WHERE 1 = 0"))
    except DBAPIError as error:
        return str(translated(error))
    except StoreError as error:
        return str(error)
    return None


def _size_of_file(connection: Connection) -> tuple[int, datetime]:
    pages, page = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
    return pages * page, datetime.now(UTC)


def _size_of_server(connection: Connection) -> tuple[int, datetime]:
    row = connection.execute(text("SELECT pg_database_size(current_database()) AS size, clock_timestamp() AS time")).one()
    return row.size, row.time
