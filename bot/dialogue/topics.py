"""What somebody may come for: a topic by its name, first aid, the menu where whatever there is lies two taps away."""

from ..model.message import Button, Verb
from . import aid
from .engine import Walk
from .taps import MENU, PERSON

SECTION = "_section_"
"""act:menu_section_card is the act `menu`, in its section `card`."""
CRIME = "crime_report"


def begin(walk: Walk, name: str) -> None:
    """What is asked for, by tap or in words; of what is not written yet, who knows."""
    if walk.library.has(name):
        walk.begin(name)
        return
    if name == CRIME:
        urgent(walk, name)
        return
    walk.happened("not_written", name)
    walk.say("common.not_written", () if walk.step is not None else (PERSON, MENU), title=walk.library.title(name))
    walk.ask_again()


def urgent(walk: Walk, topic: str) -> None:
    """First aid in the very first message, and a person at once. What was being done rests where it was."""
    if walk.library.has(topic):
        walk.first_aid(topic)
    else:
        aid.begin(walk, topic)


def menu(walk: Walk, section: str = "") -> None:
    """The sections, or the topics of one: whatever there is lies two taps away, and a person one."""
    for one in walk.library.menu:
        if one.id == section:
            taps = [Button(walk.library.title(topic), f"{Verb.TOPIC}:{topic}") for topic in one.topics if walk.library.has(topic)]
            walk.say("common.menu_section", (*taps, MENU, PERSON), title=one.title)
            return
    taps = [Button(one.title, f"{Verb.ACT}:menu{SECTION}{one.id}") for one in walk.library.menu]
    walk.say("common.menu", (*taps, PERSON))
