"""What travels: an `Inbound` from a citizen, a `Reply` to one. Both are plain data, so they can be stored, replayed, compared."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: an account of ours on a channel ("web", "telegram:main") and that channel's own id for the person."""

    channel: str
    id: str


class Kind(StrEnum):
    """What kind of thing a citizen sent. Whatever is neither text nor a tap gets a friendly word, never silence."""

    TEXT = "text"
    TAP = "tap"
    PHOTO = "photo"
    VOICE = "voice"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    FILE = "file"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Button:
    """One tap on offer. `value` says what it means to us (see `parse_value`), `label` what the citizen reads."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A tapped button: its value, and the turn whose message carried it. A tap of an earlier turn is old, never silently obeyed."""

    value: str
    turn: int

    @property
    def payload(self) -> str:
        """What a channel carries for this tap: at most 64 bytes of ASCII (Telegram's limit), e.g. `12:answer:valid`."""
        return f"{self.turn}:{self.value}"

    @classmethod
    def parse(cls, payload: str) -> "Tap | None":
        """The tap that a channel's payload names, or None where it is not one of ours."""
        turn, colon, value = payload.partition(":")
        if not colon or not turn.isdecimal() or not turn.isascii() or len(turn) > 9 or not value:
            return None
        return cls(value=value, turn=int(turn))


MAX_PAYLOAD_BYTES = 64
"""Telegram's limit for the data of one button; a value may use what the turn number leaves (`MAX_VALUE_BYTES`)."""
MAX_VALUE_BYTES = MAX_PAYLOAD_BYTES - len("999999999:")


class Verb(StrEnum):
    """The first word of a button's value: what tapping it does."""

    ANSWER = "answer"
    """answer:<guide>/<step>.<choice>: answers that step, and no other; `done` and `stuck` are the choices of a step that is carried out."""
    TOPIC = "topic"
    """topic:<id>: starts that topic's guide or says its answer."""
    ACT = "act"
    """act:<id>: does what that act does (go_back, menu, talk_to_human, ...)."""
    ASPECT = "aspect"
    """aspect:<topic>/<aspect>: answers that aspect of a topic."""
    PLACE = "place"
    """place:<id>: of several places of one name, this one was meant."""
    RATE = "rate"
    """rate:<case>/<score>: how the help of a person was."""
    REOPEN = "reopen"
    """reopen:<case>: what a person closed is not done."""
    TROUBLE = "trouble"
    """trouble:<name>: the citizen is stuck at this step in this known way."""


def parse_value(value: str) -> tuple[Verb, str] | None:
    """A button's value as its verb and object, or None where it is not well formed."""
    verb, colon, rest = value.partition(":")
    if not colon or not rest or verb not in Verb.__members__.values():
        return None
    return Verb(verb), rest


PICTURE = "image/jpeg"
VOICE = "audio/ogg"
"""The media types of what is kept, and no others: pictures are written anew as JPEG; a voice's bytes tell what it is when it is heard."""
MOST_BYTES = 5 * 1024 * 1024
"""Of one picture or voice message."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or a voice message: its bytes, or the name by which its channel fetches it. For a person's eyes, never the assistant's."""

    media_type: str
    data: bytes | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)
    own_id: str | None = None
    """The channel's id of this very piece, where several (an album) are one message to the assistant; to a person each is its own."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a citizen, painted anew for their channel: a JPEG, with its size in pixels, so that a page keeps room for it."""

    data: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page must know of a picture before it has it."""

    width: int
    height: int
    kept: bool = True
    """Its day is not over: it can still be fetched."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a citizen sent, as a channel read it: not yet masked, never stored in this form."""

    address: Address
    external_id: str
    """The channel's own id of the message; with the channel account it is the de-duplication."""
    kind: Kind
    text: str = ""
    tap: Tap | None = None
    sent_at: datetime | None = None
    """When they wrote it, as the channel tells; it may come to us much later."""
    name: str | None = None
    """The display name the channel told, if any."""
    edits: str | None = None
    """The channel's id of an earlier message that this one is written over: a correction."""
    attachment: Attachment | None = None
    """Kept only where a person speaks at the moment it is stored."""


class Edited(StrEnum):
    """What a message written over an earlier one corrects, once that one was answered."""

    LAST = "last"
    """What the citizen wrote last."""
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored citizen message that waits to be handled: masked, cleaned, de-duplicated."""

    id: int
    kind: Kind
    text: str
    tap: Tap | None
    received_at: datetime
    masked: tuple[str, ...] = ()
    """Kinds of private things that were masked in it ("id_number", "phone", "bank", "otp")."""
    cut: bool = False
    """Whether the text was longer than we read and its end was left out."""
    quick: bool = False
    """Whether it was to be answered at once, alone, instead of waiting for what the citizen types next."""
    edited: Edited | None = None
    """Whether it corrects a message that was answered already, and which."""
    kept: bool = False
    """Whether a picture or voice was kept with it, for the person who speaks."""
    code: str | None = None
    """The keyed hash of a code from another channel that the text told; the code itself is masked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a citizen, written but not yet sent: small Markdown, and the taps under it."""

    block: str
    """Which words these are, e.g. `eid_level_2.intro`: tests and statistics name it, so mending words breaks nothing."""
    text: str
    buttons: tuple[Button, ...] = ()
    critical: bool = False
    """First aid and handoff promises: sent again when it is unknown whether they arrived. Everything else is not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of a conversation as its history shows it again: the citizen's own (masked) or one that reached them."""

    id: int
    mine: bool
    """True for what the citizen wrote."""
    text: str
    """Small Markdown for ours; the plain masked text for the citizen's."""
    buttons: tuple[Button, ...] = ()
    turn: int = 0
    key: str | None = None
    """The citizen's own idempotency key, so that a page recognises what it sent itself."""
    tap: str | None = None
    """The payload of the button that the citizen tapped: a page finds the button again by it, and what it said."""
    kind: Kind = Kind.TEXT
    frame: Frame | None = None
    """Of a message that is a picture from a person who helps."""


class Refused(StrEnum):
    """Why an arrival was not taken in."""

    NO_CONSENT = "no consent"
    """The person took back what they had agreed to on our page, and has to agree anew."""
    TOO_MANY = "too many"
    """The person sends more than anybody types."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an arrival: stored under `id`, or already there (`new` is False: it came twice)."""

    id: int
    new: bool
    text: str
    """The text as it was stored: cleaned and masked."""
    answering: bool = True
    """Whether the assistant will answer it; not where a person speaks."""
    refused: Refused | None = None
    """Why nothing was stored; the `id` is then 0."""
