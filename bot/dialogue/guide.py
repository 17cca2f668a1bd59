"""The language of guides, on one page: what a file under flows/ becomes once it is read. Routing only; words live in content/.

A topic is either an answer (blocks said at once, then what is offered) or a guide (steps). A step is its verb and its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

ANY = "*"
"""Where every answer of a question that has no choices leads, as a key of `Ask.next`."""
AGAIN = "again"
"""The block that tells an urgent answer again, in short."""
MOST_LETTERS = 300
"""Of an answer in the citizen's own words."""


class Question(StrEnum):
    """What kind of answer a question takes."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    """A whole number within the question's bounds."""
    DATE = "date"
    """A day of the calendar; kept as 2026-11-23."""
    PLACE = "place"
    """A commune of today; kept as the place's id."""
    TEXT = "text"
    """The citizen's own words, masked."""

    @property
    def has_choices(self) -> bool:
        return self in (Question.CHOICE, Question.YES_NO)


class Era(StrEnum):
    """Which side of today a day must lie on; today is on either."""

    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: its id, what the tap reads, and other ways to say it (all also folded)."""

    id: str
    label: str
    folded: str
    words: tuple[str, ...] = ()
    least: int | None = None
    """With `most`: the numbers that mean this choice, in the question's unit: «tôi 72 tuổi» is «Từ 14 tuổi trở lên»."""
    most: int | None = None


@dataclass(frozen=True, slots=True)
class GoTo:
    """On to a step of the same guide."""

    step: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave this guide for another topic."""

    topic: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Run another guide, then come back and go on with the next step."""

    topic: str


@dataclass(frozen=True, slots=True)
class SayThen:
    """Say one block, then go on."""

    block: str
    then: "Target"


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Open a case."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The guide is over."""


@dataclass(frozen=True, slots=True)
class OnNext:
    """On with the next step in the list."""


Target = GoTo | Leave | Visit | SayThen | ToPerson | Finish | OnNext


@dataclass(frozen=True, slots=True)
class Say:
    """Says a block and goes on."""

    name: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks and waits. An answer without a target goes on with the next step."""

    name: str
    choices: tuple[Choice, ...] = ()
    """Empty for a question that is answered in words."""
    next: Mapping[str, Target] = field(default_factory=dict)
    """Where each choice leads; where any answer leads (`ANY`), if there are no choices."""
    kind: Question = Question.CHOICE
    unit: str | None = None
    """What a number counts: "tuổi"."""
    least: int | None = None
    most: int | None = None
    era: Era | None = None
    once: bool = False
    """A place that is known already is not asked for again."""
    skip: Target | None = None
    """Where "bỏ qua" leads; None: the question must be answered."""
    remind: int | None = None
    """Days of silence before the one reminder, where it is not the usual one."""

    @property
    def yes_no(self) -> bool:
        return self.kind is Question.YES_NO


@dataclass(frozen=True, slots=True)
class Trouble:
    """A usual way to be stuck at a `do` step: says its remedy, then repeats the step, or goes where `then` says."""

    id: str
    label: str
    folded: str
    block: str
    words: tuple[str, ...] = ()
    then: Target | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """An instruction the citizen carries out; waits for done or stuck."""

    name: str
    stuck: tuple[Trouble, ...] = ()
    skip: Target | None = None
    """Where "bỏ qua" leads; None: it must be done."""
    remind: int | None = None
    """Days of silence before the one reminder, where it is not the usual one: what is waited for takes that long."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something about one answer: `card: valid`, `age: "< 14"`, `went: "> 7 ngày"`, `until: past`, `commune: unanswered`."""

    asked: str
    """The question; or `helping`, which is "yes" while the citizen does it for somebody else."""
    sign: str
    """`is`, `<`, `<=`, `>`, `>=`, or one of conditions.WORDS."""
    value: str = ""
    """The choice, or the number to compare with."""
    days: int | None = None
    """The number counts so many days each, gone since the day that was answered; None: it is compared as it is."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Holds where all its conditions do, and the value of `fact`, if one is named, may be said today."""

    conditions: tuple[Condition, ...]
    then: Target
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Branches, silently, on what was answered and on facts: the first branch that holds, else `otherwise`, else the next step."""

    name: str
    when: tuple[Branch, ...]
    otherwise: Target | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Runs another guide, then comes back here and goes on."""

    name: str
    topic: str
    given: Mapping[str, str] = field(default_factory=dict)
    """What is known already of that guide's questions, and not asked there: question -> choice."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Says a block and opens a case."""

    name: str


@dataclass(frozen=True, slots=True)
class End:
    """Says a block; the guide is over."""

    name: str
    follow_up: int | None = None
    """After so many days the citizen is asked, once, whether it worked out."""
    offer: tuple[str, ...] = ()
    """Topics that its words name to go on with."""


Step = Say | Ask | Do | Check | Call | HandOver | End


@dataclass(frozen=True, slots=True)
class Topic:
    """One file under flows/: exactly one of `steps` (a guide) and `answer` (an answer) is filled."""

    id: str
    group: str
    title: str
    whom: str
    reviewed: date
    sources: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    answer: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    urgent: bool = False
    offer_person: bool = False
    aspects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    written: str = field(default="", compare=False, repr=False)
    """The file as it was read, in one spelling: what is published."""
    version: str = ""
    """A hash of the routing as it was written: the same steps are the same version, whatever their words."""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """Where in the file each step stands, by its name, and each entry of the file, by its key and a colon: what faults point at."""
    known_lengths: dict[str, tuple[int, int]] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What `paths.ahead` has found out so far: every turn asks it, and a topic does not change."""

    @property
    def is_guide(self) -> bool:
        return bool(self.steps)

    def position(self, name: str) -> int | None:
        """The place of the step with that name, or None."""
        return next((i for i, step in enumerate(self.steps) if step.name == name), None)
