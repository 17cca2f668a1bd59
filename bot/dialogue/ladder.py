"""When a step does not go on: the ladder of an answer not understood, and the usual troubles of an instruction."""

from ..model.message import Button, Verb
from .engine import Walk
from .guide import Do
from .questions import Refused
from .taps import PERSON, REPEAT, SKIP, STOP


def fail(walk: Walk, because: Refused | None = None) -> None:
    """The ladder of a step: an example, then the reason, then a person, going on or stopping.

    `because`: why the answer cannot be, said instead of the example or the reason.
    """
    step, frame = walk.step, walk.frame
    assert step is not None
    assert frame is not None
    failures = frame.failures + 1
    walk.state = walk.state.on_top(failures=failures)
    walk.happened("failed", str(failures))
    if failures >= 3:
        skip = () if step.skip is None else (SKIP,)
        walk.say("common.failed_thrice", (REPEAT, *skip, PERSON, STOP), title=walk.topic.title)
        return
    words, otherwise = (("example", "failed"), ("why", "failed_why"))[failures - 1]
    block = f"{step.name}__{words}"
    if because is not None:
        walk.say(because.block, **because.values)
    elif walk.library.has_words(walk.topic.id, block):
        walk.say_words(block)
    else:
        walk.say(f"common.{otherwise}")
    walk.ask()


def example(walk: Walk) -> None:
    """A word of the step is asked for that nobody explains: its example, then the step. No failure: something was understood."""
    step = walk.step
    assert step is not None
    if walk.library.has_words(walk.topic.id, f"{step.name}__example"):
        walk.say_words(f"{step.name}__example")
    walk.ask()


def stuck(walk: Walk) -> None:
    """Stuck, but how? The usual troubles as taps; then a person."""
    step = walk.step
    walk.happened("stuck")
    known = step.stuck if isinstance(step, Do) else ()
    if known:
        taps = tuple(Button(trouble.label, f"{Verb.TROUBLE}:{trouble.id}") for trouble in known)
        walk.say("common.trouble_choose", (*taps, PERSON))
    else:
        walk.say("common.troubles_none", (REPEAT, PERSON))
