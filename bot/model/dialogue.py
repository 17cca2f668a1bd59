"""What the dialogue decides: a `Move`, made of things to say and things to happen. It names words; it holds none."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .case import CaseReason
from .message import Button
from .privacy import RequestKind


@dataclass(frozen=True, slots=True)
class Say:
    """One message to be worded by replies/: the block that holds the words, what they may mention, the taps under it."""

    block: str
    """`topic.block`, e.g. `eid_level_2.intro`, `common.menu`, `desk.handed_over`."""
    values: dict[str, Any] = field(default_factory=dict)
    """What the words may use besides facts: `answers`, `progress`, `title`, ... Undefined names are errors."""
    buttons: tuple[Button, ...] = ()
    critical: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """The dialogue wants a person: why, and about what."""

    reason: CaseReason
    topic: str | None = None
    step: str | None = None
    urgent: bool = False
    reopens: int | None = None
    """The case that the citizen says is not done, as the tap under its end named it."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What a citizen said of a person's help."""

    case: int
    score: int


@dataclass(frozen=True, slots=True)
class Event:
    """One fact for the statistics and for tests: started, answered, moved, digressed, failed, ended, ..."""

    kind: str
    flow: str | None = None
    step: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Something to come back to the citizen with on a later day."""

    topic: str
    day: date
    asked: bool = False
    """The citizen asked to be reminded; else a guide that is over asks whether it worked out."""


@dataclass(frozen=True, slots=True)
class Bring:
    """The citizen agreed: what is being done in another conversation moves here, if that one is still as it was seen."""

    code: str
    """The keyed hash of the code that they told."""
    source: int
    """The other conversation, its turn and epoch."""
    turn: int
    epoch: int
    title: str
    """What is brought, for the words at the place it leaves."""


@dataclass(frozen=True, slots=True)
class Move:
    """What one heard thing leads to. Pure data: nothing has happened yet."""

    state: dict[str, Any]
    says: tuple[Say, ...] = ()
    hand_over: HandOver | None = None
    events: tuple[Event, ...] = ()
    forget: bool = False
    """The citizen wants everything of this conversation deleted, and has confirmed it."""
    asks: tuple[RequestKind, ...] = ()
    """What the citizen wants concerning what is kept of them."""
    later: tuple[Later, ...] = ()
    rating: Rating | None = None
    leaves: bool = False
    """A code is asked for, by which what is being done can be taken to another channel."""
    bring: Bring | None = None
    remind: int | None = None
    """Days of silence before the reminder, where the step that waits says so."""
    flow: str | None = None
    """The guide and step the citizen stands on afterwards, for `--json`, statistics and the handoff note."""
    step: str | None = None
