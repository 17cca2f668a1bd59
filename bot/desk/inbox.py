"""Somebody answers a citizen in the platform's own inbox, beside the desk: we know that they do, and not who they are.

The assistant is silent while they do, and for a while after their last word; then a case waits again, or the assistant answers what
was left unanswered.
"""

from datetime import datetime

import structlog

from ..model.case import Case
from ..model.conversation import BOT, INBOX, Conversation, OwnerKind
from ..model.dialogue import Say
from ..model.grouping import Grouping
from ..model.timer import Timer, TimerKind
from ..store import conversations, desk, messages, timers, turns
from ..store.database import Tx
from .owning import Owning
from .voice import waiting

log = structlog.get_logger(__name__)


class Inbox(Owning):
    """What follows from words of the account that are not ours."""

    def inbox_took(self, tx: Tx, conversation: Conversation, at: datetime, now: datetime) -> bool:
        """Somebody answered the citizen in the platform's own inbox at `at`: the assistant is silent for a while. The caller holds the row.

        False: that is over, somebody else has spoken since, or a volunteer has the case, who reads of it.
        """
        until = at + self.leases.inbox
        if until <= now:
            return False
        if conversation.owner == INBOX:
            return timers.prolong(tx, Timer(TimerKind.LEASE, until, conversation.id, conversation.epoch))
        if conversation.owner.kind is OwnerKind.HUMAN:
            if conversation.open_case is not None:
                desk.add_note(tx, conversation.open_case, None, "Có người cũng trả lời bà con trong hộp thư của kênh.", (), now)
            return False
        changed = conversations.last_change(tx, conversation.id)
        if changed is not None and changed > at:
            return False
        epoch = self._hand(tx, conversation, INBOX, "inbox", "answered in the inbox", now)
        timers.arm(tx, Timer(TimerKind.LEASE, until, conversation.id, epoch))
        log.info("inbox_took", conversation=conversation.id, case=conversation.open_case)
        return True

    def _inbox_over(self, tx: Tx, conversation: Conversation, case: Case | None, now: datetime) -> None:
        """Nobody answers in the inbox any more: a case waits again, else the assistant answers what was left unanswered."""
        if case is not None:
            desk.add_note(tx, case.id, None, "Hộp thư của kênh thôi trả lời: ca trở về hàng chờ.", (), now)
            placed, epoch = self._into_queue(tx, case, conversation, "timer", "inbox silent", now)
            self._voice.tell(tx, conversation, epoch, (Say("desk.lease_over", waiting(placed, now), critical=True),), now)
            return
        until = timers.armed_at(tx, TimerKind.LEASE, conversation.id, conversation.epoch) or now
        self._hand(tx, conversation, BOT, "timer", "inbox silent", now)
        if messages.wait_again(tx, conversation.id, until - self.leases.inbox):
            turns.reschedule(tx, conversation.id, Grouping(0, 0))
