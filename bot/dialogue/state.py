"""Where a citizen stands in the conversation, as plain data: saved after every turn, loaded before the next."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..model.message import Button


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


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier answer that the citizen seems to want changed; asked before it is done."""

    step: str
    choice: str


@dataclass(frozen=True, slots=True)
class State:
    stack: tuple[Frame, ...] = ()
    """Running guides, the current one last."""
    paused: tuple[Frame, ...] = ()
    """What was stopped last, for "tiếp tục"."""
    offered: tuple[Button, ...] = ()
    """The buttons on show."""
    correction: Correction | None = None
    misunderstood: int = 0
    """How often in a row nothing was understood outside a guide."""
    away: int = 0
    """How often in a row the model was away and nothing else helped."""
    topic: str | None = None
    """The topic last spoken of: what a bare "mất bao lâu" is about."""

    @property
    def frame(self) -> Frame | None:
        return self.stack[-1] if self.stack else None

    def on_top(self, **changes: Any) -> "State":
        """The same with the current frame changed."""
        return replace(self, stack=(*self.stack[:-1], replace(self.stack[-1], **changes)))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value not in ((), None, 0)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "State":
        """Reads what any version of this program saved; what it does not know, it leaves."""
        return cls(
            stack=tuple(_frame(frame) for frame in kept.get("stack", ())),
            paused=tuple(_frame(frame) for frame in kept.get("paused", ())),
            offered=tuple(Button(button["label"], button["value"]) for button in kept.get("offered", ())),
            correction=Correction(**kept["correction"]) if kept.get("correction") else None,
            misunderstood=kept.get("misunderstood", 0),
            away=kept.get("away", 0),
            topic=kept.get("topic"),
        )


def _frame(kept: Mapping[str, Any]) -> Frame:
    return Frame(
        guide=kept["guide"],
        version=kept["version"],
        step=kept["step"],
        answers=dict(kept.get("answers", {})),
        trail=tuple(kept.get("trail", ())),
        failures=kept.get("failures", 0),
        called=kept.get("called", False),
    )
