"""Message rows: citizens' messages in, replies out, and the history a returning citizen sees."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..model.conversation import Conversation
from ..model.delivery import Status
from ..model.meaning import Meaning
from ..model.message import PICTURE, Address, Attachment, Button, Edited, Frame, Kind, Picture, Reply, Shown, Tap, Waiting
from . import attachments
from .tables import attachment, is_open, message

HISTORY = 200
"""How many messages a history shows at most."""

# What every turn runs is put together once, for building a statement costs more than running it.
_OF = message.c.conversation_id == bindparam("of")
_INSERT = insert(message)
_INSERT_NEW = {
    name: dialect.insert(message).on_conflict_do_nothing(index_elements=["conversation_id", "external_id"]).returning(message.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_INSERT_ONCE = {
    name: dialect.insert(message).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(message.c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_FIRST_OF = select(message.c.id).where(_OF, message.c.external_id == bindparam("key"))
_WAITING = (
    select(message)
    .where(message.c.conversation_id.in_(bindparam("these", expanding=True)), message.c.status == Status.WAITING, is_open(message.c.status))
    .order_by(message.c.id)
)
_MARK = update(message).where(message.c.id.in_(bindparam("ids", expanding=True)), message.c.status == Status.WAITING)
_KEPT = exists().where(attachment.c.message_id == message.c.id, attachment.c.expires_at > bindparam("now"))
_SHOWN = (
    select(*(message.c[name] for name in ("id", "direction", "text", "data", "turn", "external_id", "kind")), _KEPT.label("kept"))
    .where(_OF, message.c.id > bindparam("after"), or_(message.c.direction == "in", message.c.status == Status.SENT))
    .order_by(message.c.id.desc())
    .limit(HISTORY)
)
_UNSENT = select(message.c.id).where(_OF, is_open(message.c.status), message.c.status.in_((Status.QUEUED, Status.SENDING))).limit(1)
_MEANING = update(message).where(message.c.id == bindparam("this"))


def add_inbound(tx: Connection, conversation_id: int, address: Address, external_id: str, heard: Waiting, turn: int) -> tuple[int, bool]:
    """Insert a citizen's message; unique (conversation, external id) is the de-duplication. Its id, and whether it is new."""
    row = {
        "conversation_id": conversation_id,
        "direction": "in",
        "status": Status.WAITING,
        "author": "citizen",
        "kind": heard.kind,
        "text": heard.text,
        "data": _data(heard),
        "channel": address.channel,
        "external_id": external_id,
        "turn": turn,
        "epoch": 0,
        "critical": False,
        "quick": heard.quick,
        "tries": 0,
        "created_at": heard.received_at,
    }
    inserted = tx.execute(_INSERT_NEW[tx.dialect.name], row).scalar_one_or_none()
    return (first_of(tx, conversation_id, external_id), False) if inserted is None else (int(inserted), True)


def _data(heard: Waiting) -> dict[str, Any]:
    tap = asdict(heard.tap) if heard.tap else None
    rare = {"edited": heard.edited, "kept": heard.kept, "code": heard.code}
    return {"tap": tap, "masked": list(heard.masked), "cut": heard.cut, **{name: value for name, value in rare.items() if value}}


@dataclass(frozen=True, slots=True)
class Version:
    """The newest version of a message that its writer may have edited."""

    id: int
    text: str
    waiting: bool
    """Nobody has answered it yet."""
    last: bool
    """The citizen has written nothing since."""


def newest_version(tx: Connection, conversation_id: int, external_id: str) -> Version | None:
    """Of the message with that id and those written over it, which are called `<id>:<something>`."""
    ours = and_(message.c.conversation_id == conversation_id, message.c.direction == "in")
    same = or_(message.c.external_id == external_id, message.c.external_id.startswith(f"{external_id}:", autoescape=True))
    row = tx.execute(
        select(message.c.id, message.c.text, message.c.status).where(ours, same).order_by(message.c.id.desc()).limit(1)
    ).first()
    if row is None:
        return None
    newest = tx.scalar(select(func.max(message.c.id)).where(ours))
    return Version(row.id, row.text, row.status == Status.WAITING, last=row.id == newest)


