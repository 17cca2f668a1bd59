"""What is to happen later: a row with a time, what it is about, and the turn or epoch that must still hold when it fires."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TimerKind(StrEnum):
    REMIND = "remind"
    """The citizen fell silent in the middle of a guide: one reminder, valid while `turn` is still the last one."""
    PUT_ASIDE = "put_aside"
    """They stayed silent for long: what was being done is put aside for «tiếp tục»; valid while `turn` is still the last one."""
    PROMISED = "promised"
    """They asked to be reminded of `topic`: whatever they said since, it was promised."""
    FOLLOW_UP = "follow_up"
    """A guide ended well: some days later they are asked whether it worked out."""
    CLIMB = "climb"
    """A waiting case that nobody takes is offered more widely; valid while `turn` is the conversation's epoch."""
    PROMISE = "promise"
    """The citizen was told that a person answers by now; valid while `turn` is the conversation's epoch."""
    LEASE = "lease"
    """Who has a case must have answered by now; valid while `turn` is the conversation's epoch."""


@dataclass(frozen=True, slots=True)
class Timer:
    kind: TimerKind
    at: datetime
    conversation_id: int
    turn: int
    id: int | None = None
    topic: str | None = None
    """What it is about, where that is not the step that waits."""
