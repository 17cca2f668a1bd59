"""The engine: walks a citizen through guides. Pure: it reads a state and says what follows; it knows no clock, database or network.

A `Walk` is one move in the making. The router decides what the citizen meant and calls one of its verbs; `done()` is the Move.
"""

from dataclasses import replace

from .guide import ANY, Ask, Question, Trouble, Visit
from .state import Correction, joined, strands
from .taps import MENU, RESUME
from .walking import MOST_GUIDES, Walking


class Walk(Walking):
    """The verbs: begin, answer, go back, stop, ..."""

    def answer(self, choice: str) -> None:
        """The current question has its answer: a choice, or what is kept of one in words."""
        step = self.step
        assert isinstance(step, Ask)
        self.happened("answered", choice if step.kind.has_choices else step.kind)
        self._pass(step.name, {**self.answers, step.name: choice})
        if step.kind is Question.PLACE:
            self.state = replace(self.state, place=choice)
        self._follow(step.next.get(choice if step.kind.has_choices else ANY))

    def skip(self) -> None:
        """Go on without an answer, where the step allows it."""
        step = self.step
        assert step is not None
        if step.skip is None:
            self.say("common.cannot_skip")
            self.ask()
            return
        self.happened("skipped")
        self._pass(step.name, {name: answer for name, answer in self.answers.items() if name != step.name})
        self._follow(step.skip)

    def step_done(self) -> None:
        """The citizen carried the instruction out."""
        step = self.step
        assert step is not None
        self.happened("answered", "done")
        self._pass(step.name, dict(self.answers))
        self._follow(None)

    def trouble(self, trouble: Trouble) -> None:
        """A usual trouble has a remedy: say it, then the step again, or where the trouble leads; after a visit elsewhere the step again."""
        step = self.step
        assert step is not None
        self.happened("stuck", trouble.id)
        self.say_words(trouble.block)
        if trouble.then is None:
            self.ask()
        elif isinstance(trouble.then, Visit):
            self.begin(trouble.then.topic)
        else:
            self._pass(step.name, dict(self.answers))
            self._follow(trouble.then)

    def back(self) -> None:
        """To the question before, with what was answered since forgotten; out of a guide that was called or begun aside if need be."""
        stack = self.state.stack
        while stack and not stack[-1].trail and stack[-1].called:
            stack = stack[:-1]
        if not stack:
            self.say("common.nothing_running", (MENU,))
        elif not stack[-1].trail and len(stack) > 1:
            self.state = replace(self.state, stack=stack[:-1])
            self.happened("back")
            self.ask_again()
        elif not stack[-1].trail:
            self.say("common.nothing_to_go_back")
            self.ask()
        else:
            self.state = replace(self.state, stack=stack)
            self._rewind(stack[-1].trail[-1])
            self.happened("back")
            self.ask()

    def correct(self, correction: Correction) -> None:
        """Give an earlier question another answer; what came after it is asked anew."""
        self.show(())
        self._rewind(correction.step)
        self.happened("corrected", correction.choice)
        self.say("common.corrected")
        self.answer(correction.choice)

    def stop(self) -> None:
        """Pause everything; "tiếp tục" takes it up again."""
        if self.frame is None:
            self.say("common.nothing_running", (MENU,))
            return
        self.happened("stopped")
        self.state = replace(self.state, paused=(*self.state.paused, *self.state.stack), stack=())
        self.say("common.stopped", (RESUME, MENU), title=self.paused_title)

    def resume(self) -> None:
        """Take up what was stopped last; what runs meanwhile waits below, and what there is no room for goes on waiting."""
        if self.state.paused:
            every = (*strands(self.state.stack), *strands(self.state.paused))
            self.state = replace(self.state, stack=joined(every[-MOST_GUIDES:]), paused=joined(every[:-MOST_GUIDES]))
            self.rest()
            self.happened("resumed")
        if self.step is None:
            self.say("common.nothing_running", (MENU,))
        self.ask_again()
