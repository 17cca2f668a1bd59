"""What the desk reads of one case's conversation, and what it writes beside it: notes, who looks, what was done, the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, insert, select, update
from sqlalchemy import case as sql_case
from sqlalchemy.dialects import postgresql, sqlite

from ..model.delivery import Status
from ..model.message import Kind
from .crypto import Keyring
from .tables import attachment, audit, case, case_note, conversation, desk_action, is_status, looking, message, note_word, timer, volunteer

WORDS_ONLY = "words_only"
"""What is told of a picture whose words arrived without it, in the place of a status."""
_pictureless = and_(message.c.kind == Kind.PHOTO, message.c.status == Status.SENT, message.c.error.is_not(None))
_FATE = sql_case((_pictureless, WORDS_ONLY), else_=message.c.status).label("status")


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a conversation as the desk shows it."""

    id: int
    author: str
    """citizen, bot, person."""
    kind: Kind
    text: str
    status: str
    at: datetime
    by: str | None
    """Who wrote it, of a person's."""
    attachment: int | None
    label: str | None = None
    """What was tapped, of a tap."""
    kept: bool = False
    """Whether a picture or voice was kept with it; without an attachment, its day is over."""


def lines(tx: Connection, conversation_id: int, after: int = 0, limit: int = 100, oldest: bool = False) -> list[Line]:
    """Messages beyond `after`, in order: where there are more than so many the newest, or for who reads on from there the oldest."""
    pictures = select(func.max(attachment.c.id)).where(attachment.c.message_id == message.c.id).scalar_subquery()
    columns = (message.c.id, message.c.author, message.c.kind, message.c.text, _FATE, message.c.created_at, message.c.data)
    wanted = (
        select(*columns, pictures.label("picture"))
        .where(message.c.conversation_id == conversation_id, message.c.id > after)
        .order_by(message.c.id if oldest else message.c.id.desc())
        .limit(limit)
    )
    found = tx.execute(wanted).all()
    return [_line(row) for row in (found if oldest else reversed(found))]


def _line(row: Any) -> Line:
    data = row.data or {}
    tap = data.get("tap")
    label = tap["value"] if tap else None
    return Line(
        row.id, row.author, Kind(row.kind), row.text, row.status, row.created_at, data.get("by"), row.picture, label, bool(data.get("kept"))
    )


def statuses(tx: Connection, conversation_id: int, limit: int = 30) -> dict[int, str]:
    """What became of the newest messages to the citizen."""
    newest = (
        select(message.c.id, _FATE)
        .where(message.c.conversation_id == conversation_id, message.c.direction == "out")
        .order_by(message.c.id.desc())
        .limit(limit)
    )
    return {row.id: row.status for row in tx.execute(newest)}


def to_say_again(tx: Connection, conversation_id: int, limit: int = 100) -> frozenset[int]:
    """Of what persons said, the newest messages that may not have arrived and were not said again."""
    unsure = (message.c.author == "person", message.c.status.in_((Status.UNKNOWN, Status.FAILED)))
    of = select(message.c.id).where(message.c.conversation_id == conversation_id, *unsure).order_by(message.c.id.desc()).limit(limit)
    keys = {key: one for one in tx.scalars(of) for key in (f"{again_key(one)}:0", f"{again_key(one)}:picture")}
    said = set(tx.scalars(select(message.c.dedupe_key).where(message.c.dedupe_key.in_(keys)))) if keys else set()
    return frozenset(keys.values()) - {keys[key] for key in said}


def again_key(message_id: int) -> str:
    """The key under which that message is said again, once."""
    return f"desk:again:{message_id}"


def unread(tx: Connection, conversation_ids: dict[int, int]) -> dict[int, int]:
    """How many messages of the citizen lie beyond what was read, by conversation; `conversation_ids`: what was read to in each."""
    counted = {}
    for conversation_id, read_to in conversation_ids.items():
        theirs = (message.c.conversation_id == conversation_id, message.c.id > read_to, message.c.direction == "in")
        counted[conversation_id] = int(tx.scalar(select(func.count()).where(*theirs)) or 0)
    return counted


def read_to(tx: Connection, case_id: int, message_id: int) -> None:
    tx.execute(update(case).where(case.c.id == case_id, case.c.read_to < message_id).values(read_to=message_id))


