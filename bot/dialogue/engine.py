"""The engine: walks a citizen through guides. Pure: it reads a state and says what follows; it knows no clock, database or network.

A `Walk` is one move in the making. The router decides what the citizen meant and calls one of its verbs; `done()` is the Move.
"""

from collections.abc import Mapping
from dataclasses import replace

from ..model.case import CaseReason
from ..model.dialogue import HandOver
from ..model.message import Button, Verb
from . import guide as language
from .guide import Ask, Call, Check, Do, End, Finish, GoTo, Leave, SayThen, Target, ToPerson, Topic, Trouble, Visit
from .standing import Standing
from .state import Correction, Frame
from .taps import MENU, PERSON, RESUME

MOST_SILENT = 100
"""Steps a walk may pass without waiting for an answer: more is a circle that no linter saw."""
MOST_GUIDES = 3
"""Guides on the stack by digression; one more replaces the oldest."""


class Walk(Standing):
    """The verbs: begin, answer, go back, stop, ..."""

    def begin(self, topic_id: str, called: bool = False) -> None:
        """Start a topic: a guide is walked, an answer is said (and the guide below, if any, asks again)."""
        topic = self.library.current(topic_id)
        self.state = replace(self.state, topic=topic_id, misunderstood=0)
        if not topic.is_guide:
            self._answer(topic)
            return
        below = self.state.stack if called else self.state.stack[-(MOST_GUIDES - 1) :]
        frame = Frame(topic.id, self.library.version(topic.id), topic.steps[0].name, called=called)
        self.state = replace(self.state, stack=(*below, frame))
        self.happened("started")
        self._run(0)

    def stop(self) -> None:
        """Pause everything; "tiếp tục" takes it up again."""
        if self.frame is None:
            self.say("common.nothing_running", (MENU,))
            return
        self.happened("stopped")
        bottom = self.library.at(self.state.stack[0].guide, self.state.stack[0].version)
        self.state = replace(self.state, paused=self.state.stack, stack=(), offered=())
        self.say("common.stopped", (RESUME, MENU), title=bottom.title)

    def resume(self) -> None:
        """Take up what was stopped."""
        if not self.state.paused:
            if self.step is None:
                self.say("common.nothing_running", (MENU,))
            self.ask_again()
            return
        self.state = replace(self.state, stack=self.state.paused, paused=())
        self.happened("resumed")
        self.ask_again()

    def answer(self, choice: str) -> None:
        """The current question has its answer."""
        step = self.step
        assert isinstance(step, Ask)
        self.happened("answered", choice)
        self._pass(step.name, {**self.answers, step.name: choice})
        self._follow(step.next.get(choice))

    def step_done(self) -> None:
        """The citizen carried the instruction out."""
        step = self.step
        assert step is not None
        self.happened("answered", "done")
        self._pass(step.name, dict(self.answers))
        self._follow(None)

    def trouble(self, trouble: Trouble) -> None:
        """A usual trouble has a remedy: say it, then the step again, or where the trouble leads."""
        self.happened("stuck", trouble.id)
        self.say_words(trouble.block)
        if trouble.then is None:
            self.ask()
        else:
            self._follow(trouble.then)

    def back(self) -> None:
        """To the question before, with what was answered since forgotten; through the guide that called this one if need be."""
        while self.frame is not None and not self.frame.trail and self.frame.called:
            self.state = replace(self.state, stack=self.state.stack[:-1])
        if self.frame is None or not self.frame.trail:
            self.say("common.nothing_to_go_back")
            self.ask()
            return
        self._rewind(self.frame.trail[-1])
        self.happened("back")
        self.ask()

    def correct(self, correction: Correction) -> None:
        """Give an earlier question another answer; what came after it is asked anew."""
        self._rewind(correction.step)
        self.happened("corrected", correction.choice)
        self.say("common.corrected")
        self.answer(correction.choice)

    def to_person(self, reason: CaseReason, urgent: bool = False, topic: str | None = None) -> None:
        """Ask for a case; where the citizen stands goes with it."""
        topic = topic or (self.frame.guide if self.frame else self.state.topic)
        self.hand_over = HandOver(reason, topic, self.frame.step if self.frame else None, urgent)
        self.happened("handed_over", reason)

    def _run(self, place: int) -> None:
        """From that place of the current guide until something waits or it ends."""
        for _ in range(MOST_SILENT):
            steps = self.topic.steps
            if place >= len(steps):
                return self._run_out()
            step = steps[place]
            self.state = self.state.on_top(step=step.name, failures=0)
            match step:
                case language.Say(name):
                    self.say_words(name)
                    place += 1
                case Ask() | Do():
                    self.happened("moved")
                    return self.ask()
                case Check():
                    target = _holds(step, self.answers)
                    if not isinstance(target, GoTo | None):
                        return self._follow(target)
                    place = place + 1 if target is None else self._place(target.step)
                case Call():
                    return self.begin(step.topic, called=True)
                case language.HandOver(name):
                    self.say_words(name)
                    return self._leave_to_person()
                case End(name):
                    self.say_words(name)
                    return self._end()
        raise RecursionError(f"{self.topic.id}: the steps go in a circle without waiting for anybody")

    def _follow(self, target: Target | None) -> None:
        """Where an answer leads; without a target, to the next step."""
        assert self.frame is not None
        match target:
            case None:
                self._run(self._place(self.frame.step) + 1)
            case GoTo(step):
                self._run(self._place(step))
            case Leave(topic):
                called = self.frame.called
                self.state = replace(self.state, stack=self.state.stack[:-1])
                self.begin(topic, called)
            case Visit(topic):
                self._visit(topic)
            case SayThen(block, then):
                self.say_words(block)
                self._follow(then)
            case ToPerson():
                self._leave_to_person()
            case Finish():
                self._end()

    def _visit(self, topic: str) -> None:
        """Another topic, then on with the next step. An answer is said at once; a guide is walked first."""
        if self.library.current(topic).is_guide:
            self.begin(topic, called=True)
        else:
            self.say_answer(self.library.current(topic), ())
            self._follow(None)

    def _run_out(self) -> None:
        """No step is left: a guide that was called is just done, any other says so."""
        if self.frame is not None and not self.frame.called:
            self.say("common.finished", title=self.topic.title)
        self._end()

    def _end(self) -> None:
        """The guide is over: the one that called it goes on, the one it interrupted asks again."""
        assert self.frame is not None
        self.happened("ended")
        called = self.frame.called
        self.state = replace(self.state, stack=self.state.stack[:-1])
        if self.frame is None:
            self.state = replace(self.state, offered=())
        elif called:
            self._follow(None)
        else:
            self.happened("returned")
            self.ask_again()

    def _leave_to_person(self) -> None:
        """A person is needed to go on: the guide rests where it last waited."""
        assert self.frame is not None
        if self.step is None and self.frame.trail:
            self._rewind(self.frame.trail[-1])
        self.to_person(CaseReason.STUCK)
        self.say("desk.handed_over", critical=True)

    def _answer(self, topic: Topic) -> None:
        """Say an answer and what may follow; a guide that was interrupted asks again."""
        inside = self.step is not None
        self.happened("digressed" if inside else "told", topic.id)
        offers = () if inside else tuple(Button(self.library.title(other), f"{Verb.TOPIC}:{other}") for other in topic.offer)
        self.say_answer(topic, (*offers, *((PERSON,) if topic.offer_person else ())))
        self.ask_again()

    def _pass(self, step: str, answers: Mapping[str, str]) -> None:
        assert self.frame is not None
        self.state = self.state.on_top(answers=answers, trail=(*self.frame.trail, step), failures=0)

    def _rewind(self, step: str) -> None:
        """Stand at an earlier step again, as if it and all that followed had not been answered."""
        assert self.frame is not None
        trail = self.frame.trail
        place = len(trail) - 1 - trail[::-1].index(step)
        kept = set(trail[:place])
        answers = {name: choice for name, choice in self.answers.items() if name in kept}
        self.state = self.state.on_top(step=step, trail=trail[:place], answers=answers, failures=0)

    def _place(self, step: str) -> int:
        place = self.topic.position(step)
        assert place is not None, f"{self.topic.id} has no step {step}"
        return place


def _holds(step: Check, answers: Mapping[str, str]) -> Target | None:
    for condition, target in step.when:
        if all(answers.get(asked) == choice for asked, choice in condition.items()):
            return target
    return step.otherwise