def rewrite(tx: Connection, message_id: int, heard: Waiting) -> None:
    """Put other words into a message that nobody has answered yet."""
    words = {"kind": heard.kind, "text": heard.text, "data": _data(heard), "quick": heard.quick}
    tx.execute(update(message).where(message.c.id == message_id).values(words))


def first_of(tx: Connection, conversation_id: int, external_id: str) -> int:
    return int(tx.execute(_FIRST_OF, {"of": conversation_id, "key": external_id}).scalar_one())


def known_as(tx: Connection, conversation_id: int, external_ids: Iterable[str]) -> int | None:
    """The message that came under one of those ids, if any did."""
    found: int | None = tx.scalar(
        select(func.min(message.c.id)).where(_OF, message.c.external_id.in_(external_ids)), {"of": conversation_id}
    )
    return found


def waiting(tx: Connection, conversations: Iterable[int]) -> dict[int, list[Waiting]]:
    """The messages that nobody has answered yet, in order, by the conversation that they are in."""
    found: dict[int, list[Waiting]] = {}
    for row in tx.execute(_WAITING, {"these": list(conversations)}):
        found.setdefault(row.conversation_id, []).append(_waiting(row))
    return found


def mark(tx: Connection, ids: Iterable[int], status: Status, now: datetime) -> None:
    """Exactly the messages a turn read become handled, or dead."""
    tx.execute(_MARK, {"ids": list(ids), "status": status, "settled_at": now})


def mark_read(tx: Connection, conversation_id: int, to: int, now: datetime) -> None:
    """What waits up to that message was read by a person: nobody answers it any more."""
    read = (message.c.conversation_id == conversation_id, message.c.id <= to, message.c.status == Status.WAITING)
    tx.execute(update(message).where(*read).values(status=Status.HANDLED, settled_at=now))


def wait_again(tx: Connection, conversation_id: int, since: datetime) -> int:
    """What the citizen wrote after that moment was left to somebody who did not answer: it waits again. How many messages."""
    left = (message.c.direction == "in", message.c.created_at > since, message.c.status == Status.HANDLED)
    again = update(message).where(message.c.conversation_id == conversation_id, *left)
    return tx.execute(again.values(status=Status.WAITING, settled_at=None)).rowcount


def keep_meaning(tx: Connection, message_id: int, meaning: Meaning) -> None:
    """What the model read, for the review list and the statistics."""
    top = meaning.top
    if top is not None:
        values = {"intent": top.intent, "confidence": top.confidence, "aspect": meaning.aspect}
        tx.execute(_MEANING, {"this": message_id, **values})


def add_replies(
    tx: Connection, conversation: Conversation, turn: int, epoch: int, replies: Iterable[Reply], now: datetime, first_part: int = 0
) -> None:
    """Queue a turn's replies in order. Their keys are unique: the same turn can not speak twice."""
    rows = [_outbound(conversation, turn, epoch, part, reply, now) for part, reply in enumerate(replies, first_part)]
    if rows:
        tx.execute(_INSERT, rows)


def show_replies(tx: Connection, conversation: Conversation, turn: int, epoch: int, replies: Iterable[Reply], now: datetime) -> bool:
    """Add a turn's replies where what is stored has arrived: they are sent with this transaction. False: queued behind what still waits."""
    waits = tx.scalar(_UNSENT, {"of": conversation.id}) is not None
    sent = {} if waits else {"status": Status.SENT, "tries": 1, "settled_at": now}
    rows = [_outbound(conversation, turn, epoch, part, reply, now) | sent for part, reply in enumerate(replies)]
    if rows:
        tx.execute(_INSERT, rows)
    return not waits


