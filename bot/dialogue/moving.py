"""Taking a running guide to another channel, and bringing one from there: what is asked, agreed to, and put together of both sides.

The side that is left asks for a code (`leave`). The side that is come to is told it (`arrive`), asks, and brings it (`bring`): answers
given so far come along, what ran here is put aside. Nothing here knows a code: the turn finds what one stands for, and moves both at once.
"""

from dataclasses import dataclass, replace
from datetime import date

from ..model.dialogue import Bring
from ..model.moving import Found, Refusal
from ..model.speaker import Speaker
from .engine import Walk
from .state import Arriving, Frame, State, Strand, joined, strands
from .taps import BRING, LEAVE_IT, MENU
from .versions import Library

LEAVES = {"move": None, "move_zalo": "zalo", "move_telegram": "telegram", "move_web": "web"}
"""Act -> the kind of channel that was named."""


@dataclass(frozen=True, slots=True)
class About:
    """What another conversation is in the middle of."""

    state: State
    """Its state, standing at a step."""
    guide: str
    title: str
    at: str | None
    """The progress: "3/7"."""
    moved: tuple[str, ...] = ()
    """The titles of guides that were changed under the citizen."""


def leave(walk: Walk, act: str) -> None:
    """A code, and the ways to where it is to be told; only where something is being done, and no person is asked for it."""
    if walk.waiting_for_person:
        walk.say("common.moving_case")
        return
    title = walk.topic.title if walk.step is not None else walk.paused_title if walk.state.paused else None
    if title is None:
        walk.say("common.moving_none", (MENU,))
        return
    walk.leaves = True
    walk.happened("asked_for_code", LEAVES[act])
    walk.say("common.moving_code", title=title)
    walk.say("common.moving_ways", to=LEAVES[act])


def arrive(walk: Walk, code: str, guide: str = "") -> None:
    """A code was told: what it is about and whether to bring it, or why nothing comes of it. `guide`: what was asked about before."""
    match walk.arrival:
        case Found() as found:
            _ask(walk, found)
        case Refusal.BUSY:
            walk.say("common.moving_busy", (BRING, LEAVE_IT))
            walk.state = replace(walk.state, arriving=Arriving(code, guide))
        case Refusal() as refusal:
            _refuse(walk, refusal)
        case None:
            _refuse(walk, Refusal.WRONG)


def bring(walk: Walk) -> None:
    """Agreed to: what is found there by now is brought, unless it is about something else by now, or no more."""
    asked, found = walk.state.arriving, walk.arrival
    if asked is None:
        _refuse(walk, Refusal.WRONG)
        return
    if not isinstance(found, Found):
        arrive(walk, asked.code, asked.guide)
        return
    about = of(walk.library, found, walk.today)
    if about is None or about.guide != asked.guide:
        _ask(walk, found)
        return
    aside = _makes_room(walk, about.state)
    walk.bring = Bring(found.code, found.source, found.turn, found.epoch, about.title)
    walk.moved += about.moved
    walk.stand(_together(walk.state, about.state))
    walk.happened("brought")
    walk.say("common.moving_here", title=about.title, aside=aside)
    for later in found.unkept:
        walk.say("common.cannot_remind", day=f"{later.day.day}/{later.day.month}", title=walk.library.title(later.topic))
    walk.ask()


def stay(walk: Walk) -> None:
    """It is left where it is."""
    walk.say("common.moving_stay", () if walk.step is not None else (MENU,))
    walk.ask_again()


def of(library: Library, found: Found, today: date) -> About | None:
    """What is being done there, or was put aside there last, which is then taken up; None where there is nothing."""
    state = State.from_dict(found.state)
    there = Walk(library, state, today)
    if there.step is None and there.state.paused:
        *rest, last = strands(there.state.paused)
        there = Walk(library, replace(there.state, stack=last, paused=joined(rest)), today)
    if there.step is None or there.frame is None:
        return None
    return About(there.state, strands(there.state.stack)[-1][0].guide, there.topic.title, there.progress, tuple(there.moved))


def _ask(walk: Walk, found: Found) -> None:
    about = of(walk.library, found, walk.today)
    if about is None:
        _refuse(walk, Refusal.NOTHING)
        return
    same = about.guide in _guides(walk.state)
    walk.say("common.moving_ask", (BRING, LEAVE_IT), title=about.title, at=about.at, same=same)
    walk.state = replace(walk.state, arriving=Arriving(found.code, about.guide))


def _refuse(walk: Walk, refusal: Refusal) -> None:
    """The step that waits here is shown again; with nothing here, there is the menu."""
    walk.happened("code_refused", refusal)
    walk.say(f"common.moving_{refusal}", () if walk.step is not None else (MENU,))
    walk.ask()


def _makes_room(walk: Walk, there: State) -> str | None:
    """The title of what runs here and is put aside; None where nothing runs, or the same comes from there."""
    running = strands(walk.state.stack)
    if not running or running[-1][0].guide in _guides(there):
        return None
    return walk.library.at(running[-1][0].guide, running[-1][0].version).title


def _all(state: State) -> tuple[Strand, ...]:
    return (*strands(state.paused), *strands(state.stack))


def _guides(state: State) -> frozenset[str]:
    """What the citizen began there and has not ended."""
    return frozenset(strand[0].guide for strand in _all(state))


def _together(here: State, there: State) -> State:
    """The other side's state, with what ran here put aside: «tiếp tục» finds that first. Of one guide begun twice the brought one stays."""
    brought = _guides(there)
    aside = tuple(strand for strand in _all(here) if strand[0].guide not in brought)
    speaker = there.speaker if there.speaker != Speaker() else here.speaker
    return replace(
        there,
        stack=_fresh(there.stack),
        paused=joined((*strands(there.paused), *aside)),
        offered=(),
        aside=(),
        correction=None,
        arriving=None,
        misunderstood=0,
        away=0,
        awaits_phone=False,
        aid=None,
        place=there.place or here.place,
        speaker=speaker,
    )


def _fresh(stack: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """What was not understood there counts no more."""
    return tuple(replace(frame, failures=0) for frame in stack)
