"""Being put at a step, to try it out or to look at it: the answers that lead there are found by walking every way."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from .engine import Walk
from .guide import Ask, Check, Do, Era, Question, Topic
from .state import Frame, State
from .versions import Library

MOST = 5000
"""Ways that are walked before a step is held to be out of reach."""
MUCH = 1000
"""The greatest number tried where the question names none."""
DAYS_OFF = 30
"""How far from today the second day lies that is tried, besides those that a condition tells apart."""


def arrive(library: Library, guide: str, step: str, today: date) -> State | None:
    """The state of one who came to that step by the fewest answers; None where no way leads there."""
    start = Walk(library, State(), today)
    start.begin(guide)
    waiting = deque([start.state])
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    while waiting and len(seen) < MOST:
        state = waiting.popleft()
        frame = state.frame
        if frame is not None and (frame.guide, frame.step) == (guide, step):
            return replace(state, offered=())
        for after in _onward(library, state, guide, today):
            key = _key(after)
            if key not in seen:
                seen.add(key)
                waiting.append(after)
    return None


def _onward(library: Library, state: State, guide: str, today: date) -> Iterator[State]:
    """Every way on from where that state stands."""
    walk = Walk(library, state, today)
    step = walk.step
    if walk.frame is None or step is None or all(frame.guide != guide for frame in state.stack):
        return
    answers: list[str | None] = [*_answers(step, walk.topic, today, library)] if isinstance(step, Ask) else [None]
    for answer in answers:
        walk = Walk(library, state, today)
        walk.step_done() if answer is None else walk.answer(answer)
        yield walk.state
    if step.skip is not None:
        walk = Walk(library, state, today)
        walk.skip()
        yield walk.state
    for trouble in step.stuck if isinstance(step, Do) else ():
        if trouble.then is not None:
            walk = Walk(library, state, today)
            walk.trouble(trouble)
            yield walk.state


def _answers(step: Ask, topic: Topic, today: date, library: Library) -> list[str]:
    """Answers of every sort that a question takes, on either side of all that the guide tells apart by them."""
    match step.kind:
        case Question.NUMBER:
            least, most = step.least or 0, step.most if step.most is not None else MUCH
            tried = {least, (least + most) // 2, most, *_around(topic, step.name)}
            return [str(number) for number in sorted(tried) if least <= number <= most]
        case Question.DATE:
            gone = {0, DAYS_OFF, *_around(topic, step.name)}
            sides = {Era.PAST: (-1,), Era.FUTURE: (1,)}.get(step.era or Era.PAST, (-1, 1))
            return sorted({(today + timedelta(days=side * days)).isoformat() for side in sides for days in gone})
        case Question.PLACE:
            return [name for name, place in library.places.places.items() if not place.is_old][:1] or ["?"]
        case Question.TEXT:
            return ["…"]
    return [choice.id for choice in step.choices]


def _around(topic: Topic, question: str) -> set[int]:
    """Each bound that a condition on that answer names, with its neighbours: as it is, or in days gone."""
    bounds = {
        int(condition.value) * (condition.days or 1)
        for step in topic.steps
        if isinstance(step, Check)
        for branch in step.when
        for condition in branch.conditions
        if condition.asked == question and condition.value.isdecimal()
    }
    return {near for bound in bounds for near in (bound - 1, bound, bound + 1)}


def _key(state: State) -> tuple[str, tuple[tuple[str, str], ...]]:
    frame = state.frame or Frame("", "", "")
    return f"{frame.guide}/{frame.step}", tuple(sorted((name, answer) for one in state.stack for name, answer in one.answers.items()))