def _outbound(conversation: Conversation, turn: int, epoch: int, part: int, reply: Reply, now: datetime) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "direction": "out",
        "status": Status.QUEUED,
        "author": "bot",
        "kind": Kind.TEXT,
        "text": reply.text,
        "data": {"buttons": [asdict(button) for button in reply.buttons]},
        "channel": conversation.address.channel,
        "turn": turn,
        "epoch": epoch,
        "dedupe_key": f"{conversation.id}:{turn}:{part}",
        "block": reply.block,
        "critical": reply.critical,
        "quick": False,
        "tries": 0,
        "created_at": now,
    }


def add_notice(tx: Connection, conversation: Conversation, epoch: int, replies: Iterable[Reply], now: datetime, key: str) -> None:
    """Queue what the desk itself tells the citizen, under the epoch that the change of owner made. Its key is unique."""
    rows = [
        _outbound(conversation, conversation.turn, epoch, part, reply, now) | {"dedupe_key": f"{conversation.id}:{key}:{part}"}
        for part, reply in enumerate(replies)
    ]
    if rows:
        tx.execute(_INSERT, rows)


def was_told(tx: Connection, conversation: Conversation, key: str) -> bool:
    """Whether the desk has told something under that key."""
    return bool(tx.scalar(select(message.c.id).where(message.c.dedupe_key == f"{conversation.id}:{key}:0")))


def add_persons(tx: Connection, conversation: Conversation, texts: Iterable[str], by: str, key: str, now: datetime) -> int:
    """Queue what a volunteer says. `key`: unique to this saying, so that it is said once. Its first message's id, new or not."""
    first = None
    for part, text in enumerate(texts):
        row = _outbound(conversation, conversation.turn, conversation.epoch, part, Reply("", text), now)
        row |= {"author": "person", "block": None, "data": {"buttons": [], "by": by}, "dedupe_key": f"{key}:{part}"}
        made = tx.execute(_INSERT_ONCE[tx.dialect.name], row).scalar_one_or_none()
        if first is None:
            first = made if made is not None else tx.scalar(select(message.c.id).where(message.c.dedupe_key == f"{key}:{part}"))
    assert first is not None
    return int(first)


def add_picture(
    tx: Connection, conversation: Conversation, caption: str, picture: Picture, by: str, key: str, now: datetime, until: datetime
) -> int:
    """Queue a volunteer's picture with its words, once under that key; its bytes lie beside the row, `until` then. Its id, new or not."""
    row = _outbound(conversation, conversation.turn, conversation.epoch, 0, Reply("", caption), now)
    frame = {"width": picture.width, "height": picture.height}
    row |= {"author": "person", "kind": Kind.PHOTO, "block": None, "dedupe_key": f"{key}:picture"}
    row["data"] = {"buttons": [], "by": by, "kept": True, "frame": frame}
    made = tx.execute(_INSERT_ONCE[tx.dialect.name], row).scalar_one_or_none()
    if made is None:
        return int(tx.execute(select(message.c.id).where(message.c.dedupe_key == row["dedupe_key"])).scalar_one())
    attachments.keep(tx, made, Attachment(PICTURE, picture.data), until)
    return int(made)


@dataclass(frozen=True, slots=True)
class Unsure:
    """A volunteer's message that may not have arrived."""

    text: str
    frame: Frame | None
    """Of one that is a picture."""


def get_persons(tx: Connection, conversation_id: int, message_id: int) -> Unsure | None:
    unsure_of = (message.c.author == "person", message.c.status.in_((Status.UNKNOWN, Status.FAILED)))
    row = tx.execute(
        select(message.c.text, message.c.data).where(message.c.id == message_id, _OF, *unsure_of), {"of": conversation_id}
    ).first()
    return None if row is None else Unsure(row.text, _frame(row.data))


def newest(tx: Connection, conversation_id: int) -> int:
    """The id of the conversation's newest message; 0 where there is none."""
    return int(tx.scalar(select(func.max(message.c.id)).where(_OF), {"of": conversation_id}) or 0)


