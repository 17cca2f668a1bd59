"""Messages that wait to be labelled. They belong to their conversation, and go with it, until a person has labelled them.

Who labels a line has read it and found nothing of anybody in it: from then on it is a sentence of the language, and nobody's.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..model.candidate import Candidate, Doubt, Guess
from ..model.delivery import Status
from ..model.message import Kind
from .tables import candidate, message


def add(tx: Connection, conversation_id: int, turn: int, doubt: Doubt, text: str, guess: Guess, now: datetime) -> None:
    row = {"conversation_id": conversation_id, "turn": turn, "doubt": doubt, "text": text, "created_at": now}
    tx.execute(insert(candidate).values(row | {"guess": guess.intent, "confidence": guess.confidence, "guess_aspect": guess.aspect}))


def hint(tx: Connection, conversation_id: int, turn: int, topic: str) -> None:
    """The citizen tapped a topic right after they were asked back: that is what the message of that turn had meant."""
    asked_back = (candidate.c.conversation_id == conversation_id, candidate.c.turn == turn, candidate.c.doubt == Doubt.CLARIFIED)
    tx.execute(update(candidate).where(*asked_back).values(hint=topic))


def add_last_answered(tx: Connection, conversation_id: int, turn: int, before: int, now: datetime) -> None:
    """What the citizen complains of: the last text before that message that a model had read."""
    said = (message.c.conversation_id == conversation_id, message.c.direction == "in", message.c.kind == Kind.TEXT, message.c.id < before)
    read = (message.c.status == Status.HANDLED, message.c.intent.is_not(None))
    row = tx.execute(select(message).where(*said, *read).order_by(message.c.id.desc()).limit(1)).one_or_none()
    if row is not None:
        add(tx, conversation_id, turn, Doubt.COMPLAINT, row.text, Guess(row.intent, row.confidence or 0.0, row.aspect), now)


def waiting(tx: Connection, doubt: Doubt | None = None, limit: int = 50) -> list[Candidate]:
    """What nobody has labelled yet, the newest first."""
    wanted = select(candidate).where(candidate.c.intent.is_(None)).order_by(candidate.c.id.desc()).limit(limit)
    rows = tx.execute(wanted if doubt is None else wanted.where(candidate.c.doubt == doubt))
    return [_candidate(row) for row in rows]


def labelled(tx: Connection) -> list[Candidate]:
    """What was labelled and not exported yet, in the order of coming."""
    fresh = (candidate.c.intent.is_not(None), candidate.c.exported_at.is_(None))
    return [_candidate(row) for row in tx.execute(select(candidate).where(*fresh).order_by(candidate.c.id))]


def label(tx: Connection, this: int, intent: str, aspect: str | None) -> bool:
    """Say what it meant; it is nobody's from now on. False: there is none of that number, or it was exported already."""
    free = (candidate.c.id == this, candidate.c.exported_at.is_(None))
    return tx.execute(update(candidate).where(*free).values(intent=intent, aspect=aspect, conversation_id=None)).rowcount == 1


def drop(tx: Connection, this: int) -> bool:
    """It is nothing to learn from: away with it. False: there is none of that number."""
    return tx.execute(delete(candidate).where(candidate.c.id == this)).rowcount == 1


def exported(tx: Connection, these: list[int], now: datetime) -> None:
    tx.execute(update(candidate).where(candidate.c.id.in_(these)).values(exported_at=now))


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        id=row.id,
        doubt=Doubt(row.doubt),
        text=row.text,
        guess=Guess(row.guess, row.confidence or 0.0, row.guess_aspect),
        hint=row.hint,
        created_at=row.created_at,
        intent=row.intent,
        aspect=row.aspect,
        exported_at=row.exported_at,
    )
