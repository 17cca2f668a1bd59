"""What can become of a message on its way out. A channel says what happened; the outbox decides what follows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .message import Address, Button


class Status(StrEnum):
    """The life of a message row. Inbound: waiting > handled | dead. Outbound: queued > sending > sent | unknown | failed | stale."""

    WAITING = "waiting"
    HANDLED = "handled"
    DEAD = "dead"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as a channel gets it: rendered for that channel, ready to be carried."""

    id: int
    address: Address
    text: str
    buttons: tuple[Button, ...]
    turn: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A claimed outbound row: what is to be rendered and sent, by when it must be settled."""

    id: int
    conversation_id: int
    address: Address
    text: str
    buttons: tuple[Button, ...]
    turn: int
    tries: int
    critical: bool
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived at the platform, which calls it `external_id` (None where the platform has no ids)."""

    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It surely did not leave (no connection could be made): try again after a pause."""

    why: str


@dataclass(frozen=True, slots=True)
class SlowDown:
    """The platform asks for a pause of that many seconds; it surely was not sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """The citizen does not want to hear from us, or is gone: close the address."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this message: our fault, tell the operator."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It left and no answer came: it may have arrived. Not sent again unless critical."""

    why: str


Result = Sent | NotSent | SlowDown | Blocked | Refused | Unknown
