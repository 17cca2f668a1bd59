"""What happened, row by row: for statistics, and for tests that ask what a turn did."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert

from ..model.dialogue import Event
from .tables import event

_INSERT = insert(event)


def add(tx: Connection, conversation_id: int, turn: int, happened: Iterable[Event], now: datetime) -> None:
    rows = [
        {"conversation_id": conversation_id, "turn": turn, "kind": e.kind, "flow": e.flow, "step": e.step, "detail": e.detail, "at": now}
        for e in happened
    ]
    if rows:
        tx.execute(_INSERT, rows)


def note(tx: Connection, conversation_id: int, turn: int, kind: str, detail: str, now: datetime) -> None:
    """One thing that no guide is about."""
    add(tx, conversation_id, turn, [Event(kind, detail=detail)], now)
