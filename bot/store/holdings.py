"""What is kept of one person: in short, for who asks what it is, and whole, for who asks for a copy. And the one-time way to a copy."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select

from ..model.case import CaseStatus
from ..model.conversation import OwnerKind
from ..model.message import Address
from . import consents, requests
from .crypto import Keyring
from .tables import attachment, candidate, case, case_note, conversation, message, session_item, volunteer

MOST = 20_000
"""Messages of one person that a copy holds; nobody writes so many in the days that they are kept."""
_LINK = "copy:"


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of somebody, in figures. Moments are None where there is nothing of that kind."""

    messages: int
    since: datetime | None
    """When the oldest message came."""
    last: datetime | None
    named: bool
    """The channel told what they are called."""
    pictures: int
    phone: bool
    """A number to call back at waits with a case."""
    waits: bool
    """A case waits in the queue: those it is offered to may read."""
    helper: str | None
    """Who has the case now."""
    learning: int
    """Lines of theirs that wait to be looked at, for they were not understood."""


def of(tx: Connection, conversation_id: int, now: datetime) -> Held:
    said = select(func.count(), func.min(message.c.created_at), func.max(message.c.created_at))
    count, since, last = tx.execute(said.where(message.c.conversation_id == conversation_id)).one()
    mine = tx.execute(select(conversation.c.name, conversation.c.owner_kind).where(conversation.c.id == conversation_id)).one()
    wanted = select(case.c.status, case.c.phone_key, volunteer.c.name).join_from(case, volunteer, isouter=True)
    open_case = tx.execute(wanted.where(case.c.conversation_id == conversation_id, case.c.status != CaseStatus.CLOSED)).one_or_none()
    pictures = select(func.count()).join_from(attachment, message)
    lines = select(func.count()).where(candidate.c.conversation_id == conversation_id)
    taken = open_case is not None and mine.owner_kind == OwnerKind.HUMAN
    return Held(
        messages=count,
        since=since,
        last=last,
        named=mine.name is not None,
        pictures=tx.scalar(pictures.where(message.c.conversation_id == conversation_id, attachment.c.expires_at > now)) or 0,
        phone=open_case is not None and open_case.phone_key is not None,
        waits=open_case is not None and not taken,
        helper=open_case.name if taken and open_case is not None else None,
        learning=tx.scalar(lines) or 0,
    )


def copy(tx: Connection, keys: Keyring, conversation_id: int, internal: bool) -> dict[str, Any]:
    """All that is kept of somebody, JSON-safe. `internal`: with volunteers' notes, which an officer reads before giving them out."""
    mine = tx.execute(select(conversation).where(conversation.c.id == conversation_id)).one()
    subject = keys.subject_key(Address(mine.channel, mine.address))
    whole: dict[str, Any] = {
        "channel": mine.channel,
        "address": mine.address,
        "name": mine.name,
        "begun": _told(mine.created_at),
        "remembered": mine.state,
        "messages": list(_messages(tx, conversation_id)),
        "cases": list(_cases(tx, conversation_id, internal)),
        "not_understood": list(tx.scalars(select(candidate.c.text).where(candidate.c.conversation_id == conversation_id))),
        "consents": [
            {"purpose": one.purpose, "act": one.act, "words": one.words and one.words.block, "at": _told(one.at)}
            for one in consents.history(tx, subject)
        ],
        "requests": [
            {"kind": one.kind, "made": _told(one.made_at), "due": _told(one.due_at), "done": _told(one.done_at), "outcome": one.outcome}
            for one in requests.of(tx, conversation_id)
        ],
    }
    return whole


def _messages(tx: Connection, conversation_id: int) -> Iterator[dict[str, Any]]:
    """Oldest first, of the newest so many."""
    newest = select(message).where(message.c.conversation_id == conversation_id).order_by(message.c.id.desc()).limit(MOST)
    for row in reversed(tx.execute(newest).all()):
        yield {"at": _told(row.created_at), "by": row.author, "kind": row.kind, "text": row.text, "status": row.status}


def _cases(tx: Connection, conversation_id: int, internal: bool) -> Iterator[dict[str, Any]]:
    for row in tx.execute(select(case).where(case.c.conversation_id == conversation_id).order_by(case.c.id)):
        told = {"number": row.id, "reason": row.reason, "topic": row.topic, "status": row.status, "opened": _told(row.opened_at)}
        told |= {"closed": _told(row.closed_at), "outcome": row.outcome, "commune": row.commune, "language": row.language}
        told |= {"note": row.note, "phone": row.phone, "rating": row.rating}
        if internal:
            notes = select(case_note.c.at, case_note.c.text).where(case_note.c.case_id == row.id).order_by(case_note.c.id)
            told["notes"] = [{"at": _told(note.at), "text": note.text} for note in tx.execute(notes)]
        yield told


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def offer_copy(tx: Connection, token: str, conversation_id: int, until: datetime) -> None:
    """Whoever brings that token until then may take that person's copy, once. The token itself is not kept."""
    tx.execute(insert(session_item).values(key=_LINK + _hash(token), value=str(conversation_id).encode(), expires_at=until))


def take_copy(tx: Connection, token: str, now: datetime) -> int | None:
    """The conversation whose copy that token was for; it is worth nothing from now on. Of two who come at once, one gets it."""
    this = and_(session_item.c.key == _LINK + _hash(token), or_(session_item.c.expires_at.is_(None), session_item.c.expires_at > now))
    value = tx.scalar(delete(session_item).where(this).returning(session_item.c.value))
    if value is None:
        return None
    return tx.scalar(select(conversation.c.id).where(conversation.c.id == int(bytes(value))))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
