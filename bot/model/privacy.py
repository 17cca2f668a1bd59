"""What the law asks to be kept of people's consent, their requests and breaches, and by when each must be answered.

Terms: Law 91/2025/QH15 and Decree 356/2025/NĐ-CP, in force since 2026-01-01; the days as Decree 330/2026/NĐ-CP Art. 44 and 54 count them
for its fines (read in a legal library, 2026-11). Whether they are working days is said only of the answer, so the others are counted as
days of the calendar, which is the stricter reading.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """What a person agrees to, each by itself: consent is per purpose, free, informed and provable (Law 91/2025 and Decree 356/2025)."""

    CHAT = "chat"
    """The assistant reads and keeps what they write."""
    PERSON = "person"
    """A volunteer reads the conversation."""
    CALL_BACK = "call_back"
    """A number is kept for a volunteer to call."""
    PICTURE = "picture"
    """A picture or voice is shown to who helps."""


class Act(StrEnum):
    """What happened to a consent."""

    GIVEN = "given"
    """By a deed of the person's own: a button, asking for a person, writing the number that was asked for, sending the picture."""
    TOLD = "told"
    """The person was told, and had no button to agree by; silence is not consent, so this proves the telling alone."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Words:
    """Which words it was that a person was shown: the block, the hash of how it read that day, and the page's version where it has one."""

    block: str
    hash: str
    """"" where nobody can tell any more: a page with older words, whose version is all that is known."""
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of the log of consents. Nothing in it names anybody: `subject` is a keyed hash of the address."""

    id: int
    subject: str
    channel: str
    purpose: Purpose
    act: Act
    words: Words | None
    at: datetime


class RequestKind(StrEnum):
    """What people may ask for concerning what is kept of them."""

    SEE = "see"
    CORRECT = "correct"
    DELETE = "delete"
    WITHDRAW = "withdraw"


ANSWER_WORKDAYS = 2
"""Working days until a request must have been answered, at least by when it is done."""
TERMS = {
    RequestKind.SEE: timedelta(days=10),
    RequestKind.CORRECT: timedelta(days=10),
    RequestKind.DELETE: timedelta(days=20),
    RequestKind.WITHDRAW: timedelta(days=15),
}
"""Days until it must be done: see, correct, provide 10 (15 where others process too); delete 20 (30); stop processing 15 (20)."""


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A request of somebody about their own data."""

    id: int
    kind: RequestKind
    channel: str
    made_at: datetime
    answer_by: datetime
    due_at: datetime
    conversation_id: int | None = None
    """Whose; None once it is deleted, or where it came by letter."""
    case_id: int | None = None
    """The case that the person has open now, if any."""
    note: str | None = None
    answered_at: datetime | None = None
    done_at: datetime | None = None
    outcome: str | None = None
    done_by: str | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether a term has passed that was not kept."""
        if self.done_at is not None:
            return False
        return now > self.due_at or (self.answered_at is None and now > self.answer_by)


REPORT_WITHIN = timedelta(hours=72)
"""From when a breach was noticed to when it must be told to the specialised body, where harm is possible (Decree 330/2026 Art. 54)."""
REPORT_TO = "Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao, Bộ Công an"


@dataclass(frozen=True, slots=True)
class Breach:
    """Something went where it should not have."""

    id: int
    what: str
    noticed_at: datetime
    people: int | None
    """How many it concerns; None: not known yet."""
    done: str
    report_by: datetime
    reported_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        return self.reported_at is None and now > self.report_by


@dataclass(frozen=True, slots=True)
class Pause:
    """The assistant is silent, and every message goes to people."""

    reason: str
    by: str
    since: datetime
