"""The steps that every change of owner is made of: look again under the lock, hand over by compare-and-set, keep a timer, tell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..dialogue.state import State
from ..model.case import Case, CaseStatus, Outcome, Rung
from ..model.clock import today
from ..model.conversation import BOT, QUEUE, Conversation, Owner, volunteer
from ..model.dialogue import Move, Say
from ..model.errors import NotYours, TooLate
from ..model.people import Power, Volunteer
from ..model.timer import Timer, TimerKind
from ..store import cases, conversations, desk, events, messages, people, timers
from ..store.crypto import Keyring
from ..store.database import Tx
from ..understanding.text import fold
from .ladder import Ladder, Placement
from .spoken import masked
from .voice import Voice, asks_rating


@dataclass(frozen=True, slots=True)
class Leases:
    answer: timedelta = timedelta(minutes=10)
    """Within which who has a case must have answered what the citizen wrote."""
    idle: timedelta = timedelta(hours=24)
    """After a person's answer: the silence of the citizen after which the conversation goes back to the assistant."""
    inbox: timedelta = timedelta(minutes=30)
    """After somebody's words in the platform's own inbox, whoever they are: until when the assistant stays silent."""
    pictures: timedelta = timedelta(hours=24)
    """How long a picture that a person sent to a citizen is kept."""


WAITS: dict[str, Any] = {"status": CaseStatus.OPEN, "lease_until": None, "phrase": None, "read_to": 0}
"""Of a case that waits for somebody."""


class Owning:
    def __init__(self, ladder: Ladder, voice: Voice, keyring: Keyring, leases: Leases | None = None) -> None:
        self.ladder = ladder
        self.leases = leases or Leases()
        self._voice = voice
        self._keyring = keyring

    def _finish(
        self,
        tx: Tx,
        case: Case,
        conversation: Conversation,
        outcome: Outcome,
        by: str,
        now: datetime,
        part: Callable[..., Move],
        block: str,
        helper: str | None = None,
    ) -> None:
        """The assistant has the conversation again; the number to call back at is thrown away with the case's end.

        What the citizen wrote and the person has read was answered by them, or needs no answer; what came later is the assistant's.
        """
        epoch = self._hand(tx, conversation, BOT, by, str(outcome), now)
        messages.mark_read(tx, conversation.id, case.read_to, now)
        ended = {"status": CaseStatus.CLOSED, "outcome": outcome, "closed_at": now, "lease_until": None, "waiting_since": None}
        cases.change(tx, case.id, **ended, phone=None, phone_key=None)
        desk.write_down(tx, by, "close", thing(case.id), now, str(outcome))
        move = part(self._voice.script.library, State.from_dict(conversation.state), today(now))
        events.add(tx, conversation.id, conversation.turn, move.events, now)
        helped = case.first_reply_at is not None
        if helper is None and helped and case.volunteer_id is not None:
            helper = people.names(tx, [case.volunteer_id]).get(case.volunteer_id, "").split(" ")[-1]
        says, state = [Say(block, {"helper": helper or ""})], State.from_dict(move.state)
        if helped:
            rating = asks_rating(case.id, helper or "")
            says.append(rating)
            state = replace(state, aside=rating.buttons) if move.says else replace(state, offered=rating.buttons)
        conversations.keep_state(tx, conversation.id, state.to_dict())
        self._voice.tell(tx, conversation, epoch, (*says, *move.says), now, offered=state.offered)

    def _into_queue(
        self,
        tx: Tx,
        case: Case,
        conversation: Conversation,
        by: str,
        reason: str,
        now: datetime,
        at_least: Rung | None = None,
        **changed: object,
    ) -> tuple[Placement, int]:
        """The case waits again, with a place and a fresh promise."""
        epoch = self._hand(tx, conversation, QUEUE, by, reason, now)
        cases.change(tx, case.id, **WAITS, promised_at=None, waiting_since=case.waiting_since or now, **changed)
        desk.write_down(tx, by, "queue", thing(case.id), now, reason)
        return self.ladder.place(tx, self._again(tx, case.id), epoch, now, case.rung if at_least is None else at_least), epoch

    def _answered(self, tx: Tx, case_id: int, conversation: Conversation, now: datetime) -> None:
        case = self._again(tx, case_id)
        cases.change(tx, case_id, waiting_since=None, first_reply_at=case.first_reply_at or now)
        self._lease(tx, case_id, conversation, now + self.leases.idle)

    def _lease(self, tx: Tx, case_id: int, conversation: Conversation, until: datetime) -> None:
        cases.change(tx, case_id, lease_until=until)
        timers.arm(tx, Timer(TimerKind.LEASE, until, conversation.id, conversation.epoch))

    def _hand(self, tx: Tx, conversation: Conversation, to: Owner, by: str, reason: str, now: datetime) -> int:
        epoch = conversations.change_owner(tx, conversation.id, conversations.Change(conversation.epoch, to, by, reason), now)
        if epoch is None:
            raise TooLate("Vừa có người khác đổi ca này. Bạn tải lại rồi xem nhé.")
        return epoch

    def _locked(self, tx: Tx, case_id: int) -> tuple[Case, Conversation]:
        """The case and its conversation as they are now, held until the transaction ends."""
        case = cases.get(tx, case_id)
        if case is None:
            raise TooLate("Ca này không còn nữa: bà con đã xóa cuộc trò chuyện.")
        conversations.lock(tx, case.conversation_id)
        return self._again(tx, case_id), conversations.get(tx, case.conversation_id)

    def _again(self, tx: Tx, case_id: int) -> Case:
        case = cases.get(tx, case_id)
        assert case is not None
        return case

    def _mine(self, tx: Tx, who: Volunteer, case_id: int, overseers: bool = False) -> tuple[Case, Conversation]:
        case, conversation = self._locked(tx, case_id)
        if case.status is CaseStatus.TAKEN and conversation.owner == volunteer(who.id):
            return case, conversation
        if overseers and who.may(Power.OVERSEE) and case.status is not CaseStatus.CLOSED:
            return case, conversation
        raise NotYours(self._why_not_yours(tx, case, who))

    def _why_not_yours(self, tx: Tx, case: Case, who: Volunteer) -> str:
        match case.status:
            case CaseStatus.TAKEN:
                return self._who_was_faster(tx, case)
            case CaseStatus.CLOSED:
                return "Ca này đã xong, nên lời vừa viết chưa gửi. Bà con cần nữa thì sẽ mở lại."
            case _ if case.volunteer_id == who.id:
                return "Ca đã trở về hàng chờ vì hết giờ giữ. Lời vừa viết vẫn còn đây: nhận lại ca rồi gửi nhé."
        return "Ca này đang chờ người nhận. Bạn nhận ca rồi mới trả lời được."

    def _who_was_faster(self, tx: Tx, case: Case) -> str:
        if case.status is CaseStatus.CLOSED:
            return "Ca này đã xong rồi."
        name = people.names(tx, [case.volunteer_id]).get(case.volunteer_id) if case.volunteer_id is not None else None
        return f"{name or 'Một người khác'} đang giữ ca này."

    def _jot(self, tx: Tx, case_id: int, who: Volunteer, text: str, now: datetime) -> None:
        """A note is masked like everything that is kept, and found again by its words."""
        kept = masked(text)
        desk.add_note(tx, case_id, who.id, kept, desk.word_keys(self._keyring, fold(kept)), now)


def signed(who: Volunteer) -> str:
    """Who did it, for the audit."""
    return f"volunteer:{who.id}"


def thing(case_id: int) -> str:
    """What it was done to, for the audit."""
    return f"case:{case_id}"
