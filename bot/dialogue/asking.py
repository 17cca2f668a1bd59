"""What about a topic is asked: its fee, time, papers, place. A few words that name no topic are about the one spoken of."""

import re
from dataclasses import replace

from ..model.meaning import Heard, Meaning
from ..model.message import Button, Verb
from .aid import BEYOND_DOUBT
from .engine import Walk
from .taps import PERSON

OF_DANGER = frozenset({"fee", "time", "documents", "where"})
"""Aspects that a bare question after a danger is about; «… được không» alone asks for nobody."""
COMMANDS = frozenset({"repeat", "menu", "talk_to_human", "stop", "go_back"})
FEW = 4
PLAIN = re.compile(r"\b(?:khong|ko|k|bao nhieu|may|dau|gi|bao lau|the nao|bao gio|khi nao|nao)\b")
"""Words that make a question of a few."""
BARE = 6
"""Words of a question so short that it can only be about what was spoken of last: «thế mất bao lâu»."""


def asks_on(heard: Heard, meaning: Meaning) -> bool:
    """Whether it is but a few words of a question that names nothing: «mất tiền không», «ra đâu», «bao nhiêu tiền»."""
    return meaning.aspect is not None and len(heard.folded.split()) <= FEW and PLAIN.search(heard.folded) is not None


def is_no_story(heard: Heard, meaning: Meaning) -> bool:
    """Whether a text answers no «kể cho cháu nghe»: it asks for a word, for a price, or to be told again."""
    top = meaning.top
    asks = PLAIN.search(heard.folded) is not None or (top is not None and top.intent != "repeat")
    sure = top is not None and top.intent in COMMANDS and top.confidence >= BEYOND_DOUBT
    return heard.asks_word or (sure and asks and len(heard.folded.split()) <= FEW) or asks_on(heard, meaning)


def asks_on_here(walk: Walk, heard: Heard, meaning: Meaning) -> bool:
    """Such a question is about what is spoken of, though the model take it for a command, or for an alarm that it is not sure of."""
    top = meaning.top
    elsewhere = top is not None and top.confidence >= walk.library.thresholds.sure and top.intent not in walk.library.acts
    return asks_on(heard, meaning) and not elsewhere and aspect_alone(walk, heard, meaning)


def of_danger(walk: Walk, heard: Heard, meaning: Meaning) -> bool:
    """«Báo ở đâu», «có lấy lại được tiền không», right after a danger was spoken of, ask about that."""
    top, topic = meaning.top, walk.state.topic
    elsewhere = top is not None and top.confidence >= BEYOND_DOUBT and top.intent != "out_of_scope"
    about = walk.step is None and topic is not None and walk.library.is_safety(topic) and meaning.aspect in OF_DANGER
    return about and not elsewhere and aspect_alone(walk, heard, meaning)


def tell_aspect(walk: Walk, topic: str, aspect: str) -> None:
    """One aspect of a topic, then back to the step; where its words are silent, who knows."""
    walk.state = replace(walk.state, topic=topic, aspect=aspect)
    walk.happened("aspect", f"{topic}/{aspect}")
    inside = walk.step is not None
    title = walk.library.title(topic)
    start = (Button(title, f"{Verb.TOPIC}:{topic}"),) if walk.library.current(topic).is_guide else ()
    block = f"{topic}.{aspect}" if walk.library.has_words(topic, aspect) else "common.aspect_unknown"
    walk.say(block, () if inside else (*start, PERSON), title=title, topic_title=title, answers={})
    walk.ask_again()


def aspect_alone(walk: Walk, heard: Heard, meaning: Meaning) -> bool:
    """ "Mất bao lâu?" asks about what we are speaking of."""
    topic = walk.frame.guide if walk.frame is not None else walk.state.topic
    bare = len(heard.folded.split()) <= BARE
    if meaning.aspect is None or topic is None or not bare or not walk.library.has(topic):
        return False
    tell_aspect(walk, topic, meaning.aspect)
    return True
