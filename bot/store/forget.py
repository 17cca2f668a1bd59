"""Forgetting: a person's whole conversation goes when they ask for it. What goes by itself in time stands in `retention`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from ..model.conversation import OwnerKind
from ..model.delivery import Status
from . import ids
from .crypto import Keyring
from .tables import candidate, case, conversation, event, message, move_code, owner_event, timer


def forget(tx: Connection, keys: Keyring, conversation_id: int, now: datetime) -> None:
    """Delete a conversation with everything that belongs to it."""
    with ids.given_once(tx, keys, now):
        tx.execute(delete(conversation).where(conversation.c.id == conversation_id))


def empty(tx: Connection, keys: Keyring, conversation_id: int, now: datetime) -> None:
    """Delete what a conversation holds, cases too, and keep only where the person can be told so, and that they once agreed.

    What they have written since and nobody has answered stays.
    """
    for table in (case, event, timer, owner_event, candidate, move_code):  # what hangs on a case or a message goes with it
        tx.execute(delete(table).where(table.c.conversation_id == conversation_id))
    with ids.given_once(tx, keys, now):
        tx.execute(delete(message).where(message.c.conversation_id == conversation_id, message.c.status != Status.WAITING))
    bare: dict[str, Any] = {"name": None, "state": {}, "owner_kind": OwnerKind.BOT, "owner_id": None, "epoch": conversation.c.epoch + 1}
    tx.execute(update(conversation).where(conversation.c.id == conversation_id).values(bare))


def of_case(tx: Connection, case_id: int) -> int | None:
    """The conversation a case belongs to."""
    found: int | None = tx.scalar(select(case.c.conversation_id).where(case.c.id == case_id))
    return found
