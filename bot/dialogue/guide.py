"""The language of guides, on one page: what a file under flows/ becomes once it is read. Routing only; words live in content/.

A topic is either an answer (blocks said at once, then what is offered) or a guide (steps). A step is its verb and its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: its id, what the tap reads, and other ways to say it (all also folded)."""

    id: str
    label: str
    folded: str
    words: tuple[str, ...] = ()


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


Target = GoTo | Leave | Visit | SayThen | ToPerson | Finish


@dataclass(frozen=True, slots=True)
class Say:
    """Says a block and goes on."""

    name: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks and waits. A choice without a target goes on with the next step."""

    name: str
    choices: tuple[Choice, ...]
    next: Mapping[str, Target] = field(default_factory=dict)
    yes_no: bool = False


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


@dataclass(frozen=True, slots=True)
class Check:
    """Branches, silently, on what was answered: the first condition that holds, else `otherwise`, else the next step."""

    name: str
    when: tuple[tuple[Mapping[str, str], Target], ...]
    otherwise: Target | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Runs another guide, then comes back here and goes on."""

    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Says a block and opens a case."""

    name: str


@dataclass(frozen=True, slots=True)
class End:
    """Says a block; the guide is over."""

    name: str


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
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """Where in the file each step stands, by its name, and each entry of the file, by its key and a colon: what faults point at."""

    @property
    def is_guide(self) -> bool:
        return bool(self.steps)

    def position(self, name: str) -> int | None:
        """The place of the step with that name, or None."""
        return next((i for i, step in enumerate(self.steps) if step.name == name), None)
