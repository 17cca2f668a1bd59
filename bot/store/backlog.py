"""What waits in the database, for all processes together: to be answered, to be sent, for a person. By the partial indexes."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from ..model.case import Rung
from ..model.delivery import Status
from .tables import case, conversation, is_open, is_status, message

_OUTBOX = (
    select(message.c.channel, func.count().label("many"), func.min(message.c.created_at).label("oldest"))
    .where(message.c.status.in_((Status.QUEUED, Status.SENDING)), is_open(message.c.status))
    .group_by(message.c.channel)
)
_DUE = select(func.min(conversation.c.due_at)).where(conversation.c.due_at.is_not(None))
_CASES = select(case.c.rung, case.c.breached, func.count().label("many")).where(is_status("open")).group_by(case.c.rung, case.c.breached)


@dataclass(frozen=True, slots=True)
class Outbox:
    """What one account has still to send."""

    many: int
    oldest: float
    """Seconds since the oldest of it was written."""


@dataclass(frozen=True, slots=True)
class Backlog:
    outbox: dict[str, Outbox] = field(default_factory=dict)
    overdue: float = 0.0
    """Seconds that the longest waiting conversation is past its time to be answered."""
    cases: dict[Rung, int] = field(default_factory=dict)
    """Cases that wait for somebody to take them."""
    late: int = 0
    """Those among them whose promise to the citizen was missed."""


def backlog(tx: Connection, now: datetime) -> Backlog:
    outbox = {row.channel: Outbox(row.many, max(0.0, (now - row.oldest).total_seconds())) for row in tx.execute(_OUTBOX)}
    due = tx.scalar(_DUE)
    waiting, late = dict.fromkeys(Rung, 0), 0
    for row in tx.execute(_CASES):
        waiting[Rung(row.rung)] += row.many
        late += row.many if row.breached else 0
    return Backlog(outbox, 0.0 if due is None else max(0.0, (now - due).total_seconds()), waiting, late)
