"""What can become of a message on its way out. A channel says what happened; the outbox decides what follows."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    picture: bytes | None = field(default=None, repr=False)
    """A JPEG that the text belongs to. Read just before the send: what waits to be sent holds none."""


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
    begun_at: datetime | None = None
    """When what it begins was written, a turn's answer or what a volunteer says; None for what stands further behind."""
    has_picture: bool = False
    heard_at: datetime | None = None
    """When the person last wrote, as far as was known when it was claimed: it is not sent before that, whatever a clock says."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a platform lets us say to somebody, counted from their last message to us."""

    reach: timedelta
    """After that nothing is taken any more, until they write."""
    free_for: timedelta
    free: int
    """So many messages in that time; each message of theirs begins it anew."""
    paid: bool = False
    """Whether more may be sent at the account's own cost."""
    kept: int = 2
    """So many of the free ones are kept for people's words: the assistant stops before; first aid and promises may have half of them."""
    remind_within: timedelta = timedelta(hours=44)
    """What the assistant comes back to by itself goes out within that time, or not at all."""

    def why_not(self, since: timedelta | None, spent: int, author: str, critical: bool) -> str | None:
        """Why a message may not be sent that long after the last word, after so many; None where it may."""
        if since is None or since > self.reach:
            return f"the person has not written within {_said(self.reach)}"
        if self.paid:
            return None
        if since > self.free_for:
            return f"the person has not written within {_said(self.free_for)}, and paid messages are switched off"
        kept = 0 if author == "person" else self.kept // 2 if critical else self.kept
        if spent >= self.free - kept:
            reserved = f", {kept} kept for people" if kept else ""
            return f"{spent} of {self.free} messages are used since the person's last one{reserved}, and paid messages are switched off"
        return None


def _said(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours % 24 == 0 and hours > 48 else f"{hours:g} hours"


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived at the platform, which calls it `external_id` (None where the platform has no ids)."""

    external_id: str | None = None
    lacking: str | None = None
    """Why the picture did not go along with its words, where it had one."""


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
