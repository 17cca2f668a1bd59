"""Conversations: who is on the other side, who speaks, which worker answers now, and the one commit that ends a turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, and_, bindparam, cast, func, insert, or_, select, update
from sqlalchemy import case as sql_case
from sqlalchemy.dialects import postgresql, sqlite

from ..model.conversation import Claim, Conversation, Owner, OwnerKind
from ..model.errors import ClaimLost
from ..model.grouping import Grouping
from ..model.message import Address
from . import messages
from .crypto import Keyring
from .tables import case, conversation, is_open, message, owner_event
from .types import Moment

WITHDRAWN, AGAIN = "withdrawn", "again"
"""What stands for the version of the words once a consent was taken back: where our page asked for it, and elsewhere."""

# What every turn runs is put together once, for building a statement costs more than running it.
_THIS = conversation.c.id == bindparam("this")
_CLAIMED = and_(_THIS, conversation.c.claim_no == bindparam("claim"))
_UNCLOSED = select(case.c.id).where(case.c.conversation_id == bindparam("this"), case.c.status != "closed").scalar_subquery()
_FIND = select(conversation.c.id).where(conversation.c.channel == bindparam("account"), conversation.c.address_key == bindparam("key"))
_SPEAKS = _FIND.add_columns(conversation.c.owner_kind)
_GET = select(conversation, _UNCLOSED.label("open_case")).where(_THIS)
_OWNER_KIND = select(conversation.c.owner_kind).where(_THIS)
_LOCK = select(conversation.c.id).where(_THIS).with_for_update()
_UNCLOSED_OF = select(case.c.id).where(case.c.conversation_id == conversation.c.id, case.c.status != "closed").scalar_subquery()
_HELD = (
    select(conversation, _UNCLOSED_OF.label("open_case"))
    .where(conversation.c.channel == bindparam("account"), conversation.c.address_key == bindparam("key"))
    .with_for_update(of=conversation)
)
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
    select(conversation, _UNCLOSED_OF.label("open_case"), messages.unsure_of(conversation).label("unsure"))
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


def find_or_open(tx: Connection, keys: Keyring, address: Address, name: str | None, now: datetime) -> int:
    """The id of the conversation with that address, opened now if there was none. Two at once get the same one."""
    fresh: dict[str, Any] = {
        "channel": address.channel,
        "address_key": keys.address_key(address),
        "address": address.id,
        "name": name,
        "owner_kind": OwnerKind.BOT,
        "epoch": 0,
        "fence": 0,
        "turn": 0,
        "state": {},
        "claim_no": 0,
        "tries": 0,
        "created_at": now,
    }
    found = find(tx, keys, address)
    if found is not None:
        return found
    upsert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(conversation)
    tx.execute(upsert.values(fresh).on_conflict_do_nothing(index_elements=["channel", "address_key"]))
    found = find(tx, keys, address)
    assert found is not None
    return found


def held(tx: Connection, keys: Keyring, address: Address, name: str | None, now: datetime) -> Conversation:
    """The conversation with that address, opened now if there was none, and its row held until this transaction ends: what is added
    to it keeps its order."""
    this = {"account": address.channel, "key": keys.address_key(address)}
    row = tx.execute(_HELD, this).one_or_none()
    if row is None:
        find_or_open(tx, keys, address, name, now)
        row = tx.execute(_HELD, this).one()
    return _conversation(row)


def find(tx: Connection, keys: Keyring, address: Address) -> int | None:
    """The id of the conversation with that address, if there is one."""
    found: int | None = tx.scalar(_FIND, {"account": address.channel, "key": keys.address_key(address)})
    return found


def who_speaks(tx: Connection, keys: Keyring, address: Address) -> tuple[int, bool] | None:
    """The id of the conversation with that address, and whether a person speaks there now; None where there is none."""
    row = tx.execute(_SPEAKS, {"account": address.channel, "key": keys.address_key(address)}).one_or_none()
    return None if row is None else (row.id, row.owner_kind == OwnerKind.HUMAN)


def get(tx: Connection, conversation_id: int) -> Conversation:
    return _conversation(tx.execute(_GET, {"this": conversation_id}).one())


def with_person(tx: Connection, conversation_id: int) -> bool:
    """Whether a person speaks there now."""
    return bool(tx.scalar(_OWNER_KIND, {"this": conversation_id}) == OwnerKind.HUMAN)


def lock(tx: Connection, conversation_id: int) -> None:
    """Hold the conversation's row until this transaction ends, so that what is added to it keeps its order."""
    tx.execute(_LOCK, {"this": conversation_id})


