"""Where a citizen stands while a move is made, and what has been said so far: the ground that the engine walks on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..model.dialogue import Event, HandOver, Move, Say
from ..model.message import Button
from .guide import Ask, Do, Topic
from .state import Frame, State
from .taps import buttons_of
from .versions import Library


class Standing:
    def __init__(self, library: Library, state: State) -> None:
        self.library = library
        self.state = replace(state, correction=None, stack=self._known(state.stack), paused=self._known(state.paused))
        self.says: list[Say] = []
        self.events: list[Event] = []
        self.hand_over: HandOver | None = None

    # --- where we stand

    @property
    def frame(self) -> Frame | None:
        return self.state.frame

    @property
    def topic(self) -> Topic:
        """The topic of the current guide, in the version that the citizen began."""
        assert self.frame is not None
        return self.library.at(self.frame.guide, self.frame.version)

    @property
    def step(self) -> Ask | Do | None:
        """The step that waits for the citizen."""
        if self.frame is None:
            return None
        place = self.topic.position(self.frame.step)
        step = None if place is None else self.topic.steps[place]
        return step if isinstance(step, Ask | Do) else None

    @property
    def has_asked(self) -> bool:
        """Whether this move says the step that now waits."""
        step = self.step
        return step is not None and any(say.block == f"{self.topic.id}.{step.name}" for say in self.says)

    @property
    def paused_title(self) -> str:
        """What "tiếp tục" would take up again."""
        frame = self.state.paused[0]
        return self.library.at(frame.guide, frame.version).title

    def done(self) -> Move:
        standing = self.step
        return Move(
            state=self.state.to_dict(),
            says=tuple(self.says),
            hand_over=self.hand_over,
            events=tuple(self.events),
            flow=self.frame.guide if self.frame else None,
            step=standing.name if standing else None,
        )

    # --- saying

    def say(self, block: str, buttons: tuple[Button, ...] = (), critical: bool = False, **values: Any) -> None:
        self.says.append(Say(block, values, buttons, critical))
        if buttons:
            self.state = replace(self.state, offered=buttons)

    def say_words(self, name: str, buttons: tuple[Button, ...] = (), **values: Any) -> None:
        """A block of the current guide."""
        self.say(f"{self.topic.id}.{name}", buttons, title=self.topic.title, answers=dict(self.answers), **values)

    def say_answer(self, topic: Topic, buttons: tuple[Button, ...] = ()) -> None:
        """An answer's blocks, with what may follow under the last."""
        for place, block in enumerate(topic.answer, 1):
            last = place == len(topic.answer)
            self.say(f"{topic.id}.{block}", buttons if last else (), critical=topic.urgent, title=topic.title, answers={})

    def ask(self) -> None:
        """Say the current step, with its taps and its progress."""
        step = self.step
        if step is not None:
            self.say_words(step.name, buttons_of(self.topic.id, step), progress=self.topic.progress(step.name))

    def ask_again(self) -> None:
        """After something else was said: come back to the step, and say so."""
        if self.step is not None:
            self.say("common.back_to_step", title=self.topic.title)
            self.ask()

    def happened(self, kind: str, detail: str | None = None) -> None:
        frame = self.frame
        self.events.append(Event(kind, frame.guide if frame else None, frame.step if frame else None, detail))

    @property
    def answers(self) -> Mapping[str, str]:
        """What was answered in the current guide: step -> choice."""
        return self.frame.answers if self.frame else {}

    def _known(self, frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        """Without the guides and steps that are written no more: who stood there stands where they came from."""
        return tuple(
            frame
            for frame in frames
            if self.library.has(frame.guide) and self.library.at(frame.guide, frame.version).position(frame.step) is not None
        )
