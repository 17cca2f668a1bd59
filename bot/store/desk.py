"""What the desk's pages read, and what it writes beside the cases: the queue within one's reach, search, notes, who looks, the audit."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, false, func, insert, or_, select, union_all, update
from sqlalchemy import case as sql_case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from ..model.case import Case, CaseStatus, Rung
from ..model.delivery import Status
from ..model.message import Kind
from .cases import _case, _cases
from .crypto import Keyring
from .tables import attachment, audit, case, case_note, conversation, desk_action, is_status, looking, message, note_word, timer, volunteer

SHORT = timedelta(days=62)
WORDS_ONLY = "words_only"
"""What is told of a picture whose words arrived without it, in the place of a status."""
_pictureless = and_(message.c.kind == Kind.PHOTO, message.c.status == Status.SENT, message.c.error.is_not(None))
_FATE = sql_case((_pictureless, WORDS_ONLY), else_=message.c.status).label("status")
MANY_NOTES = 1000
"""So many notes with a word and more are the same to a search."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which waiting cases a volunteer is offered. The SQL and the Python of it stand side by side, so that they say the same."""

    volunteer_id: int
    team_id: int
    own: frozenset[str] = frozenset()
    """Communes that are the volunteer's own ground."""
    wider: frozenset[str] = frozenset()
    """Communes around, whose cases are offered from the second rung on."""
    province: bool = False
    """Whether what reached the province desk is offered."""
    everything: bool = False

    def offered(self) -> ColumnElement[bool]:
        if self.everything:
            return case.c.id.is_not(None)
        parts = [case.c.commune.in_(self.own) if self.own else false(), case.c.team_id == self.team_id]
        parts.append(and_(case.c.rung >= Rung.NEIGHBOURS, case.c.commune.in_(self.wider)) if self.wider else false())
        parts.append(case.c.rung == Rung.PROVINCE if self.province else false())
        return or_(*parts)

    def covers(self, one: Case) -> bool:
        """Whether that case is or was offered and is not over yet, or is the volunteer's own, now or last."""
        if self.everything or one.volunteer_id == self.volunteer_id:
            return True
        if one.status is CaseStatus.CLOSED:
            return False
        around = one.rung >= Rung.NEIGHBOURS and one.commune in self.wider
        return one.commune in self.own or one.team_id == self.team_id or around or (self.province and one.rung is Rung.PROVINCE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for; what is None matters not."""

    topic: str | None = None
    communes: Collection[str] | None = None
    status: CaseStatus | None = None
    volunteer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    phone_key: str | None = None
    conversation_id: int | None = None
    note_words: tuple[str, ...] = ()
    """Keyed hashes of words that the case's notes hold, all of them."""
    urgent: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it is a span of some weeks that is asked for."""
        return self.since is not None and self.until is not None and self.until - self.since < SHORT


def queue(tx: Connection, reach: Reach, topic: str | None = None, limit: int = 50) -> list[Case]:
    """What waits within one's reach: urgent ones first, then the longest waiting."""
    wanted = select(case.c.id).where(is_status("open"), reach.offered())
    wanted = wanted.order_by(case.c.urgent.desc(), case.c.opened_at, case.c.id).limit(limit)
    return _read(tx, tx.scalars(wanted if topic is None else wanted.where(case.c.topic == topic)).all())


def _read(tx: Connection, ids: Sequence[int]) -> list[Case]:
    """Those cases in that order. Which ones is found out first: to sort and pass by whole rows, with all that is written, takes longer."""
    by_id = {row.id: _case(row) for row in tx.execute(_cases().where(case.c.id.in_(ids)))} if ids else {}
    return [by_id[number] for number in ids if number in by_id]


def waiting_count(tx: Connection, reach: Reach) -> int:
    return int(tx.scalar(select(func.count()).where(is_status("open"), reach.offered())) or 0)


def search(tx: Connection, wanted: Wanted, reach: Reach, before: int | None = None, limit: int = 30) -> list[Case]:
    """Cases, the newest first, older than the case `before`. Never by the words of messages."""
    return _read(tx, tx.scalars(_found(tx, wanted, reach, before).limit(limit)).all())


def _found(tx: Connection, wanted: Wanted, reach: Reach, before: int | None) -> Select[Any]:
    ids = select(case.c.id).where(*_conditions(wanted))
    if not reach.everything:
        ids = ids.where(_among(case.c.volunteer_id == reach.volunteer_id, and_(is_status("open"), reach.offered())))
    if wanted.note_words:
        rarest, *others = _rarest_first(tx, wanted.note_words)
        ids = ids.join(note_word, note_word.c.case_id == case.c.id).where(note_word.c.word == rarest)
        ids = ids.where(*(_has_word(word) for word in others))
    if wanted.since is None and wanted.until is None:
        number = note_word.c.case_id if wanted.note_words else case.c.id
        return (ids if before is None else ids.where(number < before)).order_by(number.desc())
    opened = None if before is None else tx.scalar(select(case.c.opened_at).where(case.c.id == before))
    if opened is not None:  # by day the index of days is gone along, for the ids of other days would be passed by one by one
        same_moment = and_(case.c.opened_at == opened, case.c.id < before)
        ids = ids.where(case.c.opened_at <= opened, or_(case.c.opened_at < opened, same_moment))
    return ids.order_by(case.c.opened_at.desc(), case.c.id.desc())


def _rarest_first(tx: Connection, words: Iterable[str]) -> list[str]:
    """What few notes hold settles a search, what many hold is only looked up then. Counted no further than tells them apart."""

    def notes_with(word: str) -> int:
        some = select(note_word.c.case_id).where(note_word.c.word == word).limit(MANY_NOTES).subquery()
        return int(tx.scalar(select(func.count()).select_from(some)) or 0)

    return sorted(words, key=notes_with)


def _has_word(word: str) -> ColumnElement[bool]:
    held = note_word.alias()
    return exists().where(held.c.word == word, held.c.case_id == case.c.id)


def _among(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of the conditions holds, each looked up by its own index: told as it is, SQLite would try every case in turn."""
    return case.c.id.in_(union_all(*(select(case.c.id).where(condition).correlate(None) for condition in conditions)))


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    # Joined to nothing, a column is no key of an index: SQLite then goes along the few days that are asked for.
    topic, commune = (case.c.topic.concat(""), case.c.commune.concat("")) if wanted.is_short else (case.c.topic, case.c.commune)
    if wanted.topic is not None:
        yield topic == wanted.topic
    if wanted.communes is not None:
        yield commune.in_(wanted.communes)
    if wanted.status is not None:
        yield is_status(wanted.status) if wanted.status is CaseStatus.CLOSED else _among(is_status(wanted.status))
    if wanted.volunteer_id is not None:
        yield case.c.volunteer_id == wanted.volunteer_id
    if wanted.since is not None:
        yield case.c.opened_at >= wanted.since
    if wanted.until is not None:
        yield case.c.opened_at < wanted.until
    if wanted.phone_key is not None:
        yield case.c.phone_key == wanted.phone_key
    if wanted.conversation_id is not None:
        yield case.c.conversation_id == wanted.conversation_id
    if wanted.urgent:
        yield case.c.urgent


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
