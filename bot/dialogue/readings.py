"""What the model's reading leads to: an act, an aspect, a topic; a question back where it is unsure; else an honest «chưa hiểu»."""

import re
from dataclasses import replace

from ..model.case import CaseReason
from ..model.meaning import Heard, Meaning, Reading
from ..model.message import Button, Verb
from . import acts, aid, asking, ladder, person, questions, several, topics, whereabouts
from .aid import BEYOND_DOUBT
from .answers import choice_within, mostly_answers
from .engine import Walk
from .guide import Ask, Leave, SayThen, Visit
from .state import strands
from .taps import MENU, PERSON, RESUME
from .walking import CHEATED

MUTTERED = 2
"""«Hừm», «ờ thì»: so few words at a step talk of nothing else; they are an answer that was not understood."""
NEVER_ALONE = frozenset({"affirm", "deny"})
"""Intents that decide nothing by themselves: yes and no are decided by exact lists."""
ASKS = re.compile(r"\b(?:khong|ai|may tuoi|bao nhieu|duoc chua|the nao|ra sao|lam sao|phai|co can|can gi)\b")
"""Words of a question, folded."""
ITSELF = frozenset({("portal_pay", "fee")})
"""What a topic is about is no aspect of it: «trừ tiền mà báo lỗi» asks for no price."""
ALARMS = frozenset({CHEATED, "out_of_scope"})
"""What the model takes the words of an alarm for, where exact lists know that they are none."""
UNDONE = re.compile(r"\b(?:chua|khong|chang|cha|mai|dau (?:ma|co|duoc|a))\b")
"""«Làm xong đâu mà làm» tells of nothing done."""
TOLD = 7
"""Words of a message that is more likely an answer than another wish."""
OFFERED = 3


def read(walk: Walk, heard: Heard) -> None:
    meaning, second = several.told_apart(walk.library, heard.meaning or Meaning(ranking=()))
    if asking.of_danger(walk, heard, meaning):
        return
    if aid.stands(walk) and not aid.goes_on(walk, meaning):
        aid.again(walk, heard)
    elif _understood(walk, heard, meaning):
        several.keep(walk, second)
        walk.state = replace(walk.state, misunderstood=0, away=0)
    elif (walk.step is None or meaning.away is not None) and (likely := _likely(walk, meaning)):
        _ask_back(walk, likely)
    elif meaning.away is not None:
        _away(walk)
    elif walk.step is not None:
        ladder.fail(walk)
    else:
        _not_understood(walk)


def _understood(walk: Walk, heard: Heard, meaning: Meaning) -> bool:
    step, top = walk.step, meaning.top
    if isinstance(step, Ask) and mostly_answers(step, heard):
        return _answers_in_words(walk, heard)
    if heard.asks_word and step is not None and not _is_told_of(walk, top):
        ladder.example(walk)
        return True
    if asking.asks_on_here(walk, heard, meaning):
        return True
    if worries := _worries(walk, meaning):
        _ask_back(walk, worries)
        return True
    if top is not None and top.intent == "out_of_scope" and asking.aspect_alone(walk, heard, meaning):
        return True
    sure = top is not None and top.confidence >= walk.library.thresholds.sure
    if heard.calm is not None and walk.library.has(heard.calm) and not (sure and top is not None and top.intent not in ALARMS):
        topics.begin(walk, heard.calm)
        return True
    if sure and top is not None and _take(walk, top, meaning, heard):
        return True
    return _answers_in_words(walk, heard) or asking.aspect_alone(walk, heard, meaning)


def _is_told_of(walk: Walk, top: Reading | None) -> bool:
    """«VNeID là gì» is answered in the middle of a guide; no other guide is begun for a word."""
    sure = top is not None and top.confidence >= BEYOND_DOUBT and walk.library.has(top.intent)
    return sure and top is not None and not walk.library.current(top.intent).is_guide


def _worries(walk: Walk, meaning: Meaning) -> list[Reading]:
    """Where somebody may have been cheated but words it oddly, both readings: to be asked, rather than passed over.

    In the middle of a guide «nó đòi tiền» may be said of a screen: what only the model takes for an alarm, and without being sure, is asked
    first. The exact words of safety are acted on anywhere.
    """
    top, maybe = meaning.top, walk.library.thresholds.maybe
    sounds_alarm = top is not None and walk.library.has(top.intent) and walk.library.current(top.intent).urgent
    if top is not None and sounds_alarm and walk.step is not None and maybe <= top.confidence < BEYOND_DOUBT:
        return [top]
    if top is None or top.confidence >= BEYOND_DOUBT or walk.library.is_safety(top.intent):
        return []
    near = [reading for reading in meaning.ranking[1:OFFERED] if reading.confidence >= maybe / 2 and walk.library.is_safety(reading.intent)]
    return [*([top] if near and walk.library.has(top.intent) else []), *near]


def _ask_back(walk: Walk, likely: list[Reading]) -> None:
    """Unsure: offer the best readings as taps. Being wrong costs more than asking."""
    walk.happened("clarified")
    taps = tuple(Button(walk.library.title(reading.intent), f"{Verb.TOPIC}:{reading.intent}") for reading in likely)
    walk.say("common.clarify", (*taps, MENU))


