"""Backups of an SQLite file: a snapshot by VACUUM INTO, which disturbs no writer; restoring puts a whole file in another's place."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from ..model.errors import StoreError
from . import scratch
from .crypto import Keyring
from .database import Sqlite
from .lock import FileLock

REFUSED = "{0} holds citizens' data: stop and think; --replace puts the backup in its place and keeps the old file beside it."


class SqliteCopies:
    def __init__(self, url: str) -> None:
        self._file = Path(make_url(url).database or "")

    def copy(self, to: Path) -> None:
        if not self._file.is_file():
            raise StoreError(f"There is no database {self._file} to back up: set DATABASE_URL as the service has it.")
        with _told(f"The backup of {self._file} failed"), closing(_opened(self._file, "rw")) as source:
            source.execute("VACUUM INTO ?", (str(to),))

    def check(self, file: Path) -> None:
        with _told(f"{file} is no whole backup"), closing(_opened(file, "ro")) as opened:
            found = [row[0] for row in opened.execute("PRAGMA integrity_check(5)")]
            ours = opened.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('alembic_version', 'conversation')").fetchone()[0]
        if found != ["ok"] or ours != 2:
            raise StoreError(f"{file} is no whole backup of ours: {'; '.join(found) if found != ['ok'] else 'it has other tables'}.")

    def into_place(self, file: Path, keyring: Keyring, replace: bool, settle: Callable[[Sqlite], None]) -> str | None:
        """All work is done on a copy; the last step is one rename, so that whatever interrupts it leaves one database or the other."""
        lock = FileLock(Path(f"{self._file}.lock"))
        try:
            if self._is_taken(keyring) and not replace:
                raise StoreError(REFUSED.format(self._file))
            fresh = self._file.with_name(f"{self._file.name}.restoring")
            try:
                _copied(file, fresh)
                opened = Sqlite(f"sqlite:///{fresh}", keyring)
                try:
                    settle(opened)
                finally:
                    opened.close()
                with _told(f"{fresh} cannot be finished"):
                    _emptied_log(fresh)
                return self._exchange(fresh)
            finally:
                _removed(fresh)
        finally:
            lock.release()

    def _is_taken(self, keyring: Keyring) -> bool:
        if not self._file.exists() or not self._file.stat().st_size:
            return False
        opened = Sqlite(f"sqlite:///{self._file}", keyring)
        try:
            with opened.engine.connect() as tx:
                return scratch.is_taken(tx, "")
        finally:
            opened.close()

    def _exchange(self, fresh: Path) -> str | None:
        before = None
        if self._file.exists():
            with _told(f"{self._file} cannot be put aside"):
                _emptied_log(self._file)
            before = self._file.with_name(f"{self._file.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
            os.link(self._file, before)
        os.replace(fresh, self._file)
        descriptor = os.open(self._file.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        return None if before is None else str(before)


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{what}: {error}.") from error


def _copied(file: Path, to: Path) -> None:
    _removed(to)
    with _told(f"{file} cannot be copied to {to}"):
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target, file.open("rb") as source:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())


def _emptied_log(file: Path) -> None:
    """All that was written stands in the file itself: a write-ahead log left behind would be taken for its successor's."""
    with closing(_opened(file, "rw")) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")


def _removed(file: Path) -> None:
    for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm"), Path(f"{file}-journal")):
        name.unlink(missing_ok=True)
