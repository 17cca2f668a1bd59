"""What a citizen's message says: exact signals found without the model (`Heard`), and the model's reading (`Meaning`)."""

from dataclasses import dataclass, field, replace
from datetime import date

from .message import Edited, Kind, Tap
from .place import Place
from .speaker import Introduces


@dataclass(frozen=True, slots=True)
class Reading:
    """One intent (a topic or an act of the catalogue) and how sure the model is of it, 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the model, or the keyword list in its absence, makes of a text."""

    ranking: tuple[Reading, ...]
    """Best first; never empty unless nothing could be read."""
    aspect: str | None = None
    """Which of fee, time, documents, where, who, online is asked about the topic, if any."""
    by: str = "model"
    """"model", or "keywords" while the model is away, or "none" where neither could say anything."""
    parts: tuple["Meaning", ...] = ()
    """Where the message asks more than one thing: what each of its questions means by itself."""
    away: str | None = None
    """Why the model was not asked or did not answer ("down", "timeout", "breaker open"), for the case's note."""

    @property
    def top(self) -> Reading | None:
        return self.ranking[0] if self.ranking else None


@dataclass(frozen=True, slots=True)
class Link:
    """What a link or a poster's code that opened the conversation asks for: a topic, and the place where it hung ("xa_dong_van")."""

    topic: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """The one number that a text names, and what it counts, if that was said: "8 tuổi", "ba lần"."""

    value: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SaidDay:
    """The day that a text names."""

    day: date | None
    """None: no calendar has that day."""
    said: str
    """As it was said, in figures: "30/2"."""
    exact: bool = True
    """Its year was said, or reckoned; else it is the nearest to today."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is explained where it is asked for; the words are `terms.<id>`."""

    id: str
    topic: str | None = None
    """What says more about it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing to answer: a tap, or a text with all that exact lists can say of it, and the model's meaning if it was asked."""

    kind: Kind
    text: str = ""
    """As typed, masked."""
    folded: str = ""
    """Lower case, without diacritics and punctuation, single spaces: what labels are compared with."""
    spelt_out: str = ""
    """The same with shorthand written out: «ko dc» is "khong duoc"."""
    tap: Tap | None = None
    number: int | None = None
    """The text is nothing but a number: "2", "số 2", "hai", "cái thứ 2"."""
    figure: Figure | None = None
    """The number that stands in the text, where there is just one."""
    day: SaidDay | None = None
    """The day that is named in the text."""
    yes: bool | None = None
    """The text is nothing but a yes (True) or a no (False), by exact lists."""
    act: str | None = None
    """The text is nothing but a command of the exact lists ("quay lại", "menu", "gặp người"): the act's id.

    Besides the catalogue's acts: `skip`, `wait`, `why`, `sources`, `resume`, `forget_me`, `my_data`, `my_copy`, `correct_data`,
    `withdraw`, `start`, `back_to_bot`, `call_back`, `no_call`, `move` (on another channel; `move_zalo`, `move_telegram`, `move_web`)."""
    urgent: str | None = None
    """Urgent words were found, before and without the model: the topic to go to at once ("scam_victim")."""
    besides: str | None = None
    """What the urgent text asks for besides: "birth_registration"."""
    calm: str | None = None
    """What words of an alarm mean where they are none: a fraud that is only feared, somebody who has died."""
    places: tuple[Place, ...] = ()
    """The place that is named; several where its name leaves open which."""
    places_if_asked: tuple[Place, ...] = ()
    """The same, were a place asked for: then a name counts though it be an everyday word."""
    only_place: bool = False
    """The text says nothing but that."""
    term: Term | None = None
    """The text asks what that word means, and nothing else."""
    asks_word: bool = False
    """The text asks what something means, be it explained or not, and nothing else: «là cái gì», «nút hộp là gì»."""
    at_step: str | None = None
    """What the text means while a step waits, and then alone: `wait` («mai cháu về mới làm được»), `step_stuck` («không biết làm»)."""
    asks_of_place: bool = False
    """The text asks what that place is today, and nothing else."""
    introduces: Introduces = field(default_factory=Introduces)
    """What the text shows of its writer."""
    remind: date | None = None
    """The text asks to be reminded on that day."""
    meaning: Meaning | None = None
    offers_secret: bool = False
    """The text offers to send a code, a password or a picture of a card here."""
    masked: tuple[str, ...] = ()
    cut: bool = False
    edited: Edited | None = None
    """The message corrects one that was answered already."""
    link: Link | None = None
    """With the act `start`: what the link that was followed asks for."""
    code: str | None = None
    """The text tells a code from another channel: its keyed hash."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The text as it is compared: as typed, and written out."""
        return (self.folded,) if self.spelt_out in ("", self.folded) else (self.folded, self.spelt_out)

    def understood(self, meaning: Meaning) -> "Heard":
        return replace(self, meaning=meaning)
