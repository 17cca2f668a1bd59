"""Two questions in one message: the first is answered, the second offered, at once or after the guide that the first began.

What has to do with somebody's safety goes first, wherever it stood.
"""

from dataclasses import dataclass, replace

from ..model.meaning import Meaning
from ..model.message import Button, Verb, parse_value
from . import aid
from .engine import Walk
from .versions import Library


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: a topic, or one aspect of it, and the reading it came from."""

    topic: str
    aspect: str | None
    meaning: Meaning

    @property
    def value(self) -> str:
        return f"{Verb.ASPECT}:{self.topic}/{self.aspect}" if self.aspect else f"{Verb.TOPIC}:{self.topic}"


def told_apart(library: Library, meaning: Meaning) -> tuple[Meaning, str | None]:
    """What to answer now, and what else was asked (as a tap's value), if anything."""
    asked = _asked(library, meaning)
    if len(asked) < 2:
        return meaning, None
    first = next((one for one in asked if library.is_safety(one.topic)), asked[0])
    second = next((one for one in asked if one.value != first.value), None)
    return (first.meaning, second.value) if second else (meaning, None)


def keep(walk: Walk, value: str | None) -> None:
    """What else was asked is come back to."""
    if value is not None:
        walk.state = replace(walk.state, later=value)


def offer(walk: Walk, before: str | None) -> None:
    """Nothing waits: offer what else was asked. Something waits, and it was asked just now: say that it is not forgotten."""
    value = walk.state.later
    title = _title(walk.library, value) if value else None
    alarm = walk.hand_over is not None and (walk.hand_over.urgent or not aid.stands(walk))
    if value is None or title is None or alarm:
        return
    if walk.frame is None:
        walk.state = replace(walk.state, later=None)
        walk.say("common.second_offer", (Button(title, value),), title=title)
    elif before != value:
        walk.says.insert(0, walk.worded("common.second_later", title=title))


def _asked(library: Library, meaning: Meaning) -> list[_Asked]:
    """The questions that are surely understood; one without a topic of its own asks about the topic before it."""
    found: list[_Asked] = []
    for part in meaning.parts:
        top = part.top
        sure = top is not None and top.confidence >= library.thresholds.sure and library.has(top.intent)
        if top is not None and sure:
            found.append(_Asked(top.intent, part.aspect, part))
        elif part.aspect is not None and found:
            about = replace(found[-1].meaning, aspect=part.aspect)
            found.append(_Asked(found[-1].topic, part.aspect, about))
    return found


def _title(library: Library, value: str) -> str | None:
    """What the offer is called; None for a topic that is no more."""
    match parse_value(value):
        case (Verb.TOPIC, topic) if library.has(topic):
            return library.title(topic)
        case (Verb.ASPECT, named) if library.has(named.partition("/")[0]):
            return library.aspects.get(named.partition("/")[2])
    return None
