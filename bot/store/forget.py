"""Forgetting: what is older than was promised goes by itself, and a person's whole conversation goes when they ask for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, select, update

from ..model.conversation import OwnerKind
from ..model.delivery import Status
from .tables import candidate, case, conversation, event, message, owner_event, timer

OPEN = (Status.WAITING, Status.QUEUED, Status.SENDING)


def expire(tx: Connection, before: datetime) -> int:
    """Delete messages and traces from before that moment, then conversations nobody has written in since. How many messages went.

    What still waits to be answered or sent stays, however old: nothing is ever dropped for being old.
    """
    gone = tx.execute(delete(message).where(message.c.created_at < before, message.c.status.not_in(OPEN))).rowcount
    tx.execute(delete(event).where(event.c.at < before))
    tx.execute(delete(owner_event).where(owner_event.c.at < before))
    tx.execute(delete(timer).where(timer.c.at < before, timer.c.fired_at.is_not(None)))
    tx.execute(delete(case).where(case.c.closed_at < before))
    tx.execute(delete(candidate).where(candidate.c.created_at < before, candidate.c.intent.is_(None)))
    silent = func.coalesce(conversation.c.last_inbound_at, conversation.c.created_at) < before
    kept = exists().where(message.c.conversation_id == conversation.c.id) | exists().where(case.c.conversation_id == conversation.c.id)
    tx.execute(delete(conversation).where(and_(silent, ~kept)))
    return gone


def forget(tx: Connection, conversation_id: int) -> None:
    """Delete a conversation with everything that belongs to it."""
    tx.execute(delete(conversation).where(conversation.c.id == conversation_id))


def empty(tx: Connection, conversation_id: int) -> None:
    """Delete what a conversation holds, cases too, and keep only where the person can be told so, and that they once agreed.

    What they have written since and nobody has answered stays.
    """
    for table in (case, event, timer, owner_event, candidate):  # what hangs on a case or a message goes with it
        tx.execute(delete(table).where(table.c.conversation_id == conversation_id))
    tx.execute(delete(message).where(message.c.conversation_id == conversation_id, message.c.status != Status.WAITING))
    bare: dict[str, Any] = {"name": None, "state": {}, "owner_kind": OwnerKind.BOT, "owner_id": None, "epoch": conversation.c.epoch + 1}
    tx.execute(update(conversation).where(conversation.c.id == conversation_id).values(bare))


def of_case(tx: Connection, case_id: int) -> int | None:
    """The conversation a case belongs to."""
    found: int | None = tx.scalar(select(case.c.conversation_id).where(case.c.id == case_id))
    return found