def shown_since(tx: Connection, conversation_id: int, after: int, now: datetime) -> list[Shown]:
    """What the conversation shows beyond message `after`: the citizen's own words and what was delivered, oldest first, the newest 200."""
    return [_shown(row) for row in reversed(tx.execute(_SHOWN, {"of": conversation_id, "after": after, "now": now}).all())]


def last_words(tx: Connection, conversation_id: int, count: int) -> list[str]:
    """The citizen's last texts, oldest first, for a handoff note."""
    texts = (
        select(message.c.text)
        .where(message.c.conversation_id == conversation_id, message.c.direction == "in", message.c.kind == Kind.TEXT)
        .order_by(message.c.id.desc())
        .limit(count)
    )
    return list(reversed(tx.scalars(texts).all()))


def last_blocks(tx: Connection, conversation_id: int, count: int) -> list[str]:
    """What was said last, as block ids, oldest first."""
    blocks = (
        select(message.c.block)
        .where(message.c.conversation_id == conversation_id, message.c.direction == "out", message.c.block.is_not(None))
        .order_by(message.c.id.desc())
        .limit(count)
    )
    return [str(block) for block in reversed(tx.scalars(blocks).all())]


def is_waiting(tx: Connection, conversation_id: int) -> bool:
    """Whether the citizen wrote something there that nobody has answered yet."""
    return tx.execute(_WAITING.limit(1), {"these": [conversation_id]}).first() is not None


def mask_told(tx: Connection, conversation_id: int, turn: int, pattern: re.Pattern[str], mask: str) -> None:
    """Take out of what was told in that turn what must not be kept any longer."""
    told = select(message.c.id, message.c.text).where(_OF, message.c.turn == turn, message.c.direction == "out")
    for row in tx.execute(told, {"of": conversation_id}).all():
        masked = pattern.sub(mask, row.text)
        if masked != row.text:
            tx.execute(update(message).where(message.c.id == row.id).values(text=masked))


def unsure_of(conversation: Table) -> ColumnElement[bool]:
    """Whether a reply of the conversation's last turn may not have arrived. Looks at no more than was added since that turn."""
    told, before = message.alias("told"), message.alias("before")
    replies = (before.c.conversation_id == conversation.c.id, before.c.direction == "out")
    older = select(before.c.id).where(*replies, before.c.turn < conversation.c.turn)
    newest_older = older.order_by(before.c.id.desc()).limit(1).correlate(conversation).scalar_subquery()
    of_that_turn = (
        told.c.conversation_id == conversation.c.id,
        told.c.turn == conversation.c.turn,
        told.c.id > func.coalesce(newest_older, 0),
    )
    return exists().where(*of_that_turn, told.c.status == Status.UNKNOWN).correlate(conversation)


def _waiting(row: Row[Any]) -> Waiting:
    tap = row.data["tap"]
    return Waiting(
        id=row.id,
        kind=Kind(row.kind),
        text=row.text,
        tap=Tap(**tap) if tap else None,
        received_at=row.created_at,
        masked=tuple(row.data["masked"]),
        cut=row.data["cut"],
        quick=row.quick,
        edited=Edited(edited) if (edited := row.data.get("edited")) else None,
        kept=bool(row.data.get("kept")),
        code=row.data.get("code"),
    )


def _shown(row: Row[Any]) -> Shown:
    mine = row.direction == "in"
    buttons = () if mine else tuple(Button(**button) for button in row.data["buttons"])
    tap = Tap(**row.data["tap"]).payload if mine and row.data["tap"] else None
    frame = None if mine else _frame(row.data, row.kept)
    return Shown(row.id, mine, row.text, buttons, row.turn, row.external_id, tap, Kind(row.kind), frame)


def _frame(data: dict[str, Any], kept: bool = True) -> Frame | None:
    frame = data.get("frame")
    return None if frame is None else Frame(frame["width"], frame["height"], kept)
