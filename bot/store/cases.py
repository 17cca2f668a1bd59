"""Cases: what waits for a person. A conversation has at most one that is not closed; a constraint sees to it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..model.case import Case, CaseReason, CaseStatus, HandoffNote
from ..model.dialogue import HandOver
from .tables import case, conversation


def open_or_add(tx: Connection, conversation_id: int, wanted: HandOver, note: HandoffNote, now: datetime) -> tuple[int, bool]:
    """The conversation's case, opened now or brought up to date with what is newly known. Its id, and whether it is new.

    The caller holds the conversation's row (its claim, or a lock), so that two can not open at once.
    """
    unclosed = select(case.c.id, case.c.urgent).where(case.c.conversation_id == conversation_id, case.c.status != CaseStatus.CLOSED)
    values: dict[str, Any] = {"reason": wanted.reason, "topic": wanted.topic, "step": wanted.step, "note": asdict(note)}
    found = tx.execute(unclosed).one_or_none()
    if found is None:
        fresh = values | {"conversation_id": conversation_id, "status": CaseStatus.OPEN, "urgent": wanted.urgent, "opened_at": now}
        return int(tx.execute(insert(case).values(fresh).returning(case.c.id)).scalar_one()), True
    if found.urgent and not wanted.urgent:
        values.pop("reason")  # what made it urgent stays its reason
    tx.execute(update(case).where(case.c.id == found.id).values(values | {"urgent": wanted.urgent or found.urgent}))
    return int(found.id), False


def listing(tx: Connection, status: CaseStatus | None = None, limit: int = 100) -> list[Case]:
    """Cases, urgent ones first, then the longest waiting."""
    rows = select(case, conversation.c.channel).join_from(case, conversation).order_by(case.c.urgent.desc(), case.c.opened_at).limit(limit)
    if status is not None:
        rows = rows.where(case.c.status == status)
    return [_case(row) for row in tx.execute(rows)]


def get(tx: Connection, case_id: int) -> Case | None:
    row = tx.execute(select(case, conversation.c.channel).join_from(case, conversation).where(case.c.id == case_id)).one_or_none()
    return None if row is None else _case(row)


def _case(row: Row[Any]) -> Case:
    note = dict(row.note)
    for name in ("tried", "never_ask"):
        note[name] = tuple(note[name])
    return Case(
        id=row.id,
        conversation_id=row.conversation_id,
        reason=CaseReason(row.reason),
        status=CaseStatus(row.status),
        urgent=row.urgent,
        topic=row.topic,
        note=HandoffNote(**note),
        opened_at=row.opened_at,
        channel=row.channel,
    )
