"""The way to a person from wherever one stands: a case, a number to call back at, what the help was like."""

from dataclasses import replace

from ..model.case import CaseReason
from ..model.dialogue import Rating
from .engine import Walk
from .taps import CALL_BACK, MENU, NO_CALL


def hand_over(walk: Walk, reason: CaseReason, reopens: int | None = None) -> None:
    """A case, with the promise of what happens next; one that is open already is only brought up to date."""
    walk.to_person(reason, reopens=reopens)
    taps = (CALL_BACK,) if walk.step is None else ()
    walk.say("desk.already_waiting" if walk.waiting_for_person else "desk.handed_over", taps, critical=True)


def rate(walk: Walk, case: int, score: int) -> None:
    """What the citizen says of a person's help is kept, and thanked for."""
    walk.rating = Rating(case, score)
    walk.say_aside("desk.rated", (MENU,))


def call_back_number(walk: Walk, given: bool) -> None:
    """What was asked for is the number to call back at: the door has kept it with the case. Or it is no number that can be called."""
    walk.state = replace(walk.state, awaits_phone=not given)
    if given:
        walk.happened("call_back")
        walk.say_aside("desk.call_back_noted", (MENU,))
    else:
        walk.say("desk.call_back_unclear", (NO_CALL,))


def call_back(walk: Walk) -> None:
    """A number is asked for only where a case waits, for only with it is it kept."""
    if not walk.waiting_for_person:
        walk.to_person(CaseReason.ASKED)
        walk.say("desk.handed_over", critical=True)
    walk.state = replace(walk.state, awaits_phone=True)
    walk.say("desk.call_back_ask", (NO_CALL,))


def no_call(walk: Walk) -> None:
    """They would rather not be called."""
    walk.state = replace(walk.state, awaits_phone=False)
    walk.say_aside("desk.call_back_none", (MENU,))
