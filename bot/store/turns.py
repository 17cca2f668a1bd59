"""Whose turn it is: who is due an answer, which worker gives it, and the one commit that ends a turn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, cast, func, or_, select, update
from sqlalchemy import case as sql_case

from ..model.conversation import Claim
from ..model.errors import ClaimLost
from ..model.grouping import Grouping
from . import messages
from .conversations import UNCLOSED_OF, of_row
from .tables import conversation, is_open, message
from .types import Moment

# What every turn runs is put together once, for building a statement costs more than running it.
_THIS = conversation.c.id == bindparam("this")
_CLAIMED = and_(_THIS, conversation.c.claim_no == bindparam("claim"))
_UPDATE = update(conversation).where(_THIS)
_RELEASE = update(conversation).where(_CLAIMED)
_EARLIER = or_(conversation.c.last_inbound_at.is_(None), conversation.c.last_inbound_at < bindparam("wrote", type_=Moment()))
_HEARD = (
    update(conversation)
    .where(_THIS)
    .values(
        due_at=bindparam("due"),
        closed_at=None,
        last_inbound_at=sql_case((_EARLIER, bindparam("wrote", type_=Moment())), else_=conversation.c.last_inbound_at),
    )
)
_WAITING = select(
    func.min(message.c.created_at).label("first"),
    func.max(message.c.created_at).label("last"),
    func.max(cast(message.c.quick, Integer)).label("quick"),
).where(message.c.conversation_id == bindparam("this"), message.c.status == "waiting", is_open(message.c.status))
# Joined to nothing, the channel's name is no key of an index: SQLite then looks up what is due, not everyone on the channel.
_ON_ACCOUNTS = conversation.c.channel.concat("").in_(bindparam("accounts", expanding=True))
_CLAIMABLE = (
    select(conversation, UNCLOSED_OF.label("open_case"), messages.unsure_of(conversation).label("unsure"))
    .where(
        conversation.c.due_at <= bindparam("now"),
        _ON_ACCOUNTS,
        or_(conversation.c.claimed_until.is_(None), conversation.c.claimed_until < bindparam("now")),
    )
    .order_by(conversation.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(of=conversation, skip_locked=True)
)
_NEXT_DUE = select(func.min(conversation.c.due_at)).where(
    conversation.c.due_at.is_not(None),
    conversation.c.claimed_until.is_(None),
    _ON_ACCOUNTS,
)
_FINISH = (
    update(conversation)
    .where(_CLAIMED, conversation.c.epoch == bindparam("seen_epoch"))
    .values(turn=conversation.c.turn + 1, claimed_by=None, claimed_until=None, tries=0, due_at=None)
)


def reschedule(tx: Connection, conversation_id: int, grouping: Grouping, not_before: datetime | None = None) -> datetime | None:
    """Set, from its waiting messages, when the conversation is due. None: nothing waits. `not_before` delays it (a failed try)."""
    due = _due(tx, conversation_id, grouping, not_before)
    tx.execute(_UPDATE, {"this": conversation_id, "due_at": due})
    return due


def heard(tx: Connection, conversation_id: int, grouping: Grouping, wrote: datetime) -> None:
    """The person has written: an address that was closed is open again, and it is due when what waits is.

    `wrote`: when they did, from which the platform counts what it lets us answer; what comes late or out of order moves nothing back.
    """
    tx.execute(_HEARD, {"this": conversation_id, "due": _due(tx, conversation_id, grouping), "wrote": wrote})


def finished(tx: Connection, conversation_id: int, grouping: Grouping) -> bool:
    """After `finish`, in the same transaction: whether something came meanwhile, for which it is due again."""
    due = _due(tx, conversation_id, grouping)
    if due is not None:
        tx.execute(_UPDATE, {"this": conversation_id, "due_at": due})
    return due is not None


def _due(tx: Connection, conversation_id: int, grouping: Grouping, not_before: datetime | None = None) -> datetime | None:
    first, last, any_quick = tx.execute(_WAITING, {"this": conversation_id}).one()
    due = None if first is None else grouping.due(first, last, bool(any_quick))
    return due if due is None or not_before is None else max(due, not_before)


def claim(tx: Connection, worker: str, channels: list[str], now: datetime, until: datetime, limit: int) -> list[Claim]:
    """Give `worker` up to `limit` conversations with something due, most overdue first. One conversation is never with two workers."""
    rows = tx.execute(_CLAIMABLE, {"now": now, "accounts": channels, "most": limit}).all()
    if not rows:
        return []
    mine = {"claimed_by": worker, "claimed_until": until}
    tx.execute(_UPDATE, [{"this": row.id, "claim_no": row.claim_no + 1, "tries": row.tries + 1, **mine} for row in rows])
    waiting = messages.waiting(tx, [row.id for row in rows])
    return [
        Claim(of_row(row), row.claim_no + 1, row.tries + 1, until, waiting=tuple(waiting.get(row.id, ())), unsure=row.unsure)
        for row in rows
    ]


def next_due(tx: Connection, channels: list[str]) -> datetime | None:
    """When the next unclaimed conversation is due, if any is."""
    moment: datetime | None = tx.scalar(_NEXT_DUE, {"accounts": channels})
    return moment


def finish(tx: Connection, claim: Claim, state: dict[str, Any]) -> None:
    """The turn's compare-and-set: saves the state and counts the turn, only if the claim still holds and nobody took the conversation.

    Nothing is due from here on: say so with `finished` or `reschedule` once what was read is marked. Raises ClaimLost otherwise, and with
    it the whole turn is undone.
    """
    mine = {"this": claim.conversation.id, "claim": claim.number, "seen_epoch": claim.conversation.epoch}
    if tx.execute(_FINISH, {**mine, "state": state}).rowcount == 0:
        raise ClaimLost(f"conversation {claim.conversation.id}: claim {claim.number} is no longer ours")


def release(tx: Connection, claim: Claim, grouping: Grouping, not_before: datetime | None = None) -> None:
    """Give the conversation back unanswered, due again at `not_before`; its tries stay counted."""
    mine = {"this": claim.conversation.id, "claim": claim.number}
    if tx.execute(_RELEASE, {**mine, "claimed_by": None, "claimed_until": None}).rowcount:
        reschedule(tx, claim.conversation.id, grouping, not_before)


def is_claimed(tx: Connection, conversation_id: int, now: datetime) -> bool:
    """Whether a worker has read what waits, and is answering it now."""
    until = tx.scalar(select(conversation.c.claimed_until).where(conversation.c.id == conversation_id))
    return until is not None and until >= now
