"""Requests of people about their own data, with the days by which the law wants them answered and done."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from ..model.privacy import TERMS, DataRequest, RequestKind
from .tables import case, data_request

_CASE = select(case.c.id).where(case.c.conversation_id == data_request.c.conversation_id, case.c.status != "closed").scalar_subquery()


def open_or_find(
    tx: Connection,
    kind: RequestKind,
    channel: str,
    made_at: datetime,
    answer_by: datetime,
    *,
    subject: str | None = None,
    conversation_id: int | None = None,
    note: str | None = None,
) -> int:
    """A new request; where the same person's same wish is open already, that one: asked twice is to be done once."""
    if conversation_id is not None:
        same = (data_request.c.conversation_id == conversation_id, data_request.c.kind == kind, data_request.c.done_at.is_(None))
        found: int | None = tx.scalar(select(data_request.c.id).where(*same).limit(1))
        if found is not None:
            return found
    values = {"kind": kind, "channel": channel, "made_at": made_at, "answer_by": answer_by, "due_at": made_at + TERMS[kind]}
    values |= {"subject": subject, "conversation_id": conversation_id, "note": note}
    return int(tx.execute(insert(data_request).values(values).returning(data_request.c.id)).scalar_one())


def answered(tx: Connection, request_id: int, now: datetime) -> bool:
    """The person has been told what becomes of it. False: there is no such open request."""
    this = (data_request.c.id == request_id, data_request.c.done_at.is_(None), data_request.c.answered_at.is_(None))
    return tx.execute(update(data_request).where(*this).values(answered_at=now)).rowcount == 1


def done(tx: Connection, request_id: int, outcome: str, by: str, now: datetime) -> bool:
    """It is settled; what was noted of the person goes. False: there is no such open request, or somebody else has settled it."""
    values = {"done_at": now, "outcome": outcome, "done_by": by, "note": None}
    this = (data_request.c.id == request_id, data_request.c.done_at.is_(None))
    return tx.execute(update(data_request).where(*this).values(values)).rowcount == 1


def settle_all(tx: Connection, conversation_id: int, outcome: str, by: str, now: datetime) -> None:
    """Everything about that person is deleted: what they had asked for beside is settled with it."""
    values = {"done_at": now, "outcome": outcome, "done_by": by, "note": None}
    this = (data_request.c.conversation_id == conversation_id, data_request.c.done_at.is_(None))
    tx.execute(update(data_request).where(*this).values(values))


def cut_loose(tx: Connection, conversation_id: int) -> None:
    """Leave that they were made, and no trace to whom."""
    tx.execute(update(data_request).where(data_request.c.conversation_id == conversation_id).values(conversation_id=None, note=None))


def listing(tx: Connection, everything: bool = False, limit: int = 200) -> list[DataRequest]:
    """Open ones, the most pressing first; with `everything` also what is done, the newest first after them."""
    rows = tx.execute(_requests().where(data_request.c.done_at.is_(None)).order_by(data_request.c.due_at).limit(limit)).all()
    if everything:
        closed = _requests().where(data_request.c.done_at.is_not(None)).order_by(data_request.c.id.desc()).limit(limit)
        rows = [*rows, *tx.execute(closed)]
    return [_request(row) for row in rows]


def of(tx: Connection, conversation_id: int) -> list[DataRequest]:
    """Those of one person, oldest first."""
    wanted = _requests().where(data_request.c.conversation_id == conversation_id).order_by(data_request.c.id)
    return [_request(row) for row in tx.execute(wanted)]


def _requests() -> Select[Any]:
    return select(data_request, _CASE.label("case_id"))


def _request(row: Row[Any]) -> DataRequest:
    return DataRequest(
        id=row.id,
        kind=RequestKind(row.kind),
        channel=row.channel,
        made_at=row.made_at,
        answer_by=row.answer_by,
        due_at=row.due_at,
        conversation_id=row.conversation_id,
        case_id=row.case_id,
        note=row.note,
        answered_at=row.answered_at,
        done_at=row.done_at,
        outcome=row.outcome,
        done_by=row.done_by,
    )
