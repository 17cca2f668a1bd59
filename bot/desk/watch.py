"""The desk's timers: a case that nobody takes climbs, a promise is kept or renewed, a lease ends.

A timer of an older epoch does nothing.
"""

from datetime import datetime

from ..model.case import CaseStatus
from ..model.conversation import Conversation, OwnerKind
from ..model.dialogue import Say
from ..model.timer import Timer, TimerKind
from ..store import cases, conversations, desk
from ..store.database import Tx
from .takeover import Takeover
from .voice import Voice, waiting

KINDS = frozenset({TimerKind.CLIMB, TimerKind.PROMISE, TimerKind.LEASE})


class Watch:
    def __init__(self, takeover: Takeover, voice: Voice) -> None:
        self._takeover = takeover
        self._voice = voice

    def adopt(self, tx: Tx, now: datetime) -> int:
        """Cases that wait without a timer, from before there were any, get their place; said to nobody. How many."""
        orphans = desk.untimed(tx)
        for conversation_id in orphans:
            conversations.lock(tx, conversation_id)
            self._takeover.queued(tx, conversation_id, now)
        return len(orphans)

    def fire(self, tx: Tx, timer: Timer, conversation: Conversation, now: datetime) -> bool:
        """Whether a promise to the citizen was missed. The caller holds the conversation's row."""
        if timer.turn != conversation.epoch:
            return False
        if timer.kind is TimerKind.LEASE and conversation.owner.kind is OwnerKind.HUMAN:
            self._takeover.lease_over(tx, conversation, now)
        case = cases.unclosed(tx, conversation.id)
        if case is None or case.status is not CaseStatus.OPEN or conversation.owner.kind is not OwnerKind.QUEUE:
            return False
        if timer.kind is TimerKind.CLIMB:
            self._takeover.ladder.climb(tx, case, conversation.epoch, now)
        elif timer.kind is TimerKind.PROMISE:
            placed = self._takeover.ladder.missed(tx, case, conversation.epoch, now)
            words = Say("desk.promise_missed", waiting(placed, now), critical=True)
            self._voice.tell(tx, conversation, conversation.epoch, (words,), now, f"p{timer.id}:{int(timer.at.timestamp())}")
            return True
        return False
