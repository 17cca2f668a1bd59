"""Two years of a busy desk, made up: conversations, their cases and messages, in the order in which they would have come about.

A case's messages lie between those of other cases of the same hours, as they do where many write at once.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..model.case import CaseReason, CaseStatus, HandoffNote, Outcome, Rung
from ..model.conversation import OwnerKind
from ..model.message import Address
from ..store.crypto import Keyring
from .lines import written
from .made_up import Row, note
from .planned import LARGE, Planned
from .street import ACCOUNT

AT_ONCE = 2000
"""Cases of one pouring."""
_ANSWER = (
    "**Bước 3/7.** Bà con mang thẻ căn cước gắn chíp đến Công an xã, nói với cán bộ: «Cho tôi làm định danh mức 2».\n\n"
    "Cán bộ chụp ảnh, lấy dấu tay, hỏi số điện thoại. Bà con không phải trả tiền. Làm xong bấm «Xong rồi»."
)
_BUTTONS = [{"label": label, "value": f"ans:{number}"} for number, label in enumerate(("Xong rồi", "Bị vướng", "Gặp người"))]


@dataclass
class Poured:
    """Rows of some cases that follow one another, by table, in the order in which they may be inserted."""

    conversation: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    case_note: list[Row] = field(default_factory=list)
    note_word: list[Row] = field(default_factory=list)
    message: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Past:
    """The rows of what was planned. `words`: the keys under which a note's words are found."""

    keyring: Keyring
    words: Callable[[str], Sequence[str]]
    now: datetime
    chance: random.Random
    rare: list[str] = field(default_factory=list)
    """Words of notes that hardly another note has, known once the rows are made."""

    def rows(self, planned: Sequence[Planned]) -> Iterator[Poured]:
        """What to insert, some thousand cases at a time."""
        later: list[Row] = []
        for start in range(0, len(planned), AT_ONCE):
            some = planned[start : start + AT_ONCE]
            until = self.now if start + AT_ONCE >= len(planned) else planned[start + AT_ONCE].opened_at
            poured = Poured()
            for one in some:
                if one.is_new:
                    poured.conversation.append(self._conversation(one))
                poured.cases.append(self._case(one))
                self._notes(one, poured)
                later += self._messages(one)
            later.sort(key=lambda row: row["created_at"])
            poured.message = [row for row in later if row["created_at"] < until or until == self.now]
            later = later[len(poured.message) :]
            yield poured

    def _conversation(self, one: Planned) -> Row:
        kinds = {CaseStatus.OPEN: OwnerKind.QUEUE, CaseStatus.TAKEN: OwnerKind.HUMAN, CaseStatus.CLOSED: OwnerKind.BOT}
        address = str(one.conversation)
        return {
            "id": one.conversation,
            "channel": ACCOUNT,
            "address_key": self.keyring.address_key(Address(ACCOUNT, address)),
            "address": address,
            "name": "Thử Thị Mẫu",
            "owner_kind": str(kinds[one.status]),
            "owner_id": str(one.helper) if one.status is CaseStatus.TAKEN else None,
            "epoch": 2,
            "fence": 2 if one.status is CaseStatus.TAKEN else 0,
            "turn": one.messages // 2,
            "state": {},
            "claim_no": 1,
            "tries": 0,
            "created_at": one.opened_at,
            "last_inbound_at": one.opened_at,
        }

    def _case(self, one: Planned) -> Row:
        is_open, is_closed = one.status is CaseStatus.OPEN, one.status is CaseStatus.CLOSED
        taken_at, closed_at = one.opened_at + timedelta(minutes=12), one.opened_at + timedelta(hours=2)
        wish = "\n".join(written(self.chance) for _ in range(2))
        handoff = HandoffNote(wish, one.topic, "where", "3/7", {"age": "adult", "chip": "yes"}, ("eid_level_2.where", "eid_level_2.fee"))
        urgent, promised = is_open and self.chance.random() < 0.03, self.now + timedelta(minutes=self.chance.randrange(-60, 240))
        return {
            "id": one.id,
            "conversation_id": one.conversation,
            "reason": str(self.chance.choice((CaseReason.ASKED, CaseReason.FAILURES, CaseReason.STUCK))),
            "status": str(one.status),
            "urgent": urgent,
            "topic": one.topic,
            "step": "where",
            "note": asdict(handoff),
            "opened_at": one.opened_at,
            "taken_at": None if is_open else taken_at,
            "closed_at": closed_at if is_closed else None,
            "outcome": str(self.chance.choice(tuple(Outcome))) if is_closed else None,
            "commune": one.commune,
            "rung": int(Rung.PROVINCE if urgent else one.rung),
            "volunteer_id": None if is_open else one.helper,
            "lease_until": self.now + timedelta(hours=1) if one.status is CaseStatus.TAKEN else None,
            "promised_at": promised if is_open else None,
            "breached": is_open and promised < self.now,
            "waiting_since": None if is_closed else one.opened_at,
            "first_reply_at": taken_at if is_closed else None,
            "rating": self.chance.choice((None, 3, 5)) if is_closed else None,
            "phone": one.phone,
            "phone_key": None if one.phone is None else self.keyring.phone_key(one.phone),
        }

    def _notes(self, one: Planned, poured: Poured) -> None:
        if one.status is CaseStatus.OPEN:
            return
        jotted = [note(self.chance) for _ in range(self.chance.choice((0, 1, 1, 2)))]
        self.rare.extend(word for _, word in jotted if word is not None)
        texts = [text for text, _ in jotted]
        at = one.opened_at + timedelta(minutes=30)
        poured.case_note += [{"case_id": one.id, "volunteer_id": one.helper, "text": text, "at": at} for text in texts]
        words = dict.fromkeys(word for text in texts for word in self.words(text))
        poured.note_word += [{"word": word, "case_id": one.id} for word in words]

    def _messages(self, one: Planned) -> Iterator[Row]:
        """By turns: the citizen, then the assistant, or in the second half of what was taken the helper."""
        spread = self.now - one.opened_at if one.messages == LARGE else timedelta(minutes=2 * one.messages)
        for place in range(one.messages):
            at = one.opened_at + spread * place / one.messages
            by_person = one.status is not CaseStatus.OPEN and 2 * place > one.messages
            yield self._heard(one, place, at) if place % 2 == 0 else self._said(one, place, at, by_person)

    def _heard(self, one: Planned, place: int, at: datetime) -> Row:
        data: Any = {"tap": None, "masked": [], "cut": False}
        told = {"external_id": f"{one.id}-{place}", "dedupe_key": None, "block": None, "intent": one.topic, "confidence": 0.9}
        return self._message(one, place, at, "in", "citizen", "handled", written(self.chance), data) | told

    def _said(self, one: Planned, place: int, at: datetime, by_person: bool) -> Row:
        told = {"external_id": None, "dedupe_key": f"{one.conversation}:{one.id}-{place}:0", "intent": None, "confidence": None}
        if by_person:
            words = f"Chào bác, em nhận được rồi ạ. {written(self.chance)}, bác chờ em xem nhé."
            data = {"buttons": [], "by": "Mẫu Thị Mận"}
            return self._message(one, place, at, "out", "person", "sent", words, data) | told | {"block": None}
        return self._message(one, place, at, "out", "bot", "sent", _ANSWER, {"buttons": _BUTTONS}) | told | {"block": "eid_level_2.where"}

    @staticmethod
    def _message(one: Planned, place: int, at: datetime, direction: str, author: str, status: str, text: str, data: Any) -> Row:
        return {
            "conversation_id": one.conversation,
            "direction": direction,
            "status": status,
            "author": author,
            "kind": "text",
            "text": text,
            "data": data,
            "channel": ACCOUNT,
            "turn": place // 2,
            "epoch": 2,
            "critical": False,
            "quick": False,
            "tries": 1,
            "created_at": at,
            "settled_at": at,
        }
