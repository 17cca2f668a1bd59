"""How long each table's rows are kept, and their deletion in small steps: a backlog of any size never holds the writer for long.

Found on a reader's snapshot, deleted by key with the condition looked at again, so that what changed in between stays. What waits to be
answered or sent stays, however old: nothing is ever dropped for being old. Nobody's data, and therefore not here: teams, shifts, guide
versions, publications, elections, tokens. Codes that move a guide go with `moves.sweep`. Labelled lines (`candidate`) were cut from their
conversation when they were labelled, and stay. Breaches stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, exists, func, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from ..model.delivery import Status
from .tables import (
    attachment,
    audit,
    candidate,
    case,
    consent_log,
    conversation,
    data_request,
    desk_action,
    event,
    looking,
    message,
    owner_event,
    pause,
    session_item,
    timer,
    volunteer,
)

OPEN = (Status.WAITING, Status.QUEUED, Status.SENDING)
STEP = 200
"""Rows of one table that one transaction deletes."""
KEEP_ACTIONS = timedelta(days=2)
"""How long a form of the desk that comes again is recognised."""
GONE = "—"
"""What is left of the name of somebody who helped, once nothing of the audit speaks of them any more ..."""
NAMELESS = -1
"""... and the stamp that tells so: no session has it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long what is kept: what citizens wrote and what came of it, and who did what at the desk."""

    messages: timedelta
    audit: timedelta
    proof: timedelta
    """The log of consents, and requests that are settled. Breaches are kept."""


Key = tuple[Any, ...]
Condition = Callable[[datetime, Terms], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a table has had its time."""

    table: Table
    over: Condition
    bare: dict[str, Any] | None = None
    """What is emptied instead of the row being deleted, for others point at it."""
    takes_along: bool = False
    """Whether much may hang on a row: it waits until the steps before it have left nothing to take along."""

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def key(self) -> Sequence[Column[Any]]:
        return tuple(self.table.primary_key.columns)

    def find(self, tx: Connection, now: datetime, terms: Terms, limit: int = STEP) -> list[Key]:
        """The keys of some rows whose time is over."""
        return [tuple(row) for row in tx.execute(select(*self.key).where(self.over(now, terms)).limit(limit))]

    def drop(self, tx: Connection, keys: Sequence[Key], now: datetime, terms: Terms) -> int:
        """Delete those of them that are still over; how many."""
        found = self.key[0].in_([key[0] for key in keys]) if len(self.key) == 1 else tuple_(*self.key).in_(keys)
        these = and_(found, self.over(now, terms))
        done = delete(self.table) if self.bare is None else update(self.table).values(self.bare)
        return tx.execute(done.where(these)).rowcount


def _silent(now: datetime, terms: Terms) -> ColumnElement[bool]:
    """Conversations of which nothing is left, and in which nobody has written since."""
    heard = func.coalesce(conversation.c.last_inbound_at, conversation.c.created_at)
    kept = exists().where(message.c.conversation_id == conversation.c.id) | exists().where(case.c.conversation_id == conversation.c.id)
    return and_(heard < now - terms.messages, ~kept)


SHORT_LIVED: tuple[Rule, ...] = (
    Rule(attachment, lambda now, terms: attachment.c.expires_at <= now),
    Rule(looking, lambda now, terms: looking.c.until <= now),
    Rule(session_item, lambda now, terms: session_item.c.expires_at <= now),
    Rule(desk_action, lambda now, terms: desk_action.c.at <= now - KEEP_ACTIONS),
)
"""Looked at every minute; a picture whose day is over is shown to nobody from that second on."""
LONG_LIVED: tuple[Rule, ...] = (
    Rule(message, lambda now, terms: and_(message.c.created_at < now - terms.messages, message.c.status.not_in(OPEN))),
    Rule(event, lambda now, terms: event.c.at < now - terms.messages),
    Rule(owner_event, lambda now, terms: owner_event.c.at < now - terms.messages),
    Rule(timer, lambda now, terms: and_(timer.c.at < now - terms.messages, timer.c.fired_at.is_not(None))),
    Rule(case, lambda now, terms: case.c.closed_at < now - terms.messages),
    Rule(candidate, lambda now, terms: and_(candidate.c.created_at < now - terms.messages, candidate.c.intent.is_(None))),
    Rule(conversation, _silent, takes_along=True),
    Rule(pause, lambda now, terms: pause.c.until <= now - terms.audit),
    Rule(audit, lambda now, terms: audit.c.at <= now - terms.audit),
    Rule(consent_log, lambda now, terms: consent_log.c.at < now - terms.proof),
    Rule(data_request, lambda now, terms: data_request.c.done_at < now - terms.proof),
    Rule(
        volunteer,
        lambda now, terms: and_(volunteer.c.removed_at <= now - terms.audit, volunteer.c.stamp != NAMELESS),
        {"name": GONE, "phone": None, "password": None, "stamp": NAMELESS},
    ),
)
"""Looked at every hour, in this order: a conversation goes once its messages and cases are gone."""
