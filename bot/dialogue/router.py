"""The router: what a heard thing leads to. A table of priorities, tried from the top; the first that takes it, answers.

urgent words > a code from another channel > a correction that was asked about > a tap > what is no text > an edited answer
> a word asked for > first aid that was given > an exact answer to the step > an offered label > a command > a known trouble
> a correction > own words > a place > the model: act, aspect, topic > clarify > not understood
"""

from dataclasses import replace
from datetime import date

from ..model.dialogue import Move, Say
from ..model.meaning import Heard
from ..model.message import Button, Edited, Kind, Verb
from ..model.moving import Arrival
from . import acts, aid, corrections, exact, ladder, moving, person, readings, several, speaking, tapping, topics, whereabouts
from .answers import choice_of, choice_within, names_trouble
from .engine import Walk
from .guide import Ask, Do, Question
from .state import Correction, State
from .taps import MENU, PERSON
from .versions import Library

PHONE = "phone"
SOME_DIGITS = 6
"""So many digits, where a phone number was asked for, are meant as one."""


def route(
    library: Library,
    state: State,
    heard: Heard,
    today: date,
    waiting_for_person: bool = False,
    unsure: bool = False,
    arrival: Arrival | None = None,
) -> Move:
    """`waiting_for_person`: a case is open. `unsure`: the last reply may not have arrived.

    `arrival`: what the code stands for that is told now, or was told and is asked about.
    """
    walk = Walk(library, state if waiting_for_person else replace(state, aid=None), today, waiting_for_person)
    walk.arrival = arrival
    if not speaking.listen(walk, heard):
        _answer(walk, heard)
    several.offer(walk, state.later)
    speaking.remind_helper(walk, state)
    if unsure and walk.frame == state.frame and not walk.has_asked:
        walk.ask()
    move = walk.done()
    urgent = move.hand_over is not None and move.hand_over.urgent
    changed = (walk.worded("common.guide_changed", title=title) for title in dict.fromkeys(walk.moved))
    notices = (*_notices(heard, state.awaits_phone), *changed)
    return replace(move, says=(*move.says, *notices) if urgent else (*notices, *move.says))


def settles(library: Library, state: State, heard: Heard, today: date) -> bool:
    """Whether exact signals decide: then the model is not asked, and nothing more is waited for."""
    if state.awaits_phone and PHONE in heard.masked:
        return True
    if heard.kind is Kind.TAP or heard.urgent or heard.act is not None or not heard.folded or heard.remind is not None or heard.term:
        return True
    if heard.code is not None:
        return True
    return exact.decides(library, state, heard, today)


def _notices(heard: Heard, given: bool) -> tuple[Say, ...]:
    """What must be told about the message itself; said first, unless there is first aid to be said. `given`: a phone was asked for."""
    told = [kind for kind in heard.masked if kind != PHONE or not given]
    masked = (Say("common.masked", {"masked": told}),) if told else ()
    if heard.offers_secret and not masked:
        masked = (Say("common.keep_secret"),)
    return (*masked, Say("common.cut")) if heard.cut else masked


def _answer(walk: Walk, heard: Heard) -> None:
    if heard.urgent:
        topics.urgent(walk, heard.urgent)
        several.keep(walk, heard.besides and f"{Verb.TOPIC}:{heard.besides}")
    elif heard.code is not None:
        moving.arrive(walk, heard.code)
    elif corrections.settle(walk, heard) or _phone(walk, heard):
        return
    elif heard.tap is not None:
        tapping.tapped(walk, heard, heard.tap)
    elif heard.kind is Kind.TAP:
        tapping.old(walk)
    else:
        if heard.kind is not Kind.TEXT:
            walk.say(f"common.{heard.kind}", () if walk.step is not None or heard.folded else (MENU, PERSON), words=bool(heard.folded))
        if not heard.folded and heard.kind is not Kind.TEXT:
            walk.ask()
        elif not any(takes(walk, heard) for takes in TAKERS):
            readings.read(walk, heard)


