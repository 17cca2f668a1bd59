"""Hand a conversation over: open its case with a note that saves the citizen from telling it all again, and queue for a person."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog

from ..model.case import HandoffNote
from ..model.conversation import QUEUE, Conversation, OwnerKind
from ..model.dialogue import HandOver
from ..store import cases, conversations, messages
from ..store.database import Tx
from . import languages
from .ladder import Placement
from .takeover import Takeover

log = structlog.get_logger(__name__)

LAST_WORDS = 5
LAST_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the citizen stands, as the dialogue tells it."""

    flow: str | None = None
    step: str | None = None
    progress: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    place: str | None = None
    """What it is called."""
    commune: str | None = None
    """Today's commune of it, as the gazetteer names it, where there is just one."""
    why: str | None = None


def hand_over(
    tx: Tx, takeover: Takeover, conversation: Conversation, wanted: HandOver, situation: Situation, now: datetime
) -> tuple[int, Placement | None]:
    """Open the case, or bring the open one up to date; the conversation then waits in the queue. The case's id, and its place there.

    The caller's transaction holds the conversation. Its epoch grows by one when it enters the queue.
    """
    if wanted.reopens is not None:
        takeover.reopen(tx, conversation, wanted.reopens, now)
    note = _note(tx, conversation, situation)
    case_id, new = cases.open_or_add(tx, conversation.id, wanted, note, now, situation.commune)
    language = languages.asked(note.wish)
    if language is not None:
        cases.change(tx, case_id, language=language)
    if conversation.owner.kind is OwnerKind.BOT:
        change = conversations.Change(conversation.epoch, QUEUE, by="bot", reason=wanted.reason)
        conversations.change_owner(tx, conversation.id, change, now)
    if new or wanted.urgent:
        ring = log.warning if wanted.urgent else log.info
        ring("case_opened", case=case_id, conversation=conversation.id, reason=wanted.reason, topic=wanted.topic, urgent=wanted.urgent)
    return case_id, takeover.queued(tx, conversation.id, now)


def _note(tx: Tx, conversation: Conversation, situation: Situation) -> HandoffNote:
    return HandoffNote(
        wish="\n".join(messages.last_words(tx, conversation.id, LAST_WORDS)),
        flow=situation.flow,
        step=situation.step,
        progress=situation.progress,
        answers=situation.answers,
        tried=tuple(messages.last_blocks(tx, conversation.id, LAST_BLOCKS)),
        place=situation.place,
        why=situation.why,
    )
