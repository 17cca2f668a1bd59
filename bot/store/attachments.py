"""Pictures and voice between citizens and persons: encrypted like words, for some hours, and never without the message they belong to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from ..model.message import Attachment
from .tables import attachment, message


def keep(tx: Connection, message_id: int, what: Attachment, until: datetime) -> None:
    """In the transaction that stores its message, so that there are both or neither. Nobody is shown it after `until`."""
    values = {"media_type": what.media_type, "data": what.data, "reference": what.reference}
    tx.execute(insert(attachment).values(message_id=message_id, expires_at=until, **values))


def find(tx: Connection, conversation_id: int, attachment_id: int, now: datetime) -> Attachment | None:
    """One of that conversation; None where there is none, or its day is over."""
    row = tx.execute(
        select(attachment.c.media_type, attachment.c.data, attachment.c.reference)
        .join_from(attachment, message)
        .where(attachment.c.id == attachment_id, message.c.conversation_id == conversation_id, attachment.c.expires_at > now)
    ).one_or_none()
    return None if row is None else Attachment(row.media_type, row.data, row.reference)


def of_message(tx: Connection, message_id: int, now: datetime) -> bytes | None:
    """The picture that a message to a citizen carries; None where its day is over."""
    found: bytes | None = tx.scalar(_outbound(message_id, now))
    return found


def for_reader(tx: Connection, conversation_id: int, message_id: int, now: datetime) -> bytes | None:
    """The same, for who that conversation is with."""
    found: bytes | None = tx.scalar(_outbound(message_id, now).where(message.c.conversation_id == conversation_id))
    return found


def _outbound(message_id: int, now: datetime) -> Select[Any]:
    ours = (message.c.id == message_id, message.c.direction == "out", attachment.c.expires_at > now)
    return select(attachment.c.data).join_from(attachment, message).where(*ours).limit(1)


def drop(tx: Connection, message_ids: Iterable[int]) -> None:
    """The assistant answered those messages after all, and says that it keeps no pictures."""
    ids = list(message_ids)
    if ids:
        tx.execute(delete(attachment).where(attachment.c.message_id.in_(ids)))
