"""A message that was not understood, or wrongly: it waits for a person to say what it meant, and may then be learnt."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Doubt(StrEnum):
    """Why a message is worth looking at."""

    NOT_UNDERSTOOD = "not_understood"
    CLARIFIED = "clarified"
    """It was asked back; what the citizen then tapped is a hint."""
    FAILED = "failed"
    """It answered no question of the running guide."""
    OUTSIDE = "outside"
    """It was taken for out of scope."""
    COMPLAINT = "complaint"
    """The citizen complained of what was answered to it."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What the model had made of it."""

    intent: str | None
    confidence: float = 0.0
    aspect: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    id: int
    doubt: Doubt
    text: str
    """Masked, as everything that is stored."""
    guess: Guess
    hint: str | None
    """The topic that the citizen tapped when it was asked back."""
    created_at: datetime
    intent: str | None = None
    """What a person said it means."""
    aspect: str | None = None
    exported_at: datetime | None = None
    labelled_by: int | None = None
    """The volunteer; None: an operator at a terminal."""
    approved_at: datetime | None = None
    """When a second pair of eyes found it right: only then is it learnt."""
