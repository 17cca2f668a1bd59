"""Elections: at most one process at a time does a named thing (send for a channel account, poll a platform). A term ends by itself."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from .tables import election


def hold(tx: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Win, or keep, the office until `until`. False: somebody else holds it."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    row = {"name": name, "holder": holder, "until": until}
    tx.execute(dialect.insert(election).values(row).on_conflict_do_nothing(index_elements=["name"]))
    mine_or_over = or_(election.c.holder == holder, election.c.until < now)
    won = update(election).where(and_(election.c.name == name, mine_or_over)).values(holder=holder, until=until)
    return tx.execute(won).rowcount == 1


def resign(tx: Connection, name: str, holder: str) -> None:
    tx.execute(delete(election).where(election.c.name == name, election.c.holder == holder))
