"""A case: what a person is asked to take over, and the handoff note that saves the citizen from telling it all again."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class CaseReason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    FAILURES = "failures"
    UNCLEAR = "unclear"
    URGENT = "urgent"
    STUCK = "stuck"
    NLU_AWAY = "nlu_away"
    BOT_ERROR = "bot_error"
    PAUSED = "paused"
    """The assistant was told to be silent."""


class CaseStatus(StrEnum):
    OPEN = "open"
    """Waits in the queue."""
    TAKEN = "taken"
    """A volunteer has it."""
    CLOSED = "closed"


class Rung(IntEnum):
    """How far a waiting case has climbed: who it is offered to. Each rung includes those below."""

    COMMUNE = 0
    """The teams of the citizen's commune."""
    NEIGHBOURS = 1
    """The teams of the communes around, which have the same parent."""
    PROVINCE = 2
    """The province desk."""


class Outcome(StrEnum):
    """How a case ended, as who closed it tells."""

    SOLVED = "solved"
    PARTLY = "partly"
    TO_OFFICE = "to_office"
    """Sent to the commune's police or service centre."""
    VISIT = "visit"
    """Somebody of the team goes there."""
    NO_ANSWER = "no_answer"
    """The citizen did not write any more."""
    NOT_OURS = "not_ours"
    ABUSE = "abuse"
    BACK_TO_BOT = "back_to_bot"
    """The citizen went back to the assistant, or was given back and needed nobody any more."""


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
    commune: str | None = None
    """The citizen's commune of today, where it is known."""
    language: str | None = None
    """A language that the citizen asked to be helped in."""
    rung: Rung = Rung.COMMUNE
    team_id: int | None = None
    """The team that it was passed on to, if it was."""
    volunteer_id: int | None = None
    """Who has it, or had it last."""
    taken_at: datetime | None = None
    lease_until: datetime | None = None
    """Until when who has it must have answered."""
    promised_at: datetime | None = None
    """By when the citizen was told that a person answers."""
    breached: bool = False
    """Whether a promise to the citizen was not kept."""
    waiting_since: datetime | None = None
    """Since when words of the citizen wait for a person's answer."""
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    rating: int | None = None
    phrase: str | None = None
    """Two words that a helper says first on the phone or at the door; the citizen compares."""
    has_phone: bool = False
    """The citizen left a number to be called back at; only who has the case is shown it."""
    read_to: int = 0
    """The last message that who has it has seen."""
