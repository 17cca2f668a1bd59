"""After first aid, until a person answers: what is not surely another wish is added to the case, and what helps is told again in short.

Whoever was just cheated or hurt writes in scraps («gọi ngân hàng rồi», «giờ sao»): none of them is brushed aside, none offers a guide.
"""

from dataclasses import replace

from ..model.case import CaseReason
from ..model.meaning import Heard, Meaning
from .engine import Walk
from .guide import AGAIN
from .taps import CALL_BACK, YES_OR_NO
from .tidings import tells_done

WORDS = {"harm": "desk.harm", "violence": "desk.violence", "trafficking": "desk.trafficking", "child_marriage": "desk.child_marriage"}
"""First words for what safety hears and no topic is about; a person is fetched at once."""
CRIME = "desk.crime"
LITTLE = frozenset(
    (
        "not_sure",
        "step_done",
        "step_stuck",
        "repeat",
        "why",
        "skip",
        "go_back",
        "stop",
        "greet",
        "affirm",
        "deny",
        "out_of_scope",
        "bot_help",
    )
)
"""Acts that mean nothing else here than «what now?»."""
BEYOND_DOUBT = 0.8
"""A reading this sure is another wish even now."""


def stands(walk: Walk) -> bool:
    """Whether first aid was given, nobody has answered yet, and nothing else is being done."""
    return walk.state.aid is not None and walk.waiting_for_person and walk.step is None


def take(walk: Walk, heard: Heard) -> bool:
    """What exact lists say of a word that asks nothing new."""
    confirms = walk.state.offered[:1] and walk.state.offered[0] in YES_OR_NO
    little = heard.act in LITTLE or tells_done(heard) or (heard.yes is not None and not confirms)
    if not little or not stands(walk):
        return False
    again(walk, heard)
    return True


def goes_on(walk: Walk, meaning: Meaning) -> bool:
    """Whether the model surely read another wish: a topic beyond doubt, somebody's safety, an act that means something here."""
    top = meaning.top
    if top is None or top.confidence < walk.library.thresholds.sure or top.intent in LITTLE:
        return False
    if top.intent in walk.library.acts:
        return True
    return top.confidence >= BEYOND_DOUBT and walk.library.is_known(top.intent)


def again(walk: Walk, heard: Heard) -> None:
    """The order of what helps, in short; one who has done something hears what is left. The case is brought up to date."""
    topic = walk.state.aid
    assert topic is not None
    walk.happened("aid_again", topic)
    walk.to_person(CaseReason.URGENT, topic=topic)
    walk.say(_words(walk, topic, done=heard.act == "step_done" or tells_done(heard)), (CALL_BACK,), critical=True, answers={})


def begin(walk: Walk, topic: str) -> None:
    """Aid of which no topic is written: first words, and a person at once."""
    walk.happened("urgent", topic)
    walk.to_person(CaseReason.URGENT, urgent=True, topic=topic)
    walk.state = replace(walk.state, aid=topic)
    walk.say(WORDS.get(topic, CRIME), critical=True)


def _words(walk: Walk, topic: str, done: bool) -> str:
    if not walk.library.has(topic):
        return WORDS.get(topic, CRIME)
    return f"{topic}.{walk.library.current(topic).answer[-1] if done else AGAIN}"
