"""After a crash of the only process: nobody else can hold anything, so nothing needs to run out first."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, update

from ..model.delivery import Status
from .tables import conversation, election, message


def free_all(tx: Connection, now: datetime) -> None:
    """Void every claim, office and send deadline of the process that was. Only for the holder of the database's file lock."""
    tx.execute(update(conversation).where(conversation.c.claimed_by.is_not(None)).values(claimed_by=None, claimed_until=None))
    tx.execute(update(message).where(message.c.status == Status.SENDING).values(deadline=now - timedelta(seconds=1)))
    tx.execute(delete(election))