def _take(walk: Walk, top: Reading, meaning: Meaning, heard: Heard) -> bool:
    """Act on a sure reading. False: it is none that can be acted on."""
    muttered = top.intent == "out_of_scope" and walk.step is not None and len(heard.folded.split()) <= MUTTERED
    not_so = top.intent == "step_done" and UNDONE.search(heard.folded) is not None
    if muttered or not_so or top.intent in NEVER_ALONE or (top.intent in walk.library.acts and _is_words_for_the_step(walk, top, heard)):
        return False
    if top.intent in walk.library.acts:
        acts.act(walk, top.intent)
    elif not walk.library.is_known(top.intent):
        return False
    elif top.intent == whereabouts.MERGER and heard.places:
        _about_a_place(walk, heard)
    elif not walk.library.has(top.intent):
        if _answers_in_words(walk, heard):
            return True
        topics.begin(walk, top.intent)
    elif (aspect := _asks_about(top.intent, meaning, heard)) is not None and not walk.library.current(top.intent).urgent:
        asking.tell_aspect(walk, top.intent, aspect)
    elif (_leads_to(walk, heard, top.intent) or _is_running(walk, top.intent) or _tells(heard)) and _answers_in_words(walk, heard):
        return True
    elif _runs_now(walk, top.intent):
        return False
    else:
        topics.begin(walk, top.intent)
    return True


def _runs_now(walk: Walk, topic: str) -> bool:
    """What is being done this moment: its name alone says nothing that the step could use."""
    running = strands(walk.state.stack)
    return bool(running) and any(frame.guide == topic for frame in running[-1])


def _about_a_place(walk: Walk, heard: Heard) -> None:
    """The merger, asked of a place: what became of it, then what the topic has to say; or first, which place is meant."""
    if len(heard.places) == 1 and walk.library.has(whereabouts.MERGER):
        whereabouts.became(walk, heard.places[0])
        topics.begin(walk, whereabouts.MERGER)
    else:
        whereabouts.tell(walk, heard.places)


def _tells(heard: Heard) -> bool:
    """«Thẻ cũ, chưa có chip» tells something, short and without a question: if it names a choice, it is the answer."""
    return len(heard.folded.split()) <= TOLD and not ASKS.search(heard.folded)


def _is_running(walk: Walk, topic: str) -> bool:
    return any(frame.guide == topic for frame in walk.state.stack)


def _leads_to(walk: Walk, heard: Heard, topic: str) -> bool:
    """Whether the choice that stands in what was said leads to the very topic that was read: then it is the answer, and no digression."""
    step = walk.step
    choice = choice_within(step, heard) if isinstance(step, Ask) else None
    target = step.next.get(choice.id) if isinstance(step, Ask) and choice is not None else None
    while isinstance(target, SayThen):
        target = target.then
    return isinstance(target, Leave | Visit) and target.topic == topic


def _is_words_for_the_step(walk: Walk, top: Reading, heard: Heard) -> bool:
    """At a question, "em chưa làm được thẻ" is an answer though it sounds like being stuck, and "bị trộm ở chợ" though like small talk."""
    step = walk.step
    if isinstance(step, Ask) and not step.kind.has_choices:
        return top.intent in ("out_of_scope", "thanks", "goodbye", "affirm", "step_done")
    told = top.intent in ("step_stuck", "step_done", "out_of_scope")
    return told and isinstance(step, Ask) and choice_within(step, heard) is not None


def _asks_about(topic: str, meaning: Meaning, heard: Heard) -> str | None:
    """The aspect that is asked; «cháu đăng ký giùm bà» tells who does it, and asks nothing."""
    if (topic, meaning.aspect) in ITSELF:
        return None
    if meaning.aspect == "who" and heard.introduces.helps is not None and not ASKS.search(heard.folded):
        return None
    return meaning.aspect


def _answers_in_words(walk: Walk, heard: Heard) -> bool:
    """The one choice whose label or words stand in what was said."""
    step = walk.step
    if not isinstance(step, Ask):
        return False
    if not step.kind.has_choices:
        return _answers_otherwise(walk, step, heard)
    choice = choice_within(step, heard)
    if choice is not None:
        walk.answer(choice.id)
    return choice is not None


def _answers_otherwise(walk: Walk, step: Ask, heard: Heard) -> bool:
    """The number, the day, the commune that stands in a longer text; or why it cannot be."""
    said = questions.answer(step, heard, walk.today, walk.library.places)
    if isinstance(said, questions.Refused):
        ladder.fail(walk, said)
    elif said is not None:
        walk.answer(said)
    return said is not None


def _likely(walk: Walk, meaning: Meaning) -> list[Reading]:
    """The readings worth asking back about: topics, the best few, where the best of all is likely enough."""
    top, maybe = meaning.top, walk.library.thresholds.maybe
    if top is None or top.confidence < maybe or top.intent == "out_of_scope":
        return []
    likely = [reading for reading in meaning.ranking if reading.confidence >= maybe / 2 and walk.library.is_known(reading.intent)]
    return likely[:OFFERED]


def _away(walk: Walk) -> None:
    """The model is away and nothing else could read it: say so once, then fetch a person."""
    walk.state = replace(walk.state, away=walk.state.away + 1)
    walk.happened("nlu_away")
    if walk.state.away < 2:
        walk.say("common.model_away", () if walk.step is not None else (MENU, PERSON))
        walk.ask()
        return
    walk.to_person(CaseReason.NLU_AWAY)
    walk.say("desk.already_waiting" if walk.waiting_for_person else "desk.nlu_away_case", critical=True)
    walk.ask()


def _not_understood(walk: Walk) -> None:
    """Say otherwise, please; then a person is offered; then one is asked for."""
    count = walk.state.misunderstood + 1
    walk.state = replace(walk.state, misunderstood=count)
    walk.happened("not_understood", str(count))
    if count == 1 and walk.state.paused:
        walk.say("common.waiting_resume", (RESUME, MENU), title=walk.paused_title)
    elif count == 1:
        walk.say("common.not_understood", (MENU, PERSON))
    elif count == 2 or walk.waiting_for_person:
        walk.say("common.not_understood_again", (PERSON, MENU))
    else:
        person.hand_over(walk, CaseReason.UNCLEAR)
