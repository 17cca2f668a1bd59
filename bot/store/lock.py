"""One `serve` a SQLite file: the operating system holds a lock for as long as the process lives, however it ends."""

import fcntl
import os
from pathlib import Path

from ..model.errors import AlreadyRunning, StoreError


class FileLock:
    def __init__(self, path: Path) -> None:
        """Raises AlreadyRunning where somebody holds it, StoreError where the folder cannot be used."""
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"The database's folder {path.parent} cannot be used ({error.strerror}): set DATABASE_URL to one that can."
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._descriptor, 20, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise AlreadyRunning(
                f"Another danloi serve (process {holder or 'unknown'}) uses this database file: stop it, or use PostgreSQL for several."
            ) from error
        os.truncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        os.close(self._descriptor)
