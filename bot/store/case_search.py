"""Which cases a volunteer sees: what waits within one's reach, and what a search finds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, false, func, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from ..model.case import Case, CaseStatus, Rung
from .cases import _case, _cases
from .tables import case, is_status, note_word

SHORT = timedelta(days=62)
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
