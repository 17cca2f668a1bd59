"""Whether what a platform says that our account said was said by us: known by its id, or where that is not known yet, by its words."""

import re
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from ..model.delivery import Status
from ..model.message import Kind
from .tables import message

RECENT = timedelta(minutes=10)
"""How long after its send an echo of ours may come that is known by its words alone."""
MOST = 50


def is_ours(tx: Connection, conversation_id: int, sent_id: str, text: str, now: datetime) -> bool:
    """Whether we sent it. One of which nobody knew whether it arrived is known to have arrived, by its echo.

    An echo can be here before the answer to our send is written down, or that answer never came: then the words tell, or where the
    echo brings none, that something of ours is under way, or a picture of ours was lost sight of.
    """
    ours = (message.c.conversation_id == conversation_id, message.c.direction == "out")
    if tx.scalar(select(message.c.id).where(*ours, message.c.sent_id == sent_id).limit(1)) is not None:
        return True
    open_or_recent = or_(message.c.status.in_((Status.SENDING, Status.QUEUED)), message.c.settled_at > now - RECENT)
    rows = select(message.c.id, message.c.status, message.c.text, message.c.kind).where(
        *ours, message.c.tries > 0, message.c.sent_id.is_(None), open_or_recent
    )
    for row in tx.execute(rows.order_by(message.c.id.desc()).limit(MOST)).all():
        wordless = row.status == Status.SENDING or (row.status == Status.UNKNOWN and row.kind == Kind.PHOTO)
        if _same(row.text, text) if text.strip() else wordless:
            if row.status == Status.UNKNOWN:
                arrived = {"status": Status.SENT, "sent_id": sent_id, "error": None}
                tx.execute(update(message).where(message.c.id == row.id, message.c.status == Status.UNKNOWN).values(arrived))
            return True
    return False


def _same(ours: str, shown: str) -> bool:
    """The same words; marks, and numbered lines below them, are the channel's own."""
    wanted, got = _letters(ours), _letters(shown)
    return bool(wanted) and got[: len(wanted)] == wanted


def _letters(text: str) -> list[str]:
    return re.findall(r"\w+", text)
