"""The switch that hands every message to people. A row of the database, so it outlives restarts and every process sees it."""

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..model.privacy import Pause
from .tables import pause


def begin(tx: Connection, reason: str, by: str, now: datetime) -> bool:
    """False: it was on already, and stays as it was."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(pause).values(reason=reason, by=by, since=now, running=True)
    return tx.execute(fresh.on_conflict_do_nothing(index_elements=["running"]).returning(pause.c.id)).first() is not None


def end(tx: Connection, now: datetime) -> bool:
    """False: it was not on."""
    return tx.execute(update(pause).where(pause.c.running.is_(True)).values(until=now, running=None)).rowcount == 1


def current(tx: Connection) -> Pause | None:
    row = tx.execute(select(pause).where(pause.c.running.is_(True))).one_or_none()
    return None if row is None else Pause(row.reason, row.by, row.since)
