"""Where a citizen stands while a move is made, and what has been said so far: the ground that the engine walks on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ..model.dialogue import Bring, Event, HandOver, Later, Move, Rating, Say
from ..model.message import Button
from ..model.moving import Arrival
from ..model.privacy import RequestKind
from .guide import Ask, Do, Topic
from .paths import ahead
from .state import Frame, State, strands
from .taps import buttons_of
from .versions import Library

SURE_OF_LENGTH = 2
"""By how many steps ways through a guide may differ for its length still to be told."""


class Standing:
    def __init__(self, library: Library, state: State, today: date, waiting_for_person: bool = False) -> None:
        """`today`: what conditions and days are reckoned by. `waiting_for_person`: a case is open already."""
        self.library = library
        self.today = today
        self.waiting_for_person = waiting_for_person
        self.moved: list[str] = []
        """The titles of guides that were changed under the citizen, and whose old version is withdrawn."""
        self.state = replace(state, stack=self._written(state.stack), paused=self._written(state.paused))
        self.says: list[Say] = []
        self.events: list[Event] = []
        self.hand_over: HandOver | None = None
        self.forget = False
        self.asks: list[RequestKind] = []
        self.later: list[Later] = []
        self.rating: Rating | None = None
        self.arrival: Arrival | None = None
        """What a code that was told stands for, where one was."""
        self.leaves = False
        self.bring: Bring | None = None
        self.rest()

    # --- where we stand

    @property
    def frame(self) -> Frame | None:
        return self.state.frame

    @property
    def topic(self) -> Topic:
        """The topic of the current guide, in the version that the citizen began."""
        assert self.frame is not None
        return self._topic_of(self.frame)

    @property
    def step(self) -> Ask | Do | None:
        """The step that waits for the citizen."""
        if self.frame is None:
            return None
        place = self.topic.position(self.frame.step)
        step = None if place is None else self.topic.steps[place]
        return step if isinstance(step, Ask | Do) else None

    @property
    def progress(self) -> str | None:
        """ "2/5": the citizen's how-manieth step this is, of how many; only "2" while too much depends on what they will answer."""
        if self.frame is None or self.step is None:
            return None
        passed = len(set(self.frame.trail))
        fewest, most = ahead(self.topic, self.step.name)
        return f"{passed + 1}/{passed + most}" if most - fewest <= SURE_OF_LENGTH else str(passed + 1)

    @property
    def answers(self) -> Mapping[str, str]:
        """What was answered in the current guide: step -> choice."""
        return self.frame.answers if self.frame else {}

    @property
    def has_asked(self) -> bool:
        """Whether this move says the step that now waits."""
        step = self.step
        return step is not None and any(say.block == f"{self.topic.id}.{step.name}" for say in self.says)

    @property
    def paused_title(self) -> str:
        """What "tiếp tục" would take up again."""
        return self._topic_of(strands(self.state.paused)[-1][0]).title

    def stand(self, state: State) -> None:
        """Stand where another conversation stood."""
        self.state = replace(state, stack=self._written(state.stack), paused=self._written(state.paused))
        self.rest()

    def rest(self) -> None:
        """Stand where the citizen was asked last, their answers kept; a guide that never asked them anything is left."""
        while self.frame is not None and self.step is None:
            *before, last = self.frame.trail or ("",)
            if last:
                self.state = self.state.on_top(step=last, trail=tuple(before))
            else:
                self.happened("left")
                self.state = replace(self.state, stack=self.state.stack[:-1])

    def done(self) -> Move:
        standing = self.step
        return Move(
            state=self.state.to_dict(),
            says=tuple(self.says),
            hand_over=self.hand_over,
            events=tuple(self.events),
            forget=self.forget,
            asks=tuple(self.asks),
            later=tuple(self.later),
            rating=self.rating,
            leaves=self.leaves,
            bring=self.bring,
            remind=standing.remind if standing else None,
            flow=self.frame.guide if self.frame else None,
            step=standing.name if standing else None,
        )

    # --- saying

    def worded(self, block: str, **values: Any) -> Say:
        """Words without taps, to stand where the caller puts them."""
        return Say(block, values)

    def say(self, block: str, buttons: tuple[Button, ...] = (), critical: bool = False, **values: Any) -> None:
        self.says.append(Say(block, values, buttons, critical))
        if buttons:
            self.show(buttons)

    def show(self, buttons: tuple[Button, ...]) -> None:
        """These buttons are the ones on show now, and what the ones before asked about is over."""
        self.state = replace(self.state, offered=buttons, aside=(), correction=None, arriving=None)

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
            buttons = buttons_of(self.topic.id, step)
            self.say_words(step.name, buttons, progress=self.progress)
            self.show(buttons)

    def ask_again(self) -> None:
        """After something else was said: come back to the step, and say so."""
        if self.step is not None:
            self.say("common.back_to_step", title=self.topic.title)
            self.ask()

    def say_aside(self, block: str, buttons: tuple[Button, ...]) -> None:
        """Inside a guide the step comes back, with its own taps; outside, the taps lead on."""
        self.say(block, () if self.step is not None else buttons)
        self.ask_again()

    def happened(self, kind: str, detail: str | None = None) -> None:
        frame = self.frame
        self.events.append(Event(kind, frame.guide if frame else None, frame.step if frame else None, detail))

    # --- guides change while people stand in them

    def _topic_of(self, frame: Frame) -> Topic:
        return self.library.at(frame.guide, frame.version)

    def _written(self, frames: Iterable[Frame]) -> tuple[Frame, ...]:
        """Without the guides and steps that are written no more; what was called by a guide that is gone runs by itself."""
        kept: list[Frame] = []
        has_caller = False
        for frame in frames:
            found = self._still(frame)
            if found is not None:
                kept.append(replace(found, called=found.called and has_caller))
            has_caller = found is not None
        return tuple(kept)

    def _still(self, frame: Frame) -> Frame | None:
        """The frame on steps that there are: where its own is gone, the one before that."""
        if not self.library.knows(frame.guide, frame.version):
            if not self.library.has(frame.guide):
                return None
            self.moved.append(self.library.title(frame.guide))
            frame = replace(frame, version=self.library.version(frame.guide))
        steps = {step.name: step for step in self._topic_of(frame).steps}
        trail = tuple(name for name in frame.trail if isinstance(steps.get(name), Ask | Do))
        if frame.step in steps:
            return replace(frame, trail=trail)
        return replace(frame, step=trail[-1], trail=trail[:-1]) if trail else None
