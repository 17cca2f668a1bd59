"""A tap: it does what its button says, wherever that still makes sense; else the current step is shown again, and said why."""

from ..model.case import CaseReason
from ..model.meaning import Heard
from ..model.message import Tap, Verb, parse_value
from . import acts, asking, corrections, ladder, person, topics, whereabouts
from .answers import TappedAnswer, choice_with_id, trouble_of
from .engine import Walk
from .guide import Ask, Do


def tapped(walk: Walk, heard: Heard, tap: Tap) -> None:
    """A tap does what its button says, wherever that still makes sense; else the current step is shown again, and said why."""
    step, parsed = walk.step, parse_value(tap.value)
    on_show = any(button.value == tap.value for button in walk.state.offered)
    match parsed:
        case (Verb.ANSWER, named) if answer := TappedAnswer.read(named):
            return _tapped_answer(walk, answer)
        case (Verb.TOPIC, topic) if walk.library.is_known(topic):
            return topics.begin(walk, topic)
        case (Verb.ASPECT, named) if walk.library.has(named.partition("/")[0]):
            topic, _, aspect = named.partition("/")
            return asking.tell_aspect(walk, topic, aspect)
        case (Verb.PLACE, name) if place := walk.library.places.get(name):
            return whereabouts.answer(walk, (place,)) if whereabouts.is_asked(walk) else whereabouts.tell(walk, (place,))
        case (Verb.RATE, named) if (rated := _two_numbers(named)) is not None:
            return person.rate(walk, *rated)
        case (Verb.REOPEN, number) if number.isdecimal():
            return person.hand_over(walk, CaseReason.ASKED, reopens=int(number))
        case (Verb.ACT, act) if on_show or acts.timeless(act):
            return acts.act(walk, act)
        case (Verb.TROUBLE, _) if on_show and isinstance(step, Do) and (trouble := trouble_of(step, heard)):
            return walk.trouble(trouble)
    return old(walk)


def _two_numbers(named: str) -> tuple[int, int] | None:
    """`12/5` as its two numbers."""
    first, slash, second = named.partition("/")
    return (int(first), int(second)) if slash and first.isdecimal() and second.isdecimal() else None


def _tapped_answer(walk: Walk, answer: TappedAnswer) -> None:
    """To the step that waits: taken. To an earlier question: a correction, to be confirmed. To anything else: an old button."""
    step = walk.step
    here = walk.frame is not None and step is not None and (walk.frame.guide, step.name) == (answer.guide, answer.step)
    if here and isinstance(step, Do) and answer.choice in ("done", "stuck"):
        walk.step_done() if answer.choice == "done" else ladder.stuck(walk)
    elif here and isinstance(step, Ask) and choice_with_id(step, answer.choice) is not None:
        walk.answer(answer.choice)
    elif (correction := corrections.tapped_again(walk, answer)) is not None:
        corrections.propose(walk, correction)
    else:
        old(walk)


def old(walk: Walk) -> None:
    walk.say("common.old_tap")
    walk.ask()
