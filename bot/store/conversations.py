"""Conversations: who is on the other side, who speaks, what they agreed to. Which worker answers them stands in turns.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select, update
from sqlalchemy import case as sql_case
from sqlalchemy.dialects import postgresql, sqlite

from ..model.conversation import Conversation, Owner, OwnerKind
from ..model.message import Address
from .crypto import Keyring
from .tables import case, conversation, owner_event

WITHDRAWN, AGAIN = "withdrawn", "again"
"""What stands for the version of the words once a consent was taken back: where our page asked for it, and elsewhere."""

# What every turn runs is put together once, for building a statement costs more than running it.
_THIS = conversation.c.id == bindparam("this")
_UNCLOSED = select(case.c.id).where(case.c.conversation_id == bindparam("this"), case.c.status != "closed").scalar_subquery()
_FIND = select(conversation.c.id).where(conversation.c.channel == bindparam("account"), conversation.c.address_key == bindparam("key"))
_SPEAKS = _FIND.add_columns(conversation.c.owner_kind)
_GET = select(conversation, _UNCLOSED.label("open_case")).where(_THIS)
_OWNER_KIND = select(conversation.c.owner_kind).where(_THIS)
_LOCK = select(conversation.c.id).where(_THIS).with_for_update()
UNCLOSED_OF = select(case.c.id).where(case.c.conversation_id == conversation.c.id, case.c.status != "closed").scalar_subquery()
"""The open case of a conversation that a statement selects from."""
_HELD = (
    select(conversation, UNCLOSED_OF.label("open_case"))
    .where(conversation.c.channel == bindparam("account"), conversation.c.address_key == bindparam("key"))
    .with_for_update(of=conversation)
)
_UPDATE = update(conversation).where(_THIS)


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
    return of_row(row)


def find(tx: Connection, keys: Keyring, address: Address) -> int | None:
    """The id of the conversation with that address, if there is one."""
    found: int | None = tx.scalar(_FIND, {"account": address.channel, "key": keys.address_key(address)})
    return found


def who_speaks(tx: Connection, keys: Keyring, address: Address) -> tuple[int, bool] | None:
    """The id of the conversation with that address, and whether a person speaks there now; None where there is none."""
    row = tx.execute(_SPEAKS, {"account": address.channel, "key": keys.address_key(address)}).one_or_none()
    return None if row is None else (row.id, row.owner_kind == OwnerKind.HUMAN)


def get(tx: Connection, conversation_id: int) -> Conversation:
    return of_row(tx.execute(_GET, {"this": conversation_id}).one())


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


def keep_state(tx: Connection, conversation_id: int, state: dict[str, Any]) -> None:
    """Save what something other than a turn changed, a reminder's taps on offer; the caller holds the conversation's row."""
    tx.execute(_UPDATE, {"this": conversation_id, "state": state})


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


def of_row(row: Row[Any]) -> Conversation:
    """From a row of the table that says, too, which case is open (`open_case`)."""
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
