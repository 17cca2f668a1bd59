"""What is come back to by itself: a reminder in the middle of a guide, one that was asked for, how it went, and a guide put aside."""

from dataclasses import replace
from datetime import date

from ..model.dialogue import Move
from ..model.message import Button, Verb
from .engine import Walk
from .guide import Ask
from .questions import shown
from .state import State
from .taps import FOLLOWED, NOT_YET, PERSON, RESUME, STOP
from .versions import Library


def remind(library: Library, state: State, today: date) -> Move:
    """What a citizen reads who fell silent in the middle of a guide; nothing is said where no guide waits."""
    walk = Walk(library, state, today)
    if walk.step is not None:
        walk.say("common.reminder", (RESUME, STOP), title=walk.topic.title)
    return walk.done()


def promised(library: Library, state: State, topic: str, today: date) -> Move:
    """The reminder that was asked for: of the guide that waits, or of the topic that was spoken of."""
    walk = Walk(library, state, today)
    if walk.step is not None:
        walk.say("common.promised", (RESUME, STOP), title=walk.topic.title)
    elif walk.state.paused:
        walk.say("common.promised", (RESUME, STOP), title=walk.paused_title)
    elif library.has(topic):
        walk.say("common.promised", (Button(library.title(topic), f"{Verb.TOPIC}:{topic}"),), title=library.title(topic))
    return walk.done()


def follow_up(library: Library, state: State, topic: str, today: date) -> Move:
    """Whether it worked out; not asked of one who is in the middle of something, or has begun the same again."""
    walk = Walk(library, state, today)
    busy = walk.step is not None or any(frame.guide == topic for frame in walk.state.paused)
    if not busy and library.has(topic):
        walk.state = replace(walk.state, topic=topic, aspect=None)
        walk.say("common.follow_up", (FOLLOWED, NOT_YET, PERSON), title=library.title(topic))
    return walk.done()


def put_aside(library: Library, state: State, today: date) -> Move:
    """After long silence: what was being done waits for «tiếp tục», and a bare "1" answers no question that nobody remembers."""
    walk = Walk(library, state, today)
    if walk.state.stack:
        walk.happened("put_aside")
        walk.state = replace(walk.state, stack=(), paused=(*walk.state.paused, *walk.state.stack), offered=(), correction=None)
    return walk.done()


def moved(library: Library, state: State, today: date) -> Move:
    """A version was withdrawn under the citizen: on with the new one from the same step, or out of a guide that is no more."""
    walk = Walk(library, state, today)
    gone = [frame for frame in (*state.stack, *state.paused) if not library.has(frame.guide)]
    for title in dict.fromkeys(walk.moved):
        walk.say("common.guide_changed", title=title)
    if gone:
        walk.say("common.guide_withdrawn", title=library.unwritten.get(gone[0].guide, gone[0].guide))
    walk.ask()
    return walk.done()


def standing(library: Library, state: State, today: date) -> tuple[str | None, str | None, str | None, dict[str, str]]:
    """Where the citizen stands, for a handoff note: guide, step, progress, and the answers so far."""
    walk = Walk(library, state, today)
    if walk.frame is None:
        return None, None, None, {}
    asked = {step.name: step for step in walk.topic.steps if isinstance(step, Ask) and not step.kind.has_choices}
    answers = {name: shown(asked[name], answer, library.places) if name in asked else answer for name, answer in walk.frame.answers.items()}
    return walk.frame.guide, walk.frame.step, walk.progress, answers
