"""Messages that wait to be labelled. They belong to their conversation, and go with it, until a person has labelled them.

Who labels a line has read it and found nothing of anybody in it: from then on it is a sentence of the language, and nobody's. Another
has to find the label right before it is learnt.

    waiting ─► labelled ─► approved ─► exported
       ▲           │           │
       └───────────┴───────────┘  disapproved
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

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


def waiting(tx: Connection, doubt: Doubt | None = None, limit: int = 50, but: Collection[int] = ()) -> list[Candidate]:
    """What nobody has labelled yet, the newest first, without those."""
    wanted = select(candidate).where(candidate.c.intent.is_(None), candidate.c.id.not_in(but)).order_by(candidate.c.id.desc()).limit(limit)
    rows = tx.execute(wanted if doubt is None else wanted.where(candidate.c.doubt == doubt))
    return [_candidate(row) for row in rows]


def labelled(tx: Connection, limit: int = 50) -> list[Candidate]:
    """What was labelled and waits for approval, in the order of coming."""
    return [_candidate(row) for row in tx.execute(select(candidate).where(*_LABELLED).order_by(candidate.c.id).limit(limit))]


def approved(tx: Connection, limit: int | None = None) -> list[Candidate]:
    """What was approved and not exported yet, in the order of coming."""
    return [_candidate(row) for row in tx.execute(select(candidate).where(*_APPROVED).order_by(candidate.c.id).limit(limit))]


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    labelled: int
    approved: int
    exported: int


def counts(tx: Connection) -> Counts:
    """How many lines there are of each kind."""
    by_kind = [(candidate.c.intent.is_(None),), _LABELLED, _APPROVED, (candidate.c.exported_at.is_not(None),)]
    return Counts(*(int(tx.scalar(select(func.count()).select_from(candidate).where(*kind)) or 0) for kind in by_kind))


def label(tx: Connection, this: int, intent: str, aspect: str | None, by: int | None = None, approved_at: datetime | None = None) -> bool:
    """Say what it meant; it is nobody's from now on. False: there is none of that number, or it was exported already.

    `by`: a volunteer, whose label waits for approval and does not overwrite another's. An operator's is approved with it.
    """
    free = [candidate.c.id == this, candidate.c.exported_at.is_(None)]
    if by is not None:
        free.append(candidate.c.intent.is_(None))
    said = {"intent": intent, "aspect": aspect, "conversation_id": None, "labelled_by": by, "approved_at": approved_at}
    return tx.execute(update(candidate).where(*free).values(said)).rowcount == 1


def approve(tx: Connection, this: int, intent: str, aspect: str | None, by: int, own: bool, now: datetime) -> bool:
    """Find that label right. False: it is another by now, or gone, or `by`'s own, where `own` ones may not be approved."""
    as_seen = (candidate.c.id == this, candidate.c.intent == intent, candidate.c.aspect.is_not_distinct_from(aspect))
    others = () if own else (or_(candidate.c.labelled_by.is_(None), candidate.c.labelled_by != by),)
    return tx.execute(update(candidate).where(*_LABELLED, *as_seen, *others).values(approved_at=now)).rowcount == 1


def disapprove(tx: Connection, this: int) -> bool:
    """The label is wrong: the line waits for another. False: there is none of that number, or it was exported already."""
    wrong = (candidate.c.id == this, candidate.c.intent.is_not(None), candidate.c.exported_at.is_(None))
    bare = {"intent": None, "aspect": None, "labelled_by": None, "approved_at": None}
    return tx.execute(update(candidate).where(*wrong).values(bare)).rowcount == 1


def drop(tx: Connection, this: int, unlabelled: bool = False) -> bool:
    """It is nothing to learn from: away with it. False: there is none of that number, or it is labelled where it must not be."""
    only = (candidate.c.intent.is_(None),) if unlabelled else ()
    return tx.execute(delete(candidate).where(candidate.c.id == this, *only)).rowcount == 1


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
        labelled_by=row.labelled_by,
        approved_at=row.approved_at,
    )


_LABELLED = (candidate.c.intent.is_not(None), candidate.c.approved_at.is_(None), candidate.c.exported_at.is_(None))
_APPROVED = (candidate.c.intent.is_not(None), candidate.c.approved_at.is_not(None), candidate.c.exported_at.is_(None))
