"""Places in a conversation: what became of an old commune, which of two of one name was meant, and where the citizen is."""

from collections.abc import Sequence
from dataclasses import replace

from ..model.meaning import Heard
from ..model.message import Button, Verb
from ..model.place import Level, Place
from . import questions
from .engine import Walk
from .guide import Ask, Question
from .taps import MENU, PERSON

MERGER = "merger_changes"
"""The topic that asks what became of places."""
WHERE = "where"
MOST_OFFERED = 6
MOST_COMMUNES = 10
"""An old district became at most so many communes."""


def note(walk: Walk, heard: Heard) -> None:
    """Remember the place a citizen names, where the name leaves no doubt: who helps them wants to know it."""
    if len(heard.places) == 1:
        walk.state = replace(walk.state, place=heard.places[0].id)


def tell(walk: Walk, places: Sequence[Place]) -> None:
    """What became of that place; of several of one name, which is meant? The running step comes back."""
    if len(places) > 1:
        taps = tuple(Button(walk.library.places.label(place), f"{Verb.PLACE}:{place.id}") for place in places[:MOST_OFFERED])
        walk.say("common.place_which", taps, name=places[0].name)
        return
    became(walk, places[0])
    if walk.step is None:
        _then(walk)
    walk.ask_again()


def _then(walk: Walk) -> None:
    """Where to go, if that was asked last, now that the place is known; else what they would do there."""
    topic, block = walk.state.topic, walk.state.aspect
    known = walk.library.places.commune(walk.state.place) is not None
    if known and topic is not None and block == WHERE and walk.library.has_words(topic, WHERE):
        title = walk.library.title(topic)
        walk.say(f"{topic}.{WHERE}", (MENU, PERSON), title=title, topic_title=title, answers={})
    else:
        walk.say("common.place_then", (MENU, PERSON))


def is_asked(walk: Walk) -> bool:
    """Whether the question that waits asks for the citizen's commune."""
    return isinstance(walk.step, Ask) and walk.step.kind is Question.PLACE


def answer(walk: Walk, places: Sequence[Place]) -> None:
    """The commune of today that is meant; of several, which?"""
    communes = questions.communes(tuple(places), walk.library.places)
    if len(communes) == 1:
        walk.answer(communes[0].id)
        return
    taps = tuple(
        Button(commune.title[:1].upper() + commune.title[1:], f"{Verb.PLACE}:{commune.id}") for commune in communes[:MOST_COMMUNES]
    )
    walk.say("common.commune_which", taps, name=places[0].name)


def became(walk: Walk, place: Place) -> None:
    """Say it, and remember the place."""
    walk.state = replace(walk.state, place=place.id)
    walk.happened("place", place.id)
    gazetteer = walk.library.places
    now = [commune.title for commune in gazetteer.now(place)]
    title = place.title[:1].upper() + place.title[1:]
    if place.level is Level.COMMUNE:
        made_of = [old.title for old in gazetteer.made_of(place)]
        walk.say("common.place_today", Place=title, made_of=made_of if made_of != [place.title] else [])
    elif place.level is Level.OLD_DISTRICT:
        walk.say("common.place_district", Place=title, now=now)
    else:
        walk.say("common.place_became", Place=title, district=place.district, now=now)


def offered(walk: Walk, heard: Heard) -> Place | None:
    """Of the places on show, the one that the words alone tell apart: «xã mới», «huyện cũ», «bên Mèo Vạc»."""
    verb = f"{Verb.PLACE}:"
    shown = [button for button in walk.state.offered if button.value.startswith(verb)]
    said = set(heard.folded.split())
    fits = [button for button in shown if said and said <= set(walk.library.fold(button.label).split())]
    return walk.library.places.get(fits[0].value.removeprefix(verb)) if len(fits) == 1 else None