@dataclass(frozen=True, slots=True)
class Note:
    """What the desk says among itself of a case; no citizen ever sees it."""

    id: int
    by: str | None
    """None: the desk's own mark of what happened."""
    text: str
    at: datetime


def add_note(tx: Connection, case_id: int, volunteer_id: int | None, text: str, words: Iterable[str], now: datetime) -> None:
    """`words`: keyed hashes of the note's words, by which it may be found."""
    tx.execute(insert(case_note).values(case_id=case_id, volunteer_id=volunteer_id, text=text, at=now))
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    rows = [{"word": word, "case_id": case_id} for word in set(words)]
    if rows:
        tx.execute(dialect.insert(note_word).on_conflict_do_nothing(), rows)


def notes(tx: Connection, case_id: int) -> list[Note]:
    wanted = select(case_note, volunteer.c.name).join_from(case_note, volunteer, isouter=True).where(case_note.c.case_id == case_id)
    return [Note(row.id, row.name, row.text, row.at) for row in tx.execute(wanted.order_by(case_note.c.id))]


def look(tx: Connection, case_id: int, volunteer_id: int, until: datetime) -> None:
    """That volunteer has the case open until then."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(looking).values(case_id=case_id, volunteer_id=volunteer_id, until=until)
    tx.execute(fresh.on_conflict_do_update(index_elements=["case_id", "volunteer_id"], set_={"until": until}))


def lookers(tx: Connection, case_id: int, but: int, now: datetime) -> list[str]:
    """Who else has the case open."""
    wanted = select(volunteer.c.name).join_from(looking, volunteer)
    return list(tx.scalars(wanted.where(looking.c.case_id == case_id, looking.c.volunteer_id != but, looking.c.until > now)))


def begin(tx: Connection, volunteer_id: int, key: str, now: datetime) -> bool:
    """Whether that action is done for the first time; one that is under way elsewhere is waited for."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(desk_action).values(volunteer_id=volunteer_id, key=key, outcome="", at=now)
    return tx.execute(fresh.on_conflict_do_nothing().returning(desk_action.c.key)).first() is not None


def outcome(tx: Connection, volunteer_id: int, key: str) -> str:
    """What came of that action when it was done the first time."""
    this = (desk_action.c.volunteer_id == volunteer_id, desk_action.c.key == key)
    found: str | None = tx.scalar(select(desk_action.c.outcome).where(*this))
    return found or ""


def note_done(tx: Connection, volunteer_id: int, key: str, outcome: str) -> None:
    this = (desk_action.c.volunteer_id == volunteer_id, desk_action.c.key == key)
    tx.execute(update(desk_action).where(*this).values(outcome=outcome))


def write_down(tx: Connection, actor: str, verb: str, thing: str, now: datetime, detail: str | None = None) -> None:
    """The audit: who did what to what. `detail` holds nothing of any citizen."""
    tx.execute(insert(audit).values(actor=actor, verb=verb, object=thing, detail=detail, at=now))


def trail(tx: Connection, thing: str, limit: int = 50) -> list[Any]:
    return list(tx.execute(select(audit).where(audit.c.object == thing).order_by(audit.c.id.desc()).limit(limit)))


def person_name(tx: Connection, conversation_id: int) -> str | None:
    """What the channel told that the citizen is called."""
    found: str | None = tx.scalar(select(conversation.c.name).where(conversation.c.id == conversation_id))
    return found


def word_keys(keys: Keyring, folded: str) -> tuple[str, ...]:
    """The hashes under which the words of a folded text are found."""
    return tuple(keys.word_key(word) for word in dict.fromkeys(folded.split()) if len(word) > 1)


def untimed(tx: Connection, limit: int = 200) -> list[int]:
    """Conversations in the queue that no promise watches under their epoch."""
    promise = (timer.c.kind == "promise", timer.c.fired_at.is_(None))
    armed = exists().where(timer.c.conversation_id == conversation.c.id, timer.c.turn == conversation.c.epoch, *promise)
    waits = exists().where(is_status("open"), case.c.conversation_id == conversation.c.id)
    wanted = select(conversation.c.id).where(conversation.c.owner_kind == "queue", waits, ~armed).limit(limit)
    return list(tx.scalars(wanted))
