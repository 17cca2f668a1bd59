"""What is to happen later: a row with a time, what it is about, and the turn or epoch that must still hold when it fires."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TimerKind(StrEnum):
    REMIND = "remind"
    """The citizen fell silent in the middle of a guide: one reminder, valid while `turn` is still the last one."""


@dataclass(frozen=True, slots=True)
class Timer:
    kind: TimerKind
    at: datetime
    conversation_id: int
    turn: int
    id: int | None = None
