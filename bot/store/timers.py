"""What is due later, in one table. A timer fires once, and means something only while its turn is still the conversation's last."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..model.timer import Timer, TimerKind
from .tables import timer

# What every turn runs is put together once, for building a statement costs more than running it.
_INSERT_NEW = {
    name: dialect.insert(timer).on_conflict_do_nothing(index_elements=["kind", "conversation_id", "turn"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def add(tx: Connection, wanted: Iterable[Timer]) -> None:
    """Each once for its kind, conversation and turn."""
    rows = [
        {"kind": one.kind, "conversation_id": one.conversation_id, "turn": one.turn, "at": one.at, "topic": one.topic} for one in wanted
    ]
    if rows:
        tx.execute(_INSERT_NEW[tx.dialect.name], rows)


def arm(tx: Connection, wanted: Timer) -> None:
    """Set it, or set it anew: the desk's timers move with what happens. One that fired is armed again."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    values = {"kind": wanted.kind, "conversation_id": wanted.conversation_id, "turn": wanted.turn, "at": wanted.at}
    again = {"at": wanted.at, "fired_at": None}
    tx.execute(dialect.insert(timer).values(values).on_conflict_do_update(index_elements=["kind", "conversation_id", "turn"], set_=again))


def prolong(tx: Connection, wanted: Timer) -> bool:
    """Set it later, where it is armed for an earlier moment. False: it is not."""
    same = (timer.c.kind == wanted.kind, timer.c.conversation_id == wanted.conversation_id, timer.c.turn == wanted.turn)
    later = update(timer).where(*same, timer.c.fired_at.is_(None), timer.c.at < wanted.at).values(at=wanted.at)
    return tx.execute(later).rowcount == 1


def armed_at(tx: Connection, kind: TimerKind, conversation_id: int, turn: int) -> datetime | None:
    """When that timer was, or is, to fire."""
    same = (timer.c.kind == kind, timer.c.conversation_id == conversation_id, timer.c.turn == turn)
    moment: datetime | None = tx.scalar(select(timer.c.at).where(*same))
    return moment


def put_off(tx: Connection, this: Timer, until: datetime) -> None:
    """It fired and could not be carried out: it is due again then."""
    tx.execute(update(timer).where(timer.c.id == this.id).values(at=until, fired_at=None))


def carry(tx: Connection, source: int, target: int) -> None:
    """What was promised for later goes along to another conversation; what only waited for an answer there is off.

    A promise holds in whatever turn it is kept, so it is given a number that no turn has. One that is being carried out at this moment is
    left to whoever does it.
    """
    pending = select(timer.c.id, timer.c.kind).where(timer.c.conversation_id == source, timer.c.fired_at.is_(None))
    for row in tx.execute(pending.with_for_update(skip_locked=True)).all():
        this = timer.c.id == row.id
        if row.kind in (TimerKind.PROMISED, TimerKind.FOLLOW_UP):
            tx.execute(update(timer).where(this).values(conversation_id=target, turn=-row.id))
        elif row.kind in (TimerKind.REMIND, TimerKind.PUT_ASIDE):
            tx.execute(delete(timer).where(this))


def promised(tx: Connection, conversation_id: int) -> list[Timer]:
    """The reminders that were asked for there and are still to come."""
    mine = (timer.c.conversation_id == conversation_id, timer.c.kind == TimerKind.PROMISED, timer.c.fired_at.is_(None))
    rows = tx.execute(select(timer).where(*mine).order_by(timer.c.at)).all()
    return [Timer(TimerKind(row.kind), row.at, row.conversation_id, row.turn, row.id, row.topic) for row in rows]


def take_due(tx: Connection, now: datetime, limit: int) -> list[Timer]:
    """Timers that are due, marked as fired in the same transaction that does what they are for."""
    due = select(timer).where(timer.c.fired_at.is_(None), timer.c.at <= now).order_by(timer.c.at).limit(limit)
    rows = tx.execute(due.with_for_update(skip_locked=True)).all()
    if rows:
        tx.execute(update(timer).where(timer.c.id.in_([row.id for row in rows])).values(fired_at=now))
    return [Timer(TimerKind(row.kind), row.at, row.conversation_id, row.turn, row.id, row.topic) for row in rows]
