"""Elections: at most one process at a time does a named thing (send for a channel account, poll a platform). A term ends by itself."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from .tables import election


def hold(tx: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Win, or keep, the office until `until`. False: somebody else holds it.

    Who holds it for more than two terms from now won it under a clock that has been set back since: the office is free, for nobody may
    be left to renew it, and until that hour came again nothing would be sent.
    """
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    row = {"name": name, "holder": holder, "until": until}
    tx.execute(dialect.insert(election).values(row).on_conflict_do_nothing(index_elements=["name"]))
    free = or_(election.c.holder == holder, election.c.until < now, election.c.until > until + (until - now))
    won = update(election).where(and_(election.c.name == name, free)).values(holder=holder, until=until)
    return tx.execute(won).rowcount == 1


def resign(tx: Connection, name: str, holder: str) -> None:
    tx.execute(delete(election).where(election.c.name == name, election.c.holder == holder))
