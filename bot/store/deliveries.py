"""The outbound half of the message rows: queued > sending > sent | unknown | failed | stale. One conversation is sent in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, cast, exists, func, or_, select, update

from ..model.delivery import Budget, Sending, Status
from ..model.message import Address, Button, Kind
from .tables import conversation, is_open, message

MOST_COUNTED = 64
"""How many of a conversation's newest messages are looked at for what a platform has counted; it lets far fewer follow one of theirs."""
MOST_STALE = 16
"""How many messages of one conversation that must not be sent any more are passed in one round."""


def _heads() -> Select[Any]:
    """The first message of each conversation that may be sent now."""
    earlier = message.alias("earlier")
    overtakes = exists().where(
        earlier.c.conversation_id == message.c.conversation_id,
        earlier.c.id < message.c.id,
        is_open(earlier.c.status),
        earlier.c.status.in_((Status.QUEUED, Status.SENDING)),
    )
    before = message.alias("before")
    unready = exists().where(before.c.id == message.c.after_id, before.c.status.in_((Status.QUEUED, Status.SENDING)))
    ready = and_(
        message.c.channel == bindparam("account"),
        message.c.status == Status.QUEUED,
        is_open(message.c.status),
        or_(message.c.not_before.is_(None), message.c.not_before <= bindparam("now")),
        message.c.conversation_id.not_in(bindparam("resting", expanding=True)),
        ~overtakes,
        or_(message.c.after_id.is_(None), ~unready),
    )
    columns = (message, conversation.c.address, conversation.c.fence, conversation.c.closed_at, conversation.c.last_inbound_at)
    joined = select(*columns).join_from(message, conversation).where(ready).order_by(message.c.id).limit(bindparam("most"))
    return joined.with_for_update(of=[message, conversation], skip_locked=True)


