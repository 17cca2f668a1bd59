"""What needs no model: an exact answer to the step, an offered label or its number, a known trouble, own words where they are asked for."""

from dataclasses import replace
from datetime import date

from ..model.meaning import Heard
from ..model.message import Button, Tap, Verb
from . import acts, asking, ladder, questions, tapping
from .answers import choice_of, choice_within, is_done, is_stuck, names_trouble, trouble_of
from .engine import Walk
from .guide import Ask, Do, Question
from .state import State
from .taps import SKIP, YES_OR_NO
from .tidings import tells_done
from .versions import Library


def decides(library: Library, state: State, heard: Heard, today: date) -> bool:
    """Whether a text is an exact answer to what was asked last, or names what was offered."""
    step = Walk(library, state, today).step
    if isinstance(step, Ask) and _said(step, heard, today, library) is not None:
        return True
    if not state.offered:
        return _offer(library, state, heard) is not None
    named = isinstance(step, Ask) and choice_of(step, heard) is not None
    return named or heard.number is not None or heard.yes is not None or _offer(library, state, heard) is not None


def take(walk: Walk, heard: Heard) -> bool:
    """An exact answer to the step, an offered label or its number, a command."""
    step, own = walk.step, _shows_own_taps(walk)
    if own and isinstance(step, Ask) and (choice := choice_of(step, heard)):
        walk.answer(choice.id)
    elif own and isinstance(step, Ask) and heard.act is None and (said := _said(step, heard, walk.today, walk.library)) is not None:
        _take(walk, said)
    elif own and isinstance(step, Do) and (trouble := names_trouble(step, heard)) is not None:
        walk.trouble(trouble)
    elif isinstance(step, Ask) and step.kind.has_choices and tells_done(heard) and choice_within(step, heard) is None:
        ladder.fail(walk)
    elif isinstance(step, Do) and (tells_done(heard) or (own and is_done(step, heard))):
        walk.step_done()
    elif own and isinstance(step, Do) and is_stuck(step, heard):
        if not take_trouble(walk, heard):
            ladder.stuck(walk)
    elif (offered := _offer(walk.library, walk.state, heard)) is not None:
        tap = Tap(offered.value, 0)
        tapping.tapped(walk, replace(heard, tap=tap), tap)
    elif heard.remind is not None:
        acts.remind(walk, heard.remind)
    elif heard.act is not None:
        acts.start(walk, heard.link) if heard.link else acts.act(walk, heard.act)
    else:
        return False
    return True


def take_trouble(walk: Walk, heard: Heard) -> bool:
    """A trouble that the step knows, told in whatever words."""
    step = walk.step
    trouble = trouble_of(step, heard) if isinstance(step, Do) else None
    if trouble is not None:
        walk.trouble(trouble)
    return trouble is not None


def take_own_words(walk: Walk, heard: Heard) -> bool:
    """The citizen's own words, where they are asked for: whatever is no command, no question and no bare «chưa» is the answer."""
    step = walk.step
    if not isinstance(step, Ask) or step.kind is not Question.TEXT:
        return False
    if heard.yes is not None:
        ladder.fail(walk)
        return True
    if heard.meaning is None or len(heard.folded) < 2 or asking.is_no_story(heard, heard.meaning):
        return False
    walk.answer(str(questions.answer(step, heard, walk.today, walk.library.places)))
    return True


def _shows_own_taps(walk: Walk) -> bool:
    """Whether the step's own taps are on show; else (its troubles, a person, …) a number means one of those."""
    offered = walk.state.offered
    return offered in ((), (SKIP,)) or any(button.value.startswith(f"{Verb.ANSWER}:") for button in offered)


def _said(step: Ask, heard: Heard, today: date, library: Library) -> str | questions.Refused | None:
    """The number or day that a short message answers with; a place that is all of it."""
    if step.kind is Question.PLACE and not heard.only_place:
        return None
    return questions.answer(step, heard, today, library.places) if questions.is_short(step, heard) else None


def _take(walk: Walk, said: str | questions.Refused) -> None:
    if isinstance(said, questions.Refused):
        ladder.fail(walk, said)
    else:
        walk.answer(said)


def _offer(library: Library, state: State, heard: Heard) -> Button | None:
    """The tap on show that a number names, its label, or its whole line («2. Hết hạn»).

    To «làm tiếp không?», «xóa hết không?» a yes or no names one too.
    """
    if heard.yes is not None and state.offered[:1] and (no := YES_OR_NO.get(state.offered[0])):
        return state.offered[0] if heard.yes else no
    if heard.yes and len(state.offered) == 1:
        return state.offered[0]
    if heard.number is not None:
        return state.offered[heard.number - 1] if 1 <= heard.number <= len(state.offered) else None
    lines = {f"{number} {library.fold(button.label)}": button for number, button in enumerate(state.offered, 1)}
    labels = {library.fold(button.label): button for button in (*state.aside, *state.offered)}
    return labels.get(heard.folded) or lines.get(heard.folded)
