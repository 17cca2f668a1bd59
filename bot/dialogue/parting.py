"""What the assistant says when a person leaves it the conversation: on from the step where it was, or with everything put aside."""

from dataclasses import replace
from datetime import date

from ..model.dialogue import Move
from .engine import Walk
from .later import put_aside
from .state import State
from .versions import Library


def returned(library: Library, state: State, today: date) -> Move:
    """Given back at the step: it is asked again, and what failed before the person came counts no more."""
    walk = Walk(library, replace(state, offered=(), correction=None, misunderstood=0, away=0, awaits_phone=False, aid=None), today)
    if walk.step is not None:
        walk.state = walk.state.on_top(failures=0)
        walk.happened("returned")
        walk.ask_again()
    return walk.done()


def parted(library: Library, state: State, today: date) -> Move:
    """The case is over: what was being done waits for «tiếp tục», so that the next words answer no question of before."""
    return put_aside(library, replace(state, misunderstood=0, away=0, awaits_phone=False, aid=None), today)