# What every turn runs is put together once, for building a statement costs more than running it.
_HEADS = _heads()
_CLAIM = update(message).where(message.c.id == bindparam("this"), message.c.status == Status.QUEUED)
_SETTLE = (
    update(message)
    .where(message.c.id == bindparam("this"), message.c.status == Status.SENDING, message.c.sender == bindparam("holder"))
    .values(doubts=message.c.doubts + bindparam("doubt"))
)
_OVERDUE = (
    select(message.c.id, message.c.critical, message.c.tries, message.c.doubts, message.c.sender)
    .where(message.c.channel == bindparam("account"), message.c.status == Status.SENDING, is_open(message.c.status))
    .where(message.c.deadline < bindparam("now"))
    .with_for_update(skip_locked=True)
)
_NEWEST = (
    select(message.c.status, message.c.settled_at, message.c.doubts)
    .where(message.c.conversation_id == bindparam("of"), message.c.direction == "out")
    .order_by(message.c.id.desc())
    .limit(MOST_COUNTED)
    .subquery()
)
_MAY_HAVE_ARRIVED = _NEWEST.c.status.in_((Status.SENDING, Status.SENT, Status.UNKNOWN))
_SPENT = select(func.sum(_NEWEST.c.doubts + cast(_MAY_HAVE_ARRIVED, Integer))).where(
    or_(_NEWEST.c.status.in_((Status.QUEUED, Status.SENDING)), _NEWEST.c.settled_at >= bindparam("since"))
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """A message that a budget leaves no room for."""

    id: int
    author: str
    why: str


def claim(
    tx: Connection,
    channel: str,
    sender: str,
    now: datetime,
    deadline: datetime,
    limit: int,
    resting: Sequence[int] = (),
    budget: Budget | None = None,
    unfit: Callable[[Unfit], None] = lambda _: None,
) -> list[Sending]:
    """Turn the next message of up to `limit` conversations, `resting` ones left out, to `sending`, just before its call.

    The fence is checked here, under a lock that a change of owner needs too: once a take has committed, no older bot message starts.
    Stale messages and those to closed addresses are settled on the way, so that what stands behind them need not wait for another round.
    So are those that `budget` leaves no room for, and `unfit` is told of each.
    """
    claimed: list[Sending] = []
    for _ in range(MOST_STALE):
        room = {"account": channel, "now": now, "most": limit - len(claimed), "resting": list(resting)}
        settled = False
        for row in tx.execute(_HEADS, room).all() if len(claimed) < limit else ():
            values = _fate(row) or _beyond(tx, row, budget, now, unfit)
            if values is None:
                values = {"status": Status.SENDING, "sender": sender, "deadline": deadline, "tries": row.tries + 1}
                claimed.append(_sending(row, deadline))
            else:
                settled = True
                values |= {"settled_at": now}
            tx.execute(_CLAIM, {"this": row.id, **values})
        if not settled:
            break
    return claimed


def _fate(row: Row[Any]) -> dict[str, Any] | None:
    if row.author == "bot" and row.epoch < row.fence:
        return {"status": Status.STALE, "error": f"a person took over: epoch {row.epoch} is below the fence {row.fence}"}
    if row.closed_at is not None:
        return {"status": Status.FAILED, "error": "the address is closed"}
    return None


def _beyond(tx: Connection, row: Row[Any], budget: Budget | None, now: datetime, unfit: Callable[[Unfit], None]) -> dict[str, Any] | None:
    """What becomes of a message for which the platform leaves no room; None where there is room."""
    if budget is None:
        return None
    last: datetime | None = row.last_inbound_at
    since = None if last is None else max(now - last, timedelta(0))
    spent = 0 if last is None else _spent(tx, row.conversation_id, last)
    why = budget.why_not(since, spent, row.author, row.critical)
    if why is None:
        return None
    unfit(Unfit(row.id, row.author, why))
    return {"status": Status.FAILED, "error": why}


def _spent(tx: Connection, conversation_id: int, since: datetime) -> int:
    """How many messages went out, or may have, since the person's last one; each try counts that may have arrived."""
    return int(tx.scalar(_SPENT, {"of": conversation_id, "since": since}) or 0)


def _sending(row: Row[Any], deadline: datetime) -> Sending:
    return Sending(
        id=row.id,
        conversation_id=row.conversation_id,
        address=Address(row.channel, row.address),
        text=row.text,
        buttons=tuple(Button(**button) for button in row.data["buttons"]),
        turn=row.turn,
        tries=row.tries + 1,
        critical=row.critical,
        deadline=deadline,
        begun_at=row.created_at if (row.dedupe_key or "").endswith(":0") else None,
        has_picture=row.kind == Kind.PHOTO,
        heard_at=row.last_inbound_at,
    )


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a send: its new status, and for a queued-again row, when to try next."""

    status: Status
    sent_id: str | None = None
    error: str | None = None
    not_before: datetime | None = None
    doubt: bool = False
    """Whether a message that is queued again may have arrived."""


def settle(tx: Connection, message_id: int, sender: str, settlement: Settlement, now: datetime) -> bool:
    """Write down what became of it. False: it was no longer ours (it was late, and was given up)."""
    values = {
        "this": message_id,
        "holder": sender,
        "status": settlement.status,
        "sent_id": settlement.sent_id,
        "error": settlement.error,
        "not_before": settlement.not_before,
        "doubt": int(settlement.doubt),
        "settled_at": None if settlement.status is Status.QUEUED else now,
    }
    return tx.execute(_SETTLE, values).rowcount == 1


def close_address(tx: Connection, conversation_id: int, why: str, now: datetime) -> None:
    """The person is gone or blocked us: nothing more is tried until they write again."""
    tx.execute(update(conversation).where(conversation.c.id == conversation_id).values(closed_at=now))
    queued = and_(message.c.conversation_id == conversation_id, message.c.status == Status.QUEUED)
    tx.execute(update(message).where(queued).values(status=Status.FAILED, error=why, settled_at=now))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A send that was started: which message, its how manieth try, and how many before that may have arrived."""

    id: int
    tries: int
    critical: bool
    doubts: int
    orphaned: bool
    """Whether its sender is known to be dead."""


def overdue(tx: Connection, channel: str, now: datetime) -> list[UnderWay]:
    """What should have been settled by now, as its deadline says; held until this transaction ends."""
    rows = tx.execute(_OVERDUE, {"account": channel, "now": now}).all()
    return [UnderWay(row.id, row.tries, row.critical, row.doubts, row.sender is None) for row in rows]


def give_up(tx: Connection, sends: Sequence[UnderWay], repeatable: bool, most_tries: int, now: datetime) -> None:
    """Their sender never came back: unknown, or queued again where that can do no harm (a repeatable channel, a critical message)."""
    for send in sends:
        again = repeatable or (send.critical and send.tries < most_tries)
        values = {"status": Status.QUEUED, "doubts": send.doubts + 1} if again else {"status": Status.UNKNOWN, "settled_at": now}
        tx.execute(update(message).where(message.c.id == send.id).values(values | {"error": "its sender never came back"}))
