"""Where a citizen stands in the conversation, as plain data: saved after every turn, loaded before the next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from ..model.message import Button
from ..model.speaker import Speaker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Frame:
    """One running guide."""

    guide: str
    version: str
    step: str
    answers: Mapping[str, str] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    """The waiting steps passed, oldest first: what "quay lại" goes back along."""
    failures: int = 0
    """How often an answer to the current step was not understood."""
    called: bool = False
    """Run by the guide below, which goes on after it; else a digression, after which the guide below asks again."""
    given: Mapping[str, str] = field(default_factory=dict)
    """What the guide that called this one knew of its questions: they are not asked."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier answer that the citizen seems to want changed; asked before it is done."""

    step: str
    choice: str


@dataclass(frozen=True, slots=True)
class Arriving:
    """What was asked to be brought here from another channel."""

    code: str
    """The keyed hash of the code that was told."""
    guide: str
    """What it was about when it was asked."""


@dataclass(frozen=True, slots=True)
class State:
    stack: tuple[Frame, ...] = ()
    """Running guides, the current one last."""
    paused: tuple[Frame, ...] = ()
    """What was stopped last, for "tiếp tục"."""
    offered: tuple[Button, ...] = ()
    """The buttons on show: a number means one of these."""
    correction: Correction | None = None
    """What the buttons on show ask about, where they ask whether to correct an answer."""
    misunderstood: int = 0
    """How often in a row nothing was understood outside a guide."""
    away: int = 0
    """How often in a row the model was away and nothing else helped."""
    topic: str | None = None
    """The topic last spoken of: what a bare "mất bao lâu" is about."""
    aspect: str | None = None
    """The aspect of it that was told last: what "căn cứ vào đâu" is about."""
    later: str | None = None
    """What else the citizen asked, as a tap's value: offered once nothing waits."""
    awaits_phone: bool = False
    """The citizen was asked for the number to call them back at: the door keeps it with the case, masked here as always."""
    aid: str | None = None
    """The first aid that was given, while nobody has answered: "scam_victim"."""
    place: str | None = None
    """The place that the citizen named, or whose link or poster they came by ("xa_dong_van"); a hint for who helps, no address."""
    speaker: Speaker = field(default_factory=Speaker)
    """How the citizen is addressed, and whom they are helping."""
    arriving: Arriving | None = None
    """What the buttons on show ask about, where they ask whether to bring a guide here."""
    aside: tuple[Button, ...] = ()
    """Buttons that the desk showed above those on offer: only their labels name them."""

    @property
    def frame(self) -> Frame | None:
        return self.stack[-1] if self.stack else None

    def on_top(self, **changes: Any) -> "State":
        """The same with the current frame changed."""
        return replace(self, stack=(*self.stack[:-1], replace(self.stack[-1], **changes)))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; what is empty is left out."""
        values = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: _plain(value) for name, value in values if value not in ((), None, 0, Speaker())}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "State":
        """Reads what any version of this program saved; what it does not know, it leaves."""
        return cls(
            stack=_known(lambda: tuple(map(_frame, kept["stack"])), ()),
            paused=_known(lambda: tuple(map(_frame, kept["paused"])), ()),
            offered=_known(lambda: tuple(map(_button, kept["offered"])), ()),
            aside=_known(lambda: tuple(map(_button, kept["aside"])), ()),
            correction=_known(lambda: Correction(str(kept["correction"]["step"]), str(kept["correction"]["choice"])), None),
            misunderstood=_known(lambda: int(kept["misunderstood"]), 0),
            away=_known(lambda: int(kept["away"]), 0),
            topic=_text(kept.get("topic")),
            aspect=_text(kept.get("aspect")),
            later=_text(kept.get("later")),
            awaits_phone=_known(lambda: bool(kept["awaits_phone"]), False),
            aid=_text(kept.get("aid")),
            place=_text(kept.get("place")),
            speaker=_known(lambda: _speaker(kept["speaker"]), Speaker()),
            arriving=_known(lambda: Arriving(str(kept["arriving"]["code"]), str(kept["arriving"]["guide"])), None),
        )


Strand = tuple[Frame, ...]
"""A guide that the citizen began, and the guides it called."""


def _plain(value: Any) -> Any:
    """As `dataclasses.asdict` makes it, which copies to any depth and takes longer than all else that a turn does with its state."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return dict(value) if isinstance(value, Mapping) else value


def strands(stack: Iterable[Frame]) -> tuple[Strand, ...]:
    """A stack cut at its digressions, oldest first."""
    cut: list[Strand] = []
    for frame in stack:
        if frame.called and cut:
            cut[-1] = (*cut[-1], frame)
        else:
            cut.append((frame,))
    return tuple(cut)


def joined(cut: Iterable[Strand]) -> tuple[Frame, ...]:
    """Strands as one stack again."""
    return tuple(frame for strand in cut for frame in strand)


def _frame(kept: Mapping[str, Any]) -> Frame:
    return Frame(
        guide=str(kept["guide"]),
        version=str(kept["version"]),
        step=str(kept["step"]),
        answers={str(step): str(choice) for step, choice in kept.get("answers", {}).items()},
        trail=tuple(map(str, kept.get("trail", ()))),
        failures=int(kept.get("failures", 0)),
        given={str(step): str(choice) for step, choice in kept.get("given", {}).items()},
        called=bool(kept.get("called", False)),
    )


def _button(kept: Mapping[str, Any]) -> Button:
    return Button(str(kept["label"]), str(kept["value"]))


def _speaker(kept: Mapping[str, Any]) -> Speaker:
    return Speaker(_text(kept.get("you")), bool(kept.get("told", False)), _text(kept.get("helps")))


def _text(kept: Any) -> str | None:
    return kept if isinstance(kept, str) else None


def _known(read: Callable[[], T], otherwise: T) -> T:
    """What was saved; `otherwise` where there is nothing, or something of a shape that this program does not know."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError):
        return otherwise
