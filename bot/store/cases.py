"""Cases: what waits for a person, who has it, how it ended. A conversation has at most one that is not closed; a constraint sees to it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from ..model.case import Case, CaseReason, CaseStatus, HandoffNote, Outcome, Rung
from ..model.dialogue import HandOver
from .tables import case, conversation, is_status


def open_or_add(
    tx: Connection, conversation_id: int, wanted: HandOver, note: HandoffNote, now: datetime, commune: str | None = None
) -> tuple[int, bool]:
    """The conversation's case, opened now or brought up to date with what is newly known. Its id, and whether it is new.

    The caller holds the conversation's row (its claim, or a lock), so that two can not open at once.
    """
    unclosed = select(case.c.id, case.c.urgent).where(case.c.conversation_id == conversation_id, case.c.status != CaseStatus.CLOSED)
    values: dict[str, Any] = {"reason": wanted.reason, "topic": wanted.topic, "step": wanted.step, "note": asdict(note)}
    values |= {"commune": commune} if commune is not None else {}
    found = tx.execute(unclosed).one_or_none()
    if found is None:
        fresh = values | {"conversation_id": conversation_id, "status": CaseStatus.OPEN, "urgent": wanted.urgent, "opened_at": now}
        return int(tx.execute(insert(case).values(fresh | {"waiting_since": now}).returning(case.c.id)).scalar_one()), True
    if found.urgent and not wanted.urgent:
        values.pop("reason")  # what made it urgent stays its reason
    tx.execute(update(case).where(case.c.id == found.id).values(values | {"urgent": wanted.urgent or found.urgent}))
    return int(found.id), False


def listing(tx: Connection, status: CaseStatus | None = None, limit: int = 100) -> list[Case]:
    """Cases, urgent ones first, then the longest waiting."""
    rows = _cases().order_by(case.c.urgent.desc(), case.c.opened_at).limit(limit)
    return [_case(row) for row in tx.execute(rows if status is None else rows.where(case.c.status == status))]


def get(tx: Connection, case_id: int) -> Case | None:
    row = tx.execute(_cases().where(case.c.id == case_id)).one_or_none()
    return None if row is None else _case(row)


def unclosed(tx: Connection, conversation_id: int) -> Case | None:
    """The case of that conversation that waits or is with somebody."""
    row = tx.execute(_cases().where(case.c.conversation_id == conversation_id, case.c.status != CaseStatus.CLOSED)).one_or_none()
    return None if row is None else _case(row)


def last(tx: Connection, conversation_id: int) -> Case | None:
    """The newest case of that conversation, whatever became of it."""
    row = tx.execute(_cases().where(case.c.conversation_id == conversation_id).order_by(case.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _case(row)


def change(tx: Connection, case_id: int, **values: Any) -> None:
    """Write down what became of a case. The caller holds the conversation's row."""
    tx.execute(update(case).where(case.c.id == case_id).values(**values))


def held(tx: Connection, volunteer_id: int) -> int:
    """How many cases a volunteer has now."""
    return int(tx.scalar(select(func.count()).where(is_status("taken"), case.c.volunteer_id == volunteer_id)) or 0)


def holding(tx: Connection, volunteer_id: int) -> list[Case]:
    """What a volunteer has now, whoever has waited longest for an answer first."""
    waits = (case.c.waiting_since.is_(None), case.c.waiting_since, case.c.id)
    return [_case(row) for row in tx.execute(_cases().where(is_status("taken"), case.c.volunteer_id == volunteer_id).order_by(*waits))]


def ahead(tx: Connection, of: Case) -> int:
    """How many waiting cases stand before that one: in its commune, and whatever is with the province desk as it is itself."""
    earlier = or_(case.c.opened_at < of.opened_at, and_(case.c.opened_at == of.opened_at, case.c.id < of.id))
    before = earlier if of.urgent else or_(case.c.urgent, earlier)
    before = and_(case.c.urgent, earlier) if of.urgent else before
    ground = case.c.rung == Rung.PROVINCE if of.rung is Rung.PROVINCE or of.commune is None else case.c.commune == of.commune
    return int(tx.scalar(select(func.count()).where(is_status("open"), case.c.id != of.id, ground, before)) or 0)


def phone(tx: Connection, case_id: int) -> str | None:
    """The number that the citizen left to be called back at."""
    found: str | None = tx.scalar(select(case.c.phone).where(case.c.id == case_id))
    return found


def _cases() -> Select[Any]:
    return select(case, conversation.c.channel).join_from(case, conversation)


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
        commune=row.commune,
        language=row.language,
        rung=Rung(row.rung),
        team_id=row.team_id,
        volunteer_id=row.volunteer_id,
        taken_at=row.taken_at,
        lease_until=row.lease_until,
        promised_at=row.promised_at,
        breached=row.breached,
        waiting_since=row.waiting_since,
        first_reply_at=row.first_reply_at,
        closed_at=row.closed_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        rating=row.rating,
        phrase=row.phrase,
        has_phone=row.phone_key is not None,
        read_to=row.read_to,
    )