def _phone(walk: Walk, heard: Heard) -> bool:
    """The number to be called back at, if it was asked for; whatever else is said, ends the asking."""
    if not walk.state.awaits_phone or heard.tap is not None:
        return False
    digits = sum(sign.isdigit() for sign in heard.text)
    if PHONE in heard.masked or digits >= SOME_DIGITS:
        person.call_back_number(walk, given=PHONE in heard.masked)
        return True
    walk.state = replace(walk.state, awaits_phone=False)
    return False


def _edited(walk: Walk, heard: Heard) -> bool:
    """A message written over one that was answered: another answer to that question, to be confirmed. A bare number answers no other."""
    not_understood_before = heard.edited is Edited.LAST and walk.frame is not None and walk.frame.failures
    if heard.edited is None or not_understood_before:
        return False
    answered = corrections.earlier(walk)[-1:] if heard.edited is Edited.LAST else []
    choice = choice_of(answered[0], heard) if answered else None
    if choice is not None and walk.answers.get(answered[0].name) != choice.id:
        corrections.propose(walk, Correction(answered[0].name, choice.id))
    elif choice is not None:
        walk.ask()
    elif heard.number is not None or heard.yes is not None:
        walk.say("common.edited")
        walk.ask()
    else:
        return False
    return True


def _explains(walk: Walk, heard: Heard) -> bool:
    """A word that is asked for; then on with what was being done. Outside a guide, a short answer about it says more.

    Where own words are asked for, or a choice or a trouble is called just that («Passcode là gì»), it is the answer.
    """
    step, topic = walk.step, heard.term.topic if heard.term is not None else None
    own_words = isinstance(step, Ask) and (
        step.kind is Question.TEXT or any(heard.folded in (one.folded, *one.words) for one in step.choices)
    )
    own_words = own_words or (isinstance(step, Do) and names_trouble(step, heard) is not None)
    if heard.term is None or own_words:
        return False
    known = topic if topic is not None and walk.library.has(topic) else None
    if known is not None and step is None and not walk.library.current(known).is_guide:
        topics.begin(walk, known)
        return True
    more = (Button(walk.library.title(known), f"{Verb.TOPIC}:{known}"),) if known is not None else ()
    walk.happened("explained", heard.term.id)
    walk.say(f"terms.{heard.term.id}", () if walk.step is not None else (*more, MENU, PERSON))
    walk.ask_again()
    return True


def _not_now(walk: Walk, heard: Heard) -> bool:
    """At a step: «mai cháu nó về mới làm được», «máy hết pin» wish to go on later; «không biết làm» is to be stuck."""
    step = walk.step
    if step is None or heard.at_step is None or (isinstance(step, Ask) and choice_within(step, heard) is not None):
        return False
    if heard.at_step == "wait":
        acts.act(walk, "wait")
    else:
        ladder.stuck(walk) if isinstance(step, Do) else ladder.fail(walk)
    return True


def _place(walk: Walk, heard: Heard) -> bool:
    """A place and nothing else, outside a question; or the words that tell places on show apart; or the commune that was asked for."""
    if whereabouts.is_asked(walk) and heard.places_if_asked:
        chosen = whereabouts.offered(walk, heard)
        whereabouts.answer(walk, (chosen,) if chosen is not None else heard.places_if_asked)
        return True
    whereabouts.note(walk, heard)
    chosen = whereabouts.offered(walk, heard)
    places = (chosen,) if chosen is not None else heard.places if heard.asks_of_place or (heard.only_place and walk.step is None) else ()
    if places:
        whereabouts.tell(walk, places)
    return bool(places)


def _corrects(walk: Walk, heard: Heard) -> bool:
    """An earlier answer given anew; what the step that waits could be answered with is its answer, unless a correction is announced."""
    correction = corrections.correction_in(walk, heard)
    step = walk.step
    choice = choice_within(step, heard) if isinstance(step, Ask) and not corrections.is_marked(heard) else None
    if correction is not None and choice is not None:
        walk.answer(choice.id)
    elif correction is not None:
        corrections.propose(walk, correction)
    return correction is not None


TAKERS = (_edited, _explains, aid.take, exact.take, exact.take_trouble, _not_now, _corrects, exact.take_own_words, _place)
"""What is tried of a text before the model's reading, in this order."""
