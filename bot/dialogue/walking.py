"""From step to step: begins guides, passes what is silent until somebody must answer, ends guides and comes back to those below."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ..model.case import CaseReason
from ..model.dialogue import HandOver, Later
from ..model.errors import Fault, WrittenError
from ..model.message import Button, Verb
from . import guide as language
from .conditions import holds
from .guide import Ask, Call, Check, Do, End, Finish, GoTo, Leave, OnNext, Question, SayThen, Target, ToPerson, Topic, Visit
from .standing import Standing
from .state import Frame, joined, strands
from .taps import MENU, PERSON

MOST_SILENT = 100
"""Steps a move may pass without waiting for an answer: more is a circle that no linter saw."""
CHEATED = "scam_victim"
MOST_GUIDES = 3
"""Guides on the stack by digression; one more replaces the oldest. The guides they call do not count."""


class Walking(Standing):
    passed = 0
    """Steps passed in this move."""

    def begin(self, topic_id: str) -> None:
        """Start a topic: an answer is said, a guide is walked; one that is running already is come back to."""
        topic = self.library.current(topic_id)
        self.state = replace(self.state, topic=topic_id, aspect=None, misunderstood=0)
        if topic.urgent:
            self.first_aid(topic_id)
        elif not topic.is_guide:
            self._answer(topic)
        elif not self._come_back_to(topic_id):
            if self.step is not None:
                self.happened("digressed", topic_id)
            anew = tuple(strand for strand in strands(self.state.paused) if strand[0].guide != topic_id)
            self.state = replace(self.state, paused=joined(anew))
            self._make_room()
            self._start(topic, called=False)

    def _make_room(self) -> None:
        """For one more guide: the oldest waits for «tiếp tục», and the citizen is told so."""
        running = strands(self.state.stack)
        aside, kept = running[: -(MOST_GUIDES - 1)], running[-(MOST_GUIDES - 1) :]
        if aside:
            self.say("common.let_go", title=self.library.at(aside[-1][0].guide, aside[-1][0].version).title)
            self.state = replace(self.state, stack=joined(kept), paused=joined((*strands(self.state.paused), *aside)))

    def first_aid(self, topic_id: str) -> None:
        """An urgent answer and, whichever way one came to it, a person at once."""
        self.happened("urgent", topic_id)
        self.say_answer(self.library.current(topic_id))
        self.to_person(CaseReason.URGENT, urgent=True, topic=topic_id)
        self.say("desk.urgent_noted", critical=True, cheated=topic_id == CHEATED)
        self.state = replace(self.state, topic=topic_id, aspect=None, aid=topic_id)

    def to_person(self, reason: CaseReason, urgent: bool = False, topic: str | None = None, reopens: int | None = None) -> None:
        """Ask for a case, or for that one again; where the citizen stands goes with it."""
        topic = topic or (self.frame.guide if self.frame else self.state.topic)
        self.hand_over = HandOver(reason, topic, self.frame.step if self.frame else None, urgent, reopens)
        self.happened("handed_over", reason)

    # --- within a guide

    def _run(self, place: int) -> None:
        """From that place of the current guide until something waits or it ends."""
        while True:
            self.passed += 1
            if self.passed > MOST_SILENT:
                raise _circle(self.topic)
            if place >= len(self.topic.steps):
                return self._run_out()
            step = self.topic.steps[place]
            self.state = self.state.on_top(step=step.name, failures=0)
            match step:
                case language.Say(name):
                    self.say_words(name)
                    place += 1
                case Ask() if (known := self._known(step)) is not None:
                    self.state = self.state.on_top(answers={**self.answers, step.name: known})
                    target = step.next.get(known if step.kind.has_choices else language.ANY)
                    if not isinstance(target, GoTo | None):
                        return self._follow(target)
                    place = place + 1 if target is None else self._place(target.step)
                case Ask() | Do():
                    self.happened("moved")
                    return self.ask()
                case Check():
                    target = self._branch(step)
                    if not isinstance(target, GoTo | None):
                        return self._follow(target)
                    place = place + 1 if target is None else self._place(target.step)
                case Call():
                    return self._visit(step.topic, step.given)
                case language.HandOver(name):
                    self.say_words(name)
                    return self._leave_to_person()
                case End(name, days, offer):
                    self._last_words(name, offer)
                    if days is not None:
                        self.later.append(Later(self.topic.id, self.today + timedelta(days=days)))
                    return self._end()

    def _branch(self, step: Check) -> Target | None:
        """Where a check leads now."""
        helping = self.state.speaker.helps is not None
        fits = (branch.then for branch in step.when if holds(branch, self.answers, helping, self.today, self.library.may_be_said))
        return next(fits, step.otherwise)

    def _known(self, step: Ask) -> str | None:
        """The answer to a question that need not be asked: the guide's caller gave it, or it is the citizen's commune, which they named."""
        if self.frame is not None and step.name in self.frame.given:
            return self.frame.given[step.name]
        commune = self.library.places.commune(self.state.place) if step.once and step.kind is Question.PLACE else None
        return None if commune is None else commune.id

    def _follow(self, target: Target | None) -> None:
        """Where an answer leads; without a target, to the next step."""
        assert self.frame is not None
        match target:
            case None | OnNext():
                self._run(self._place(self.frame.step) + 1)
            case GoTo(step):
                self._run(self._place(step))
            case Leave(topic):
                self._leave_for(topic)
            case Visit(topic):
                self._visit(topic)
            case SayThen(block, Finish()):
                self._last_words(block)
                self._end()
            case SayThen(block, then):
                self.say_words(block)
                self._follow(then)
            case ToPerson():
                self._leave_to_person()
            case Finish():
                self._end()

    def _pass(self, step: str, answers: Mapping[str, str]) -> None:
        """The citizen has answered that step."""
        assert self.frame is not None
        self.state = self.state.on_top(answers=answers, trail=(*self.frame.trail, step), failures=0)

    def _rewind(self, step: str) -> None:
        """Stand at an earlier step again, as if it and all that followed had not been answered."""
        assert self.frame is not None
        trail = self.frame.trail
        place = len(trail) - 1 - trail[::-1].index(step)
        kept = set(trail[:place]) - {step}
        answers = {**self.frame.given, **{name: choice for name, choice in self.answers.items() if name in kept}}
        self.state = self.state.on_top(step=step, trail=trail[:place], answers=answers, failures=0)

    def _place(self, step: str) -> int:
        place = self.topic.position(step)
        assert place is not None, f"{self.topic.id} has no step {step}"
        return place

    # --- between guides

    def _start(self, topic: Topic, called: bool, given: Mapping[str, str] | None = None) -> None:
        frame = Frame(topic.id, topic.version, topic.steps[0].name, answers=given or {}, given=given or {}, called=called)
        self.state = replace(self.state, stack=(*self.state.stack, frame))
        self.happened("started")
        self._run(0)

    def _come_back_to(self, guide: str) -> bool:
        """Where that guide is running, ask what it asked last; those begun after it wait below. False: it is not running."""
        running = strands(self.state.stack)
        strand = next((strand for strand in reversed(running) if any(frame.guide == guide for frame in strand)), None)
        if strand is None:
            return False
        others = tuple(other for other in running if other is not strand)
        self.state = replace(self.state, stack=joined((*others, strand)))
        self.rest()
        self.ask_again()
        return True

    def _visit(self, topic_id: str, given: Mapping[str, str] | None = None) -> None:
        """Another topic, then on with the next step. An answer is said at once; a guide is walked first, but for what is `given`."""
        assert self.frame is not None
        topic = self.library.called(topic_id, self.frame.guide, self.frame.version)
        if topic.is_guide:
            self._start(topic, called=True, given=given)
        else:
            self.say_answer(topic)
            self._follow(None)

    def _leave_for(self, topic_id: str) -> None:
        """This guide is not the right one: another takes its place. After an answer, who called this guide asks again."""
        assert self.frame is not None
        self.happened("left", topic_id)
        called, topic = self.frame.called, self.library.current(topic_id)
        self.state = replace(self.state, stack=self.state.stack[:-1], offered=(), correction=None)
        if called and topic.is_guide:
            self._start(topic, called=True)
        else:
            self.rest()
            self.begin(topic_id)

    def _run_out(self) -> None:
        """No step is left: a guide that was called is just done, any other says so."""
        if self.frame is not None and not self.frame.called:
            self.say("common.finished", self._next_things(), title=self.topic.title)
        self._end()

    def _last_words(self, block: str, offer: tuple[str, ...] = ()) -> None:
        """The guide's last words, and what may follow under them."""
        self.say_words(block, self._next_things(offer))

    def _next_things(self, offer: tuple[str, ...] = ()) -> tuple[Button, ...]:
        """Where to go after the end, if nothing else waits: what its words name, the menu, a person."""
        if len(self.state.stack) > 1:
            return ()
        return (*self._topics(offer), MENU, PERSON)

    def _topics(self, names: tuple[str, ...]) -> tuple[Button, ...]:
        return tuple(Button(self.library.title(name), f"{Verb.TOPIC}:{name}") for name in names if self.library.has(name))

    def _end(self) -> None:
        """The guide is over: the one that called it goes on, the one it interrupted asks again."""
        assert self.frame is not None
        self.happened("ended")
        called = self.frame.called
        shown = self.says[-1].buttons if self.says and len(self.state.stack) == 1 else ()
        self.state = replace(self.state, stack=self.state.stack[:-1], offered=shown, correction=None)
        if called:
            self._follow(None)
        elif self.frame is not None:
            self.rest()
            self.happened("returned")
            self.ask_again()

    def _leave_to_person(self) -> None:
        """A person is needed to go on: the guide rests where it last waited, and keeps what was answered there.

        What was only asked for that person's sake, and might have been skipped, is no place to rest.
        """
        assert self.frame is not None
        trail = self.frame.trail
        while trail and self._may_be_skipped(trail[-1]):
            trail = trail[:-1]
        *before, last = trail or ("",)
        self.state = self.state.on_top(step=last or self.frame.step, trail=tuple(before))
        self.rest()
        self.to_person(CaseReason.STUCK)
        self.say("desk.already_waiting" if self.waiting_for_person else "desk.handed_over", critical=True)

    def _may_be_skipped(self, name: str) -> bool:
        place = self.topic.position(name)
        step = None if place is None else self.topic.steps[place]
        return isinstance(step, Ask) and step.skip is not None

    def _answer(self, topic: Topic) -> None:
        """Say an answer and what may follow; a guide that was interrupted asks again."""
        inside = self.step is not None
        self.happened("digressed" if inside else "told", topic.id)
        offers = () if inside else self._topics(topic.offer)
        self.say_answer(topic, (*offers, *((PERSON,) if topic.offer_person else ())))
        self.ask_again()


def _circle(topic: Topic) -> WrittenError:
    file = f"flows/{topic.group}/{topic.id}.yml"
    return WrittenError([Fault(file, None, "các bước đi vòng mãi mà không chờ ai trả lời", "cho một bước ask hoặc do vào giữa")])
