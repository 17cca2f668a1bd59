"""After a crash of the only process, and after a restore: what was under way is no longer, and nothing needs to run out first."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, text, update

from ..model.delivery import Status
from . import ids
from .crypto import Keyring
from .tables import conversation, election, message

LEAP = 1_000_000
"""How far message ids leap after a restore: pages know messages by their id, and those after the backup were given out once."""


def free_all(tx: Connection, now: datetime) -> None:
    """Void every claim, office and send deadline of the process that was. Only for the holder of the database's file lock."""
    tx.execute(update(conversation).where(conversation.c.claimed_by.is_not(None)).values(claimed_by=None, claimed_until=None))
    tx.execute(update(message).where(message.c.status == Status.SENDING).values(deadline=now - timedelta(seconds=1)))
    tx.execute(delete(election))


def after_restore(tx: Connection, keyring: Keyring, shown_by_id: Collection[str], now: datetime) -> None:
    """What a backup does not know: what became of what was still to be sent when it was made.

    It may have been sent since, so it is unknown, as after a crash, and what is critical is sent again; on accounts where what comes twice
    is shown once, all of it is.
    """
    free_all(tx, now)
    unsent = message.c.status.in_((Status.QUEUED, Status.SENDING))
    unsure = unsent & message.c.channel.not_in(list(shown_by_id)) & ~message.c.critical
    why = "it may have been sent after the backup was made"
    tx.execute(update(message).where(unsure).values(status=Status.UNKNOWN, error=why, settled_at=now))
    tx.execute(update(message).where(message.c.status == Status.SENDING).values(status=Status.QUEUED, error=why))
    _leap(tx, keyring, now)


def _leap(tx: Connection, keyring: Keyring, now: datetime) -> None:
    """The next ids follow one that is far higher."""
    number = ids.highest(tx) + LEAP
    ids.hold(tx, keyring, number, now)
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT setval(pg_get_serial_sequence('message', 'id'), :number)"), {"number": number})
