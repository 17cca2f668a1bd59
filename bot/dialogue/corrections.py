"""An earlier answer may have been wrong: "à quên, em chưa có thẻ". It is asked before it is changed, for a guess here costs the most."""

from dataclasses import replace

from ..model.meaning import Heard
from ..model.message import Button
from . import questions
from .answers import TappedAnswer, choice_of, choice_with_id, choice_within
from .engine import Walk
from .guide import Ask, Choice, Question
from .state import Correction

YES = Button("Đúng, sửa lại", "act:correct_yes")
NO = Button("Không, giữ nguyên", "act:correct_no")
MARKS = (
    "a quen",
    "quen mat",
    "nham",
    "noi nham",
    "bam nham",
    "chon nham",
    "sua lai",
    "doi lai",
    "chon lai",
    "khong phai the",
    "noi lai la",
    "thuc ra",
)
"""Folded words by which people announce a correction."""
NO_MARK = " quen mat khau "
"""A forgotten password: folded, it begins like "quên mất"."""


def is_marked(heard: Heard) -> bool:
    """Whether a correction is announced: «à quên, …», «nhầm»."""
    padded = f" {heard.folded} ".replace(NO_MARK, " ")
    return any(f" {mark} " in padded for mark in MARKS)


def correction_in(walk: Walk, heard: Heard) -> Correction | None:
    """The earlier answer a text gives anew: with a mark of correction, or naming only an earlier question's choice."""
    marked = is_marked(heard)
    for step in reversed(earlier(walk)):
        if not step.kind.has_choices:
            answer = _in_words(walk, step, heard) if marked else None
        else:
            choice = choice_within(step, heard) if marked else _named(step, heard)
            answer = choice.id if choice else None
        if answer is not None and walk.answers.get(step.name) != answer:
            return Correction(step.name, answer)
    return None


def tapped_again(walk: Walk, tapped: TappedAnswer) -> Correction | None:
    """The other answer that a tap of an old message gives to a question answered before."""
    if walk.frame is None or walk.frame.guide != tapped.guide or walk.answers.get(tapped.step) == tapped.choice:
        return None
    correction = Correction(tapped.step, tapped.choice)
    return None if _label(walk, correction) is None else correction


def propose(walk: Walk, correction: Correction) -> None:
    """Ask whether it is meant."""
    label = _label(walk, correction)
    assert label is not None
    walk.say("common.correct_confirm", (YES, NO), label=label)
    walk.state = replace(walk.state, correction=correction)


def settle(walk: Walk, heard: Heard) -> bool:
    """The answer to that question, if this is one: corrected, or the step again. Anything else leaves things as they are."""
    asked = walk.state.correction
    if asked is None or _label(walk, asked) is None:
        return False
    tapped = heard.tap.value if heard.tap is not None else None
    if tapped == YES.value or heard.yes is True or heard.number == 1:
        walk.correct(asked)
    elif tapped == NO.value or heard.yes is False or heard.number == 2:
        walk.ask()
    else:
        return False
    return True


def earlier(walk: Walk) -> list[Ask]:
    """The questions of the current guide that were answered already, oldest first."""
    if walk.frame is None:
        return []
    steps = {step.name: step for step in walk.topic.steps if isinstance(step, Ask)}
    return [steps[name] for name in dict.fromkeys(walk.frame.trail) if name in steps]


def _label(walk: Walk, correction: Correction) -> str | None:
    """The corrected answer as people read it; None where that question, or that answer to it, is no longer to be corrected."""
    step = next((step for step in earlier(walk) if step.name == correction.step), None)
    if step is None or (step.kind.has_choices and choice_with_id(step, correction.choice) is None):
        return None
    return questions.shown(step, correction.choice, walk.library.places)


def _in_words(walk: Walk, step: Ask, heard: Heard) -> str | None:
    """Another number, day or commune; the citizen's own words are told again, not corrected."""
    found = None if step.kind is Question.TEXT else questions.answer(step, heard, walk.today, walk.library.places)
    return found if isinstance(found, str) else None


def _named(step: Ask, heard: Heard) -> Choice | None:
    return None if heard.number is not None or heard.yes is not None else choice_of(step, heard)
