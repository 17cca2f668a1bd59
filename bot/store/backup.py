"""A copy of the whole database in one file, made while the service runs, and the way back from it.

    backup:  copy (a snapshot) ─► read it through ─► its name          a file under its final name is whole
    restore: read it through ─► into place ─► today's shape ─► what was under way is no longer

The file is for the owner alone, and is as private as the database: what citizens wrote is hidden under DATA_KEY, which is not in it.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url

from ..model.errors import StoreError
from . import recovery
from .backup_postgres import PostgresCopies
from .backup_sqlite import SqliteCopies
from .crypto import Keyring
from .database import Postgres as PostgresDatabase
from .database import Sqlite
from .migrate import upgrade
from .tables import conversation

KINDS = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}


class Copies(Protocol):
    """What each engine does its own way. All raise StoreError with what to do."""

    def copy(self, to: Path) -> None:
        """Write a snapshot into that empty file."""

    def check(self, file: Path) -> None:
        """Read it through."""

    def into_place(self, file: Path, keyring: Keyring, replace: bool, settle: "Settle") -> str | None:
        """Make it the database, once `settle` has put it in order. Where what was there before lies now, if it was kept."""


class Settle(Protocol):
    def __call__(self, opened: "Sqlite | PostgresDatabase") -> None: ...


def backup(url: str, to: Path) -> int:
    """Copy the database that a URL names into a new file. Its size in bytes. Raises StoreError; then there is no file."""
    copies = _copies(url)
    if to.exists():
        raise StoreError(f"{to} is there already: name another file, a backup overwrites nothing.")
    with _unfinished(to) as partial:
        copies.copy(partial)
        copies.check(partial)
        _flush(partial)
        _name(partial, to)
    return to.stat().st_size


def restore(url: str, source: Path, keyring: Keyring, now: datetime, shown_by_id: Collection[str], replace: bool = False) -> str | None:
    """Make the backup the database. Raises StoreError, and AlreadyRunning while a process is at work.

    `shown_by_id`: accounts where a message sent twice is shown once. `replace`: even where the database holds somebody's data.
    """
    copies, kind = _copies(url), make_url(url).get_backend_name()
    found = _kind_of(source)
    if found != kind:
        raise StoreError(f"{source} is a backup of {found or 'no database of ours'}, and DATABASE_URL names {kind}: use the other.")
    copies.check(source)

    def settle(opened: Sqlite | PostgresDatabase) -> None:
        upgrade(opened.engine)
        with opened.engine.begin() as tx:
            _readable(tx)
            recovery.after_restore(tx, keyring, shown_by_id, now)

    return copies.into_place(source, keyring, replace, settle)


def _copies(url: str) -> Copies:
    return SqliteCopies(url) if make_url(url).get_backend_name() == "sqlite" else PostgresCopies(url)


def _readable(tx: Connection) -> None:
    """Raises StoreError where these keys are not those that it was written under."""
    tx.execute(select(conversation.c.address).order_by(conversation.c.id.desc()).limit(1)).all()


def _kind_of(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
    except OSError as error:
        raise StoreError(f"{file} cannot be read ({error.strerror}).") from error
    return next((kind for begins, kind in KINDS.items() if head.startswith(begins)), None)


@contextmanager
def _unfinished(to: Path) -> Iterator[Path]:
    """An empty file beside the wanted one, for the owner alone; gone afterwards, whatever happens."""
    partial = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"{to.parent} cannot be written to ({error.strerror}): name a folder that is there and has room.") from error
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _flush(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(partial: Path, to: Path) -> None:
    """Give it its name, unless somebody was faster; safe on the disk."""
    try:
        os.link(partial, to)
    except OSError as error:
        raise StoreError(f"{to} cannot be made ({error.strerror}).") from error
    _flush(to.parent)
