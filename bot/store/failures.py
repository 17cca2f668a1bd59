"""What a database driver's error means for us."""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from ..model.errors import StoreBusy, StoreError, StoreFull


def translated(error: DBAPIError) -> Exception:
    """Our error for a driver's, naming what the operator can do. A broken constraint stays itself: it is the caller's to understand."""
    if isinstance(error, IntegrityError):
        return error
    error = _first(error)
    code, state = _sqlite_code(error), _sqlstate(error)
    if code == sqlite3.SQLITE_FULL or state == "53100":
        return StoreFull("The disk of the database is full: make room; nothing was stored since, and nothing stored was lost.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy("The database file is locked by another program: close it; we keep trying.")
    unreachable = isinstance(error, OperationalError) and code is None and state is None
    if unreachable or error.connection_invalidated or (state is not None and state[:2] in ("08", "53", "57")):
        return StoreBusy("The database server does not answer: see that it runs and takes connections; we keep trying.")
    return StoreError(f"The database refused a statement: {error.orig}")


def _first(error: DBAPIError) -> DBAPIError:
    """SQLite ends the whole transaction when its disk is full; what then complains of a lost savepoint is not the reason."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, DBAPIError) and "no such savepoint" not in str(cause.orig):
            return cause
        cause = cause.__context__
    return error


def lost_race(error: DBAPIError) -> bool:
    """Whether running the same transaction again may well succeed: a deadlock or a serialisation failure."""
    return _sqlstate(error) in ("40001", "40P01")


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
