"""Taking over: who speaks with a citizen, and how that changes. Read this after `turn.py`.

    bot ─► queue ─► a person ─► bot
            ▲          │
            └──────────┘  passed on, or the lease ran out

Every verb is one transaction's work: it looks again under the conversation's lock, changes the owner by compare-and-set on the epoch,
writes what became of the case, arms the timer that the new owner needs, and tells the citizen. Somebody always owns a conversation, and
whatever is owned by the queue or by a person has a timer. Nothing here sends: notices and a person's words are rows of the outbox.

A take raises the fence, so no older words of the assistant start on their way afterwards, and a person's first words wait for those that
are on their way already, because one conversation is sent in order.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from ..dialogue import parting
from ..model.case import Case, CaseStatus, Outcome, Rung
from ..model.conversation import INBOX, OwnerKind, volunteer
from ..model.dialogue import Move, Say
from ..model.errors import DeskError, NotYours, TooLate
from ..model.message import Picture
from ..model.people import Volunteer
from ..model.timer import Timer, TimerKind
from ..store import attachments, cases, desk, messages, people, timers
from ..store.crypto import Keyring
from ..store.database import Tx
from .course import Course
from .ladder import Ladder, Placement
from .owning import Leases, signed, thing
from .phrases import phrase
from .spoken import checked, checked_caption
from .voice import Voice, taken, waiting

log = structlog.get_logger(__name__)

MOST_TYPING = timedelta(minutes=5)
"""How far typing alone can push a lease: a finger on the keyboard is no answer."""


class Takeover(Course):
    """The verbs. `phrases`: makes the two words that a helper says first."""

    def __init__(
        self, ladder: Ladder, voice: Voice, keyring: Keyring, leases: Leases | None = None, phrases: Callable[[], str] = phrase
    ) -> None:
        super().__init__(ladder, voice, keyring, leases)
        self._phrases = phrases

    def take(self, tx: Tx, who: Volunteer, case_id: int, now: datetime) -> Case:
        """Make the case yours. Raises TooLate where somebody was faster, DeskError where you have as many as you may."""
        case, conversation = self._locked(tx, case_id)
        if case.status is CaseStatus.TAKEN and conversation.owner == volunteer(who.id):
            return case
        if conversation.owner == INBOX:
            raise TooLate("Đang có người trả lời bà con trong hộp thư của kênh. Họ ngừng trả lời thì ca nhận được.")
        if case.status is not CaseStatus.OPEN or conversation.owner.kind is OwnerKind.HUMAN:
            raise TooLate(self._who_was_faster(tx, case))
        if not self.ladder.reach(tx, who).covers(case):
            raise NotYours("Ca này chưa chuyển tới tổ của bạn.")
        if not case.urgent and cases.held(tx, who.id) >= who.most_open:
            raise DeskError(f"Bạn đang giữ {who.most_open} ca rồi. Xong hoặc chuyển bớt một ca đã nhé.")
        epoch = self._hand(tx, conversation, volunteer(who.id), signed(who), "take", now)
        until, words = now + self.leases.answer, self._phrases()
        fresh = {"status": CaseStatus.TAKEN, "volunteer_id": who.id, "taken_at": now, "lease_until": until, "phrase": words}
        cases.change(tx, case_id, **fresh, read_to=0)
        timers.arm(tx, Timer(TimerKind.LEASE, until, conversation.id, epoch))
        desk.write_down(tx, signed(who), "take", thing(case_id), now)
        self._voice.tell(tx, conversation, epoch, (taken(who, words),), now)
        log.info("case_taken", case=case_id, volunteer=who.id)
        return self._again(tx, case_id)

    def say(self, tx: Tx, who: Volunteer, case_id: int, text: str, key: str, now: datetime, most_text: int = 2000) -> int:
        """Say it to the citizen, once however often it is asked for under that key. The message's id.

        Raises NotYours where the case is not yours (any more), Unsafe where the words ask for a secret or hold one. Nothing is lost:
        whoever calls keeps the words. Too long for one message of the channel, it is cut at sentences.
        """
        _, conversation = self._mine(tx, who, case_id)
        texts = checked(text, who.calls, most_text)
        said = messages.add_persons(tx, conversation, texts, who.name, f"desk:{who.id}:{key}", now)
        self._answered(tx, case_id, conversation, now)
        return said

    def may_speak(self, tx: Tx, who: Volunteer, case_id: int) -> None:
        """Raises NotYours where they may not, as things are now."""
        self._mine(tx, who, case_id)

    def show(
        self, tx: Tx, who: Volunteer, case_id: int, picture: Picture, text: str, key: str, now: datetime, most: tuple[int, int]
    ) -> int:
        """Send a picture, with words or without, by the rules of `say`. `most`: characters that may go along, and of one message.

        Words that are too long to go along follow it. Answers the id of the picture's message.
        """
        _, conversation = self._mine(tx, who, case_id)
        caption, rest = checked_caption(text, who.calls, *most)
        key = f"desk:{who.id}:{key}"
        shown = messages.add_picture(tx, conversation, caption, picture, who.name, key, now, now + self.leases.pictures)
        if rest:
            messages.add_persons(tx, conversation, rest, who.name, key, now)
        self._answered(tx, case_id, conversation, now)
        return shown

    def say_again(self, tx: Tx, who: Volunteer, case_id: int, message_id: int, now: datetime) -> int:
        """Send words again of which nobody knows whether they came. Raises NotYours; DeskError where it is no such message."""
        _, conversation = self._mine(tx, who, case_id)
        unsure, key = messages.get_persons(tx, conversation.id, message_id), desk.again_key(message_id)
        if unsure is None:
            raise DeskError("Tin này đã tới, hoặc đang gửi, nên không gửi lại.")
        if unsure.frame is None:
            return messages.add_persons(tx, conversation, (unsure.text,), who.name, key, now)
        data = attachments.of_message(tx, message_id, now)
        if data is None:
            raise DeskError("Ảnh này hết hạn giữ nên đã xóa. Bạn chọn lại ảnh rồi gửi nhé.")
        picture = Picture(data, unsure.frame.width, unsure.frame.height)
        return messages.add_picture(tx, conversation, unsure.text, picture, who.name, key, now, now + self.leases.pictures)

    def typing(self, tx: Tx, who: Volunteer, case_id: int, now: datetime) -> datetime | None:
        """A finger is on the keyboard: the lease does not end under it, for a while. Until when it runs."""
        case, conversation = self._mine(tx, who, case_id)
        since = case.waiting_since if case.taken_at is None else max(case.waiting_since or case.taken_at, case.taken_at)
        if case.lease_until is None or since is None or case.waiting_since is None:
            return case.lease_until
        until = min(now + timedelta(minutes=2), since + self.leases.answer + MOST_TYPING)
        if until > case.lease_until:
            self._lease(tx, case_id, conversation, until)
            return until
        return case.lease_until

    def note(self, tx: Tx, who: Volunteer, case_id: int, text: str, now: datetime) -> None:
        """A note among the desk: it is no message, and lies in another table, so no citizen can ever be sent it."""
        case, _ = self._locked(tx, case_id)
        if not self.ladder.reach(tx, who).covers(case):
            raise NotYours("Ca này không thuộc tổ của bạn.")
        self._jot(tx, case_id, who, text, now)

    def give_back(self, tx: Tx, who: Volunteer, case_id: int, now: datetime, result: str = "") -> None:
        """The assistant goes on at the step where it was. The case is over; the citizen may say how it was, or reopen it."""
        self._end(tx, who, case_id, Outcome.BACK_TO_BOT, result, now, parting.returned, "desk.given_back")

    def close(self, tx: Tx, who: Volunteer, case_id: int, outcome: Outcome, now: datetime, result: str = "") -> None:
        """The case is over, in that way; what was being done is put aside."""
        self._end(tx, who, case_id, outcome, result, now, parting.parted, "desk.closed")

    def pass_on(self, tx: Tx, who: Volunteer, case_id: int, to: int | None, reason: str, now: datetime) -> Placement:
        """Back into the queue, for that team or, with `to` None, for the province desk; the reason stays as a note.

        A coordinator may pass on what another has.
        """
        case, conversation = self._mine(tx, who, case_id, overseers=True)
        team = None if to is None else people.get_team(tx, to)
        if to is not None and team is None:
            raise DeskError("Không có tổ ấy. Bạn chọn lại nhé.")
        self._jot(tx, case_id, who, f"Chuyển cho {team.name if team else 'bàn trực của tỉnh'}: {reason}", now)
        changed = {"team_id": to, "commune": (team.commune if team else None) or case.commune}
        placed, epoch = self._into_queue(
            tx, case, conversation, signed(who), "pass_on", now, Rung.PROVINCE if to is None else None, **changed
        )
        self._voice.tell(tx, conversation, epoch, (Say("desk.passed_on", waiting(placed, now), critical=True),), now)
        return placed

    def _end(
        self,
        tx: Tx,
        who: Volunteer,
        case_id: int,
        outcome: Outcome,
        result: str,
        now: datetime,
        part: Callable[..., Move],
        block: str,
    ) -> None:
        case, conversation = self._mine(tx, who, case_id)
        if result.strip():
            self._jot(tx, case_id, who, f"Kết quả: {result}", now)
        self._finish(tx, case, conversation, outcome, signed(who), now, part, block, who.calls)
