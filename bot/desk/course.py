"""What becomes of a case without a volunteer's doing: the citizen writes, goes back, comes again; a lease runs out; somebody has left."""

from datetime import datetime, timedelta

import structlog

from ..dialogue import parting
from ..model.case import Case, CaseStatus, Outcome
from ..model.conversation import BOT, INBOX, Conversation, OwnerKind
from ..model.dialogue import Say
from ..store import cases, conversations, desk, events
from ..store.database import Tx
from .inbox import Inbox
from .ladder import Placement
from .owning import WAITS
from .voice import waiting

log = structlog.get_logger(__name__)

REOPENS = timedelta(days=3)
"""How long after its end a case may be reopened by its citizen."""


class Course(Inbox):
    """What happens by itself, or by the citizen."""

    def heard(self, tx: Tx, conversation: Conversation, now: datetime) -> Case | None:
        """The citizen wrote to the person who has the case: an answer is owed, within a lease."""
        case = cases.unclosed(tx, conversation.id)
        if case is None or case.status is not CaseStatus.TAKEN:
            return case
        until = now + self.leases.answer
        if case.waiting_since is None:
            cases.change(tx, case.id, waiting_since=now)
            if case.lease_until is None or case.lease_until > until:
                self._lease(tx, case.id, conversation, until)
        return case

    def lease_over(self, tx: Tx, conversation: Conversation, now: datetime) -> None:
        """Nobody answered in time: back into the queue. Or the citizen has been silent for long: back to the assistant."""
        case = cases.unclosed(tx, conversation.id)
        if conversation.owner == INBOX:
            self._inbox_over(tx, conversation, case, now)
            return
        if case is None or case.status is not CaseStatus.TAKEN:
            self._hand(tx, conversation, BOT, "timer", "no case", now)  # a person without a case could never give back
            return
        if case.waiting_since is None:
            self._finish(tx, case, conversation, Outcome.NO_ANSWER, "timer", now, parting.returned, "desk.given_back_idle")
            return
        desk.add_note(tx, case.id, None, "Hết giờ giữ mà chưa trả lời: ca trở về hàng chờ.", (), now)
        placed, epoch = self._into_queue(tx, case, conversation, "timer", "lease over", now)
        self._voice.tell(tx, conversation, epoch, (Say("desk.lease_over", waiting(placed, now), critical=True),), now)
        log.warning("lease_over", case=case.id, volunteer=case.volunteer_id)

    def released(self, tx: Tx, who: int, now: datetime) -> int:
        """A volunteer was removed: whatever they have waits for somebody else. How many cases."""
        held = cases.holding(tx, who)
        for case in held:
            conversations.lock(tx, case.conversation_id)
            conversation = conversations.get(tx, case.conversation_id)
            desk.add_note(tx, case.id, None, "Người giữ ca không còn trong tổ: ca trở về hàng chờ.", (), now)
            placed, epoch = self._into_queue(tx, case, conversation, "desk", "volunteer removed", now)
            self._voice.tell(tx, conversation, epoch, (Say("desk.lease_over", waiting(placed, now), critical=True),), now)
        return len(held)

    def citizen_returns(self, tx: Tx, conversation: Conversation, now: datetime) -> None:
        """«quay lại trợ lý»: at any time, without asking anybody."""
        case = cases.unclosed(tx, conversation.id)
        if case is None:
            self._hand(tx, conversation, BOT, "citizen", "back to the assistant", now)
            return
        desk.add_note(tx, case.id, None, "Bà con quay lại trợ lý.", (), now)
        self._finish(tx, case, conversation, Outcome.BACK_TO_BOT, "citizen", now, parting.returned, "desk.citizen_returned")

    def reopen(self, tx: Tx, conversation: Conversation, case_id: int, now: datetime) -> int | None:
        """The citizen is not done, within three days: the same case waits again, now with the bot's conversation. None: it can not be."""
        case = cases.get(tx, case_id)
        if case is None or case.conversation_id != conversation.id or case.closed_at is None or case.closed_at < now - REOPENS:
            return None
        if cases.unclosed(tx, conversation.id) is not None:
            return None
        cases.change(tx, case_id, **WAITS, waiting_since=now, closed_at=None, outcome=None, rating=None, promised_at=None)
        desk.add_note(tx, case_id, None, "Bà con mở lại ca.", (), now)
        return case_id

    def rate(self, tx: Tx, conversation: Conversation, case_id: int, score: int, now: datetime) -> bool:
        """How the citizen found the help; the first word counts. False: it is no closed case of theirs, or is rated already."""
        case = cases.get(tx, case_id)
        if case is None or case.conversation_id != conversation.id or case.status is not CaseStatus.CLOSED or case.rating is not None:
            return False
        cases.change(tx, case_id, rating=score)
        events.note(tx, conversation.id, conversation.turn, "rated", str(score), now)
        return True

    def queued(self, tx: Tx, conversation_id: int, now: datetime) -> Placement | None:
        """The conversation has just come into the queue, or asks again: give its case a place under today's epoch."""
        case, conversation = cases.unclosed(tx, conversation_id), conversations.get(tx, conversation_id)
        if case is None or case.status is not CaseStatus.OPEN or conversation.owner.kind is not OwnerKind.QUEUE:
            return None
        return self.ladder.place(tx, case, conversation.epoch, now, case.rung)
