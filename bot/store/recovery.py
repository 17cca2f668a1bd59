"""After a crash of the only process, after a restore, after a clock was set back: what was under way is no longer, what waited goes on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, text, update

from ..model.delivery import Status
from . import ids
from .crypto import Keyring
from .tables import conversation, election, is_open, message

TURN_AHEAD = timedelta(minutes=2)
"""Nothing is due, and no claim runs, further ahead than this: pauses and tries again are seconds, a claim half a minute."""
SEND_AHEAD = timedelta(minutes=15)
"""We put no send off further, and none may take as long: what is tried again is tried every five minutes. Where a platform itself asks for
a longer rest, its sender keeps that for the whole account, whatever the row says."""
LEAP = 1_000_000
"""How far message ids leap after a restore: pages know messages by their id, and those after the backup were given out once."""


def free_all(tx: Connection, now: datetime) -> None:
    """Void every claim, office and send deadline of the process that was. Only for the holder of the database's file lock."""
    tx.execute(update(conversation).where(conversation.c.claimed_by.is_not(None)).values(claimed_by=None, claimed_until=None))
    tx.execute(update(message).where(message.c.status == Status.SENDING).values(deadline=now - timedelta(seconds=1), sender=None))
    tx.execute(delete(election))


def after_set_back(tx: Connection, now: datetime, claim_time: timedelta) -> int:
    """Free what waits for a moment further ahead than we ever name one: the clock was set back since, by an hour or by a year, and until
    that moment came again nobody would be answered. `claim_time`: how long a claim lasts. How many were freed.
    """
    far, late, gone = now + max(TURN_AHEAD, 2 * claim_time), now + SEND_AHEAD, now - timedelta(seconds=1)
    due = conversation.c.due_at.is_not(None)
    turns = update(conversation).where(due, conversation.c.due_at > far).values(due_at=now)
    claims = update(conversation).where(due, conversation.c.claimed_until > far).values(claimed_until=gone)
    open_ = is_open(message.c.status)
    queued = update(message).where(open_, message.c.status == Status.QUEUED, message.c.not_before > late).values(not_before=now)
    sends = update(message).where(open_, message.c.status == Status.SENDING, message.c.deadline > late).values(deadline=gone)
    return sum(tx.execute(one).rowcount for one in (turns, claims, queued, sends))


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
