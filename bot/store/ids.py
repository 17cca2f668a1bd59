"""Ids of messages are given out once: an open page knows by them what it has shown, and misses what comes under one that it has seen.

PostgreSQL counts on by itself. SQLite gives out anew what was the highest id when its row is deleted; so where that happens, a message of
nobody's holds it until there are higher ones. (AUTOINCREMENT would do, but only in a table made anew: a million rows copied, and the
pictures that hang on the old one deleted with it, for foreign keys cannot be switched off inside the transaction that a migration is.)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from ..model.delivery import Status
from ..model.message import Address
from . import conversations
from .crypto import Keyring
from .tables import message

NOBODY = Address("nobody", "ids")


@contextmanager
def given_once(tx: Connection, keys: Keyring, now: datetime) -> Iterator[None]:
    """Messages are deleted inside, and none of their ids comes again."""
    before = highest(tx)
    yield
    if tx.dialect.name == "sqlite" and highest(tx) < before:
        hold(tx, keys, before, now)


def highest(tx: Connection) -> int:
    return int(tx.scalar(select(func.coalesce(func.max(message.c.id), 0))) or 0)


def hold(tx: Connection, keys: Keyring, number: int, now: datetime) -> None:
    """Write a message of nobody's under that id, in place of the one before. It goes as old messages go."""
    nobody = conversations.find_or_open(tx, keys, NOBODY, None, now)
    tx.execute(delete(message).where(message.c.conversation_id == nobody))
    row = {"id": number, "conversation_id": nobody, "direction": "out", "status": Status.STALE, "author": "bot", "kind": "text"}
    row |= {"text": "", "channel": NOBODY.channel, "turn": 0, "epoch": 0, "critical": False, "quick": False, "tries": 0, "created_at": now}
    tx.execute(insert(message).values(row))