def lock_all(tx: Connection, conversation_ids: Iterable[int]) -> None:
    """Hold several, always in the same order, so that no two wait for each other."""
    for conversation_id in sorted(set(conversation_ids)):
        lock(tx, conversation_id)


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
        Claim(_conversation(row), row.claim_no + 1, row.tries + 1, until, waiting=tuple(waiting.get(row.id, ())), unsure=row.unsure)
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


def keep_state(tx: Connection, conversation_id: int, state: dict[str, Any]) -> None:
    """Save what something other than a turn changed, a reminder's taps on offer; the caller holds the conversation's row."""
    tx.execute(_UPDATE, {"this": conversation_id, "state": state})


def release(tx: Connection, claim: Claim, grouping: Grouping, not_before: datetime | None = None) -> None:
    """Give the conversation back unanswered, due again at `not_before`; its tries stay counted."""
    mine = {"this": claim.conversation.id, "claim": claim.number}
    if tx.execute(_RELEASE, {**mine, "claimed_by": None, "claimed_until": None}).rowcount:
        reschedule(tx, claim.conversation.id, grouping, not_before)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of owner: from the epoch one saw, to whom, by whom, why."""

    epoch: int
    to: Owner
    by: str
    reason: str | None = None


def change_owner(tx: Connection, conversation_id: int, change: Change, now: datetime) -> int | None:
    """Compare-and-set on the epoch, with its audit row. The new epoch, or None: somebody was faster, look again.

    Taking by a person sets the fence to the new epoch: what the bot wrote before is stale from then on.
    """
    before = tx.execute(select(conversation.c.owner_kind, conversation.c.owner_id).where(conversation.c.id == conversation_id)).one()
    epoch = change.epoch + 1
    fence = {"fence": epoch} if change.to.kind is OwnerKind.HUMAN else {}
    unchanged = and_(conversation.c.id == conversation_id, conversation.c.epoch == change.epoch)
    values = {"owner_kind": change.to.kind, "owner_id": change.to.id, "epoch": epoch, **fence}
    if tx.execute(update(conversation).where(unchanged).values(values)).rowcount == 0:
        return None
    row = {"conversation_id": conversation_id, "epoch": epoch, "from_kind": before.owner_kind, "from_id": before.owner_id}
    tx.execute(insert(owner_event).values(row | _audit(change, now)))
    return epoch


def _audit(change: Change, now: datetime) -> dict[str, Any]:
    return {"to_kind": change.to.kind, "to_id": change.to.id, "by": change.by, "reason": change.reason, "at": now}


def consent(tx: Connection, conversation_id: int, version: str, now: datetime) -> None:
    """Keep that and when the person agreed, and to which wording."""
    tx.execute(_UPDATE, {"this": conversation_id, "consent": version, "consented_at": now})


def withdraw(tx: Connection, conversation_id: int) -> None:
    """The person agrees to nothing any more."""
    asked_first = conversation.c.consent.is_not(None) & (conversation.c.consent != AGAIN)
    marked = sql_case((asked_first, WITHDRAWN), else_=AGAIN)
    tx.execute(update(conversation).where(conversation.c.id == conversation_id).values(consent=marked, consented_at=None))


def told_again(tx: Connection, conversation_id: int) -> None:
    """The first words were said again."""
    tx.execute(update(conversation).where(conversation.c.id == conversation_id, conversation.c.consent == AGAIN).values(consent=None))


def last_inbound(tx: Connection, conversation_id: int) -> datetime | None:
    """When the person last wrote."""
    moment: datetime | None = tx.scalar(select(conversation.c.last_inbound_at).where(conversation.c.id == conversation_id))
    return moment


def last_change(tx: Connection, conversation_id: int) -> datetime | None:
    """When somebody else began to speak here."""
    moment: datetime | None = tx.scalar(select(func.max(owner_event.c.at)).where(owner_event.c.conversation_id == conversation_id))
    return moment


def reopen(tx: Connection, conversation_id: int) -> None:
    """The person lets us write again."""
    tx.execute(update(conversation).where(conversation.c.id == conversation_id).values(closed_at=None))


def is_claimed(tx: Connection, conversation_id: int, now: datetime) -> bool:
    """Whether a worker has read what waits, and is answering it now."""
    until = tx.scalar(select(conversation.c.claimed_until).where(conversation.c.id == conversation_id))
    return until is not None and until >= now


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        address=Address(row.channel, row.address),
        owner=Owner(OwnerKind(row.owner_kind), row.owner_id),
        epoch=row.epoch,
        fence=row.fence,
        turn=row.turn,
        state=row.state,
        consented=row.consented_at is not None,
        open_case=row.open_case,
        withdrawn=row.consent == WITHDRAWN,
        tell_again=row.consent == AGAIN,
    )
