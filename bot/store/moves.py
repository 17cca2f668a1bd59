"""Codes by which a conversation's state moves to another channel. A keyed hash of each is kept for a day, to tell why it does not do.

How hopeless guessing is: a code is one of 12 * 11^7 = 233,846,052 and good for 15 minutes. A conversation may tell 5 wrong ones in an hour,
all conversations together 200; beyond that none is looked at, right or wrong, and the log has an error. With 20 codes good at any time, day
and night, so many guesses an hour find one in six years (233,846,052 / (200 * 20) hours), and what is found is the step of a guide, without
a name or a number, whose citizen reads at once that it was taken. The price: who tells 200 wrong ones, from 40 conversations, keeps
everybody from moving for an hour, and from nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from ..model.moving import CODE_HOLDS, TOLD, Refusal
from . import messages
from .tables import move_code, move_try

MOST_WRONG, MOST_WRONG_OVERALL = 5, 200
WRONG_WITHIN = timedelta(hours=1)
KEPT = timedelta(days=1)
"""How long it is known of a code that it was one."""
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Offered:
    """A good code: where it was told."""

    conversation_id: int


def offer(tx: Connection, key: str, conversation_id: int, turn: int, now: datetime) -> None:
    """A code was told in that turn; it takes the place of an older one of that conversation. The caller holds the conversation's row."""
    _end(tx, conversation_id, "replaced", now)
    row = {"key": key, "conversation_id": conversation_id, "turn": turn, "told_at": now, "until": now + CODE_HOLDS}
    tx.execute(insert(move_code).values(row))


def withdraw(tx: Connection, conversation_id: int, now: datetime) -> None:
    """What is done in that conversation stays there: no code leads away from it any more."""
    _end(tx, conversation_id, "replaced", now)


def look(tx: Connection, key: str, here: int, now: datetime, told: bool = True) -> Offered | Refusal:
    """What a code that was told in conversation `here` stands for. `told`: just now; else it was, and the citizen has agreed.

    One that was never told counts as a wrong try.
    """
    if told and (refused := _too_many(tx, here, now)):
        return refused
    row = tx.execute(select(move_code).where(move_code.c.key == key)).first()
    if row is None:
        tx.execute(insert(move_try).values(conversation_id=here, at=now))
        return Refusal.WRONG
    if row.ended == "used":
        return Refusal.ALREADY if row.to_id == here else Refusal.USED
    if row.ended == "replaced":
        return Refusal.REPLACED
    if row.until <= now:
        return Refusal.LATE
    return Refusal.SAME if row.conversation_id == here else Offered(row.conversation_id)


def is_besieged(tx: Connection, now: datetime) -> bool:
    """Whether so many wrong codes were told, by everybody together, that none is looked at."""
    wrong = select(func.count()).select_from(move_try).where(move_try.c.at > now - WRONG_WITHIN)
    return int(tx.scalar(wrong) or 0) >= MOST_WRONG_OVERALL


def use(tx: Connection, key: str, here: int, now: datetime) -> bool:
    """Use the code up. False: it is good no more; of two at once, one gets it."""
    good = and_(move_code.c.key == key, move_code.c.ended.is_(None), move_code.c.until > now)
    used = (
        update(move_code)
        .where(good)
        .values(ended="used", ended_at=now, to_id=here)
        .returning(move_code.c.conversation_id, move_code.c.turn)
    )
    row = tx.execute(used).first()
    if row is not None:
        _mask(tx, row.conversation_id, row.turn)
    return row is not None


def sweep(tx: Connection, now: datetime) -> None:
    """Codes that nobody used in time are taken out of the words that told them; what is a day old is forgotten."""
    late = select(move_code).where(move_code.c.until <= now, move_code.c.ended.is_(None)).order_by(move_code.c.until).limit(AT_ONCE)
    for row in tx.execute(late).all():
        tx.execute(update(move_code).where(move_code.c.key == row.key, move_code.c.ended.is_(None)).values(ended="late", ended_at=now))
        _mask(tx, row.conversation_id, row.turn)
    tx.execute(delete(move_code).where(move_code.c.until < now - KEPT))
    tx.execute(delete(move_try).where(move_try.c.at < now - KEPT))


def _end(tx: Connection, conversation_id: int, how: str, now: datetime) -> None:
    good = and_(move_code.c.conversation_id == conversation_id, move_code.c.ended.is_(None))
    ended = update(move_code).where(good).values(ended=how, ended_at=now).returning(move_code.c.turn)
    for turn in tx.scalars(ended).all():
        _mask(tx, conversation_id, turn)


def _mask(tx: Connection, conversation_id: int, turn: int) -> None:
    messages.mask_told(tx, conversation_id, turn, TOLD, "•••• ••••")


def _too_many(tx: Connection, here: int, now: datetime) -> Refusal | None:
    mine = select(func.count()).where(move_try.c.conversation_id == here, move_try.c.at > now - WRONG_WITHIN)
    return Refusal.MANY if int(tx.scalar(mine) or 0) >= MOST_WRONG or is_besieged(tx, now) else None
