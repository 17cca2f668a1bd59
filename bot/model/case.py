"""A case: what a person is asked to take over, and the handoff note that saves the citizen from telling it all again."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseReason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    FAILURES = "failures"
    UNCLEAR = "unclear"
    URGENT = "urgent"
    STUCK = "stuck"
    NLU_AWAY = "nlu_away"
    BOT_ERROR = "bot_error"


class CaseStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class HandoffNote:
    """What the volunteer reads first. Everything in it is masked."""

    wish: str
    """The citizen's wish in their own words: the last texts, newest last."""
    flow: str | None = None
    step: str | None = None
    progress: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    tried: tuple[str, ...] = ()
    """What was shown or tried already: block ids, oldest first."""
    place: str | None = None
    """The place that the citizen named, or whose poster they came by ("xã Đồng Văn"): a hint for who should help."""
    why: str | None = None
    """What the operator should know ("the language model did not answer: timeout")."""
    never_ask: tuple[str, ...] = ("OTP", "mật khẩu", "passcode", "ảnh thẻ căn cước", "số định danh đầy đủ", "số tài khoản ngân hàng")


@dataclass(frozen=True, slots=True)
class Case:
    id: int
    conversation_id: int
    reason: CaseReason
    status: CaseStatus
    urgent: bool
    topic: str | None
    note: HandoffNote
    opened_at: datetime
    channel: str
